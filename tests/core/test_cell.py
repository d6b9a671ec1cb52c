"""A plan names every arm and cell once, in its order."""

from __future__ import annotations

from fakes import held, pair, plan


def test_arms_and_cells_stand_once() -> None:
    one, other = held(0.1, 0.2), held(0.3, 0.2)
    made = plan(one, other, pairs=[pair(one, other), pair(other, one)])
    assert [cell.id for cell in made.cells] == ["rate-0p1+none:lost-1", "rate-0p3+none:lost-1"]
    assert [arm.id for arm in made.arms] == ["rate-0p1+none", "rate-0p3+none"]
    assert made.compared == {"rate-0p1+none", "rate-0p3+none"}
