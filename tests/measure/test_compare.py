"""What a mitigation is called follows from what was shown: a fix that answers nobody is no gain, and silence is no proof."""

from __future__ import annotations

import importlib.util
import itertools
import pathlib
from collections.abc import Sequence
from typing import Any

import pytest
from fakes import Coin, Lost, Rate

from keepstone.core.cell import Arm, Cell, Pair, Role
from keepstone.core.result import Effect, Estimate, Row
from keepstone.measure.compare import rows
from keepstone.parts.mitigations.none import Nothing
from keepstone.stats.claims import Difference

WORDS = ("worse", "better", "no_worse", "inconclusive")
TOOL = pathlib.Path(__file__).parent.parent.parent / "tools" / "verify.py"


def effect(block: str, direction: str, *, guard: bool = True, mean: float = 0.0, name: str = "fix", column: str = "") -> Effect:
    of, against = (Cell(Arm(Coin(), Rate(rate), Nothing()), Lost()) for rate in (0.2, 0.1))
    column = column or f"{block}:{guard}"
    about = {"mitigation": name, "column": column, "block": block, "guard": "yes" if guard else ""}
    pair = Pair(id=f"{name}|{column}", role=Role.MITIGATION, of=of, against=against, margin=0.03, claim=Difference(), about=about)
    number = Estimate(mean=mean, lower=mean - 0.01, upper=mean + 0.01, e_pass=1.0, e_fail=1.0, trials=100, played=100, calls=100.0)
    return Effect(pair=pair, estimate=number, direction=direction, of_mean=0.0, against_mean=0.0)


def read(*effects: Effect) -> Row:
    (row,) = rows(effects)
    return row


def test_a_fix_that_answers_nobody_is_no_synergy() -> None:
    row = read(effect("safety", "better", mean=-0.2), effect("security", "better", mean=-0.3), effect("usefulness", "worse", mean=1.0))
    assert (row.kind, row.side) == ("trade-off", "")
    assert row.why == "Better in safety and security, worse in usefulness."


def test_a_fix_that_answers_fewer_is_no_one_sided_gain() -> None:
    row = read(effect("safety", "no_worse"), effect("security", "better"), effect("usefulness", "worse"))
    assert (row.kind, row.side) == ("trade-off", "")


@pytest.mark.parametrize("direction", ["inconclusive", "not_measured"])
def test_a_gain_whose_price_in_use_is_not_known_is_inconclusive(direction: str) -> None:
    row = read(effect("safety", "better"), effect("security", "better"), effect("usefulness", direction))
    assert row.kind == "inconclusive"
    assert row.why == "Not shown no worse: losses, a rate of 0.2."


def test_a_gain_that_costs_no_use_stays_a_gain() -> None:
    useful = effect("usefulness", "no_worse")
    assert read(effect("safety", "better"), effect("security", "better"), useful).kind == "synergy"
    assert read(effect("safety", "no_worse"), effect("security", "better"), useful).side == "security"


def test_use_that_is_lost_for_nothing_is_harm() -> None:
    row = read(effect("safety", "no_worse"), effect("security", "no_worse"), effect("usefulness", "worse"))
    assert (row.kind, row.why) == ("harmful", "Worse in usefulness, better in neither half.")


def test_fewer_alerts_alone_are_no_gain_of_a_half() -> None:
    assert read(effect("safety", "no_worse"), effect("security", "no_worse"), effect("usefulness", "better")).kind == "no effect"


def test_the_verifier_calls_every_row_by_the_same_name() -> None:
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    assert spec is not None
    assert spec.loader is not None
    verify: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verify)
    cells = [("safety", True), ("security", True), ("security", False), ("usefulness", True)]
    for words in itertools.product(WORDS, repeat=len(cells)):
        said = [(block, guard, word) for (block, guard), word in zip(cells, words, strict=True)]
        row = read(*(effect(block, word, guard=guard) for block, guard, word in said))
        assert (row.kind, row.side) == verify.kind_of(said), said


def of_each(*means: Sequence[float]) -> list[Row]:
    made = [effect("safety", "no_worse", name=f"fix {n}", column=str(k), mean=mean) for n, row in enumerate(means) for k, mean in enumerate(row)]
    return list(rows(made))


def test_a_fix_is_beaten_where_another_is_observed_as_good_everywhere_and_better_somewhere() -> None:
    assert [row.dominated for row in of_each((-0.1, -0.2), (-0.1, -0.1), (-0.2, 0.1))] == [False, True, False]
    assert [row.dominated for row in of_each((0.1, 0.0))] == [True]  # doing nothing beats it


def test_a_half_that_was_not_asked_keeps_a_gain_open() -> None:
    useful = effect("usefulness", "no_worse")
    row = read(effect("security", "better"), useful)
    assert row.kind == "inconclusive"
    assert "no guard cell of safety was asked" in row.why
    assert read(effect("security", "better"), effect("safety", "no_worse", guard=False), useful).kind == "inconclusive"
    assert read(effect("security", "no_worse"), useful).kind == "inconclusive", "nor is it «no effect»"
