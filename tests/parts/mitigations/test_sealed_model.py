"""A checksum stops accidents and no attacker; a message authentication code stops both. Nothing that was not touched is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.cell import Arm
from keepstone.core.channel import Ruling
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.measure.play import Built, play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.bit_rot import BitRot
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.tampered_parameters import TamperedParameters
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.sealed_model import SealedModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.part import AnyCondition, Mitigation, Target


def told(condition: AnyCondition, mitigation: Mitigation) -> tuple[float, float]:
    """The share of rows that were stopped, and of outcomes missed, under a condition with a mitigation in place."""
    shelf, arm = KeptShelf(), Arm(controls.linear(), condition, mitigation)
    target: Target = shelf.get(Built(arm, 7))
    outcome = play(target, arm, Trials(7, "test", 0, target.size("test")), shelf)
    stopped = np.asarray(outcome.columns["ruling"]) == Ruling.STOPPED
    return float(stopped.mean()), float(np.nanmean(Missed().loss(outcome, lambda: outcome)))


@pytest.mark.parametrize("by", ["checksum", "mac"])
def test_what_was_not_touched_is_answered(by: str) -> None:
    assert told(Nominal(), SealedModel(by)) == told(Nominal(), Nothing())


@pytest.mark.parametrize("by", ["checksum", "mac"])
def test_a_flipped_bit_stops_it_and_none_does_not(by: str) -> None:
    assert told(BitRot(bits=1), SealedModel(by))[0] == 1.0
    assert told(BitRot(bits=0), SealedModel(by))[0] == 0.0


def test_an_attacker_makes_a_checksum_fit() -> None:
    bare, checked = told(TamperedParameters(), Nothing()), told(TamperedParameters(), SealedModel("checksum"))
    assert checked == bare
    assert bare[1] > told(Nominal(), Nothing())[1] + 0.3


def test_an_attacker_without_the_key_gets_nothing() -> None:
    stopped, missed = told(TamperedParameters(), SealedModel("mac"))
    assert stopped in {0.0, 1.0}
    assert missed <= told(Nominal(), Nothing())[1]


def test_a_seal_is_sound_and_another_way_is_refused(sound: Callable[..., Target]) -> None:
    sound(SealedModel())
    with pytest.raises(InputError, match="must be one of checksum, mac"):
        SealedModel("crc")
