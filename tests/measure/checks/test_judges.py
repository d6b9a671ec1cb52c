"""A judge that breaks a rule is told so, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

import pytest

from keepstone.core.chat import Exchange, Opinion
from keepstone.core.part import part
from keepstone.measure.checks.judges import problems


@part("judge")
@dataclass(frozen=True)
class Made:
    """A judge that does what it is told."""

    do: str = "right"

    name: ClassVar[str] = "made"
    id: ClassVar[str] = "made"
    title: ClassVar[str] = "made for a test"

    @property
    def recipe(self) -> str:
        return "" if self.do == "nameless" else self.do

    def read(self, said: Sequence[Exchange]) -> list[Opinion]:
        if self.do == "few":
            return [Opinion(says=True)]
        if self.do == "plain":
            return cast("list[Opinion]", [True] * len(said))
        if self.do == "crowd":
            return [Opinion(len(said) > 1)] * len(said)
        return [Opinion("yes" in one.reply) for one in said]


@pytest.mark.parametrize(
    ("do", "told"),
    [("nameless", "«recipe»"), ("few", "one Opinion for each exchange"), ("plain", "one Opinion for each exchange"), ("crowd", "whatever others are read")],
)
def test_what_is_wrong_is_said(do: str, told: str) -> None:
    assert any(told in one for one in problems(Made(do)))


def test_one_that_does_right_has_no_problem() -> None:
    assert list(problems(Made())) == []
