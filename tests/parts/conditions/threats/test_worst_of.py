"""Several attacks on each case: whatever turns it counts, each within its own budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.errors import InputError
from keepstone.parts.conditions.threats.evasion_labels import EvasionLabels
from keepstone.parts.conditions.threats.evasion_scores import EvasionScores
from keepstone.parts.conditions.threats.extraction import Extraction
from keepstone.parts.conditions.threats.withheld_values import WithheldValues
from keepstone.parts.conditions.threats.worst_of import WorstOf
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from keepstone.core.part import Mitigation
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]

ATTACKS = (EvasionScores(errors=1.0, queries=20), EvasionLabels(errors=1.0, queries=20), WithheldValues(count=2, queries=20))
WORST = WorstOf(ATTACKS)


def lost(outcome: Outcome) -> np.ndarray:
    truth, flagged = (np.asarray(outcome.columns[name], dtype=np.float64) for name in ("truth", "flagged"))
    return np.asarray((truth == 1) & (flagged == 0))


@pytest.mark.parametrize("mitigation", [Nothing(), LabelOnly()], ids=lambda one: one.id)
def test_a_case_is_turned_where_one_of_them_turns_it(outcome: Play, mitigation: Mitigation) -> None:
    alone = [lost(outcome(one, controls.linear(), mitigation)) for one in ATTACKS]
    together = outcome(WORST, controls.linear(), mitigation)
    assert np.array_equal(lost(together), np.any(alone, axis=0))
    assert lost(together).sum() > max(one.sum() for one in alone)


def test_it_says_which_turned_a_case_and_stays_within_the_budgets(outcome: Play) -> None:
    found = outcome(WORST, controls.linear(), Nothing())
    calm = lost(outcome(EvasionScores(errors=0.0, queries=1), controls.linear(), Nothing()))
    by = np.asarray(found.columns["turned_by"])
    assert np.array_equal(by > 0, lost(found) & ~calm)
    assert {0, 1, 3} <= set(by.astype(int))
    assert np.asarray(found.columns["queries"]).max() <= WORST.origin.queries == 63


def test_what_nobody_can_move_withstands_them(outcome: Play) -> None:
    target = controls.immutable_only()
    assert not lost(outcome(WORST, target, Nothing())).any()


def test_its_words_name_every_attack() -> None:
    assert all(one.brief in WORST.title for one in ATTACKS)
    assert WORST.id != WorstOf(ATTACKS[:2]).id
    assert WORST.origin.access == {"inputs", "scores", "labels"}
    assert "given" in WORST.counterpart or "counterpart of its own" in WORST.counterpart


@pytest.mark.parametrize("attacks", [(), ATTACKS[:1], (*ATTACKS, Extraction()), (EvasionScores(goal="alarm"), ATTACKS[0])])
def test_what_can_not_be_tried_together_is_refused(attacks: tuple[EvasionScores, ...]) -> None:
    with pytest.raises(InputError, match="must"):
        WorstOf(attacks)
