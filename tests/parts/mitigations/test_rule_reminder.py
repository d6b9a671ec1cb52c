"""The rules are said again after each question, and only there."""

from __future__ import annotations

import numpy as np

from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.parts.mitigations.rule_reminder import REMINDER, RuleReminder


def test_the_reminder_stands_last() -> None:
    tap = RuleReminder("Be good.").begin(2, {})
    said = tap(INPUT, Signal(["one", "two"], np.array([0, Ruling.BLOCKED], dtype=np.int8)))
    assert list(said.values) == ["one\nBe good.", "two\nBe good."]
    assert said.rulings.tolist() == [Ruling.CHANGED, Ruling.BLOCKED]
    reply = Signal(["yes"], np.zeros(1, dtype=np.int8))
    assert tap(OUTPUT, reply) is reply


def test_its_words_are_its_own() -> None:
    assert "remember your rules" in REMINDER
