"""The interplay in the document: what a fix buys is never said larger than it was shown, nor its cost smaller."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import Coin, Lost, Rate

from keepstone.core.cell import Arm, Cell, Pair, Role
from keepstone.core.result import Effect, Estimate
from keepstone.govern.effects import exposed, interplay, mitigations
from keepstone.measure.compare import rows
from keepstone.parts.mitigations.none import Nothing
from keepstone.stats.claims import Difference


def effect(mean: float, lower: float, upper: float, direction: str, word: str) -> Effect:
    of, against = (Cell(Arm(Coin(), Rate(rate), Nothing()), Lost()) for rate in (0.2, 0.1))
    about = {"mitigation": "fix", "column": word, "block": "safety", "guard": "yes"}
    pair = Pair(id=f"mitigation:{word}", role=Role.MITIGATION, of=of, against=against, margin=0.03, claim=Difference(), about=about)
    number = Estimate(mean=mean, lower=lower, upper=upper, e_pass=1.0, e_fail=1.0, trials=100, played=100, calls=100.0)
    return Effect(pair=pair, estimate=number, direction=direction, of_mean=0.1, against_mean=0.2)


@pytest.mark.parametrize(
    ("effects", "buys", "costs"),
    [
        ([(-0.1713, -0.2201, -0.1509, "better")], "171 [150, 221] fewer losses, a rate of 0.2", ""),
        ([(0.03, 0.005, 0.0551, "worse")], "", "30 [5, 56] more losses, a rate of 0.2"),
        ([(0.002, 0.0004, 0.01, "worse")], "", "2 [0.4, 10] more losses, a rate of 0.2"),
        ([(-0.1, -0.2, 0.02, "inconclusive"), (0.0, -0.01, 0.01, "no_worse")], "", ""),
        ([(-0.1, -0.2, -0.05, "better")] * 5, "; ".join(["100 [50, 200] fewer losses, a rate of 0.2"] * 3) + "; and 2 more", ""),
    ],
)
def test_only_what_was_shown_is_bought_or_paid_and_with_its_bounds(effects: list[tuple[float, float, float, str]], buys: str, costs: str) -> None:
    made = [effect(*numbers, word=str(n)) for n, numbers in enumerate(effects)]
    (row,) = mitigations(made, rows(made), {})
    assert (row.buys, row.costs) == (buys, costs)


def test_every_row_of_an_effect_carries_the_id_of_its_comparison() -> None:
    (row,) = interplay([effect(-0.1, -0.2, -0.05, "better", "a")])
    assert (row.id, row.effect, row.lower, row.upper, row.of, row.against) == ("mitigation:a", -0.1, -0.2, -0.05, 0.1, 0.2)


@pytest.mark.parametrize("counts", [(7, 500), (500, 7)])
def test_a_side_of_fewer_than_ten_people_has_no_number(counts: tuple[int, int]) -> None:
    made = effect(0.7, 0.1, 0.9, "inconclusive", "a")
    assert made.estimate is not None
    parts = tuple((name, count, 0.5) for name, count in zip(("with", "without"), counts, strict=True))
    about = {"flaw": "slice", "title": "a slice", "threat": "evasion"}
    pair = replace(made.pair, role=Role.EXPOSED_BY_FLAW, against=None, about=about)
    (row,) = exposed([replace(made, pair=pair, estimate=replace(made.estimate, trials=sum(counts), parts=parts))])
    assert (row.effect, row.lower, row.upper, row.of, row.against) == (None,) * 5
    assert (row.trials_of, row.trials_against) == counts
