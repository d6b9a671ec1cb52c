"""What is set aside for a trial is the most that it can cost: every turn, every step, every try of an attacker."""

from __future__ import annotations

import pytest

from keepstone.areas import controls
from keepstone.areas.chat import known
from keepstone.core.cell import Arm
from keepstone.measure.state import dearest
from keepstone.parts.conditions.hazards.growing_talk import GrowingTalk
from keepstone.parts.conditions.hazards.long_talk import LongTalk
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.adaptive_injection import AdaptiveInjection
from keepstone.parts.conditions.threats.crescendo import Crescendo
from keepstone.parts.mitigations.none import Nothing


@pytest.mark.parametrize(
    ("condition", "plain", "with_tools"),
    [
        (Nominal(), 1, 7),
        (LongTalk(8), 8, 56),
        (Crescendo(3), 3, 21),
        (GrowingTalk("turns"), 12, 84),
        (GrowingTalk("letters"), 1, 7),
        (AdaptiveInjection(), 9, 15),
    ],
)
def test_a_trial_is_never_dearer_than_is_set_aside(condition: Nominal, plain: int, with_tools: int) -> None:
    assert dearest(Arm(known.flawless(), condition, Nothing())) == plain
    assert dearest(Arm(known.equipped(), condition, Nothing())) == with_tools


def test_a_table_costs_a_call_a_row() -> None:
    assert dearest(Arm(controls.linear(), Nominal(), Nothing())) == 1
