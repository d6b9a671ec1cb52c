"""A planted weak slice is among the few that are kept, and the search is quick, repeatable and blind to what it may not see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.errors import InputError
from keepstone.core.table import Feature, Rule, Table
from keepstone.intake.threads import one_thread
from keepstone.measure.search import MOST, overconfident, weak_slices
from keepstone.stats.chance import Address, normal, uniform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.channel import Floats


@pytest.fixture(autouse=True)
def one() -> Iterator[None]:
    with one_thread():
        yield


def planted(seed: int, rows: int = 2500, slice_rows: int = 150, worse: float = 0.3) -> tuple[Table, Floats, Rule]:
    """Cases whose outcome is a coin, flagged with 20 % mistakes, and more inside a slice of two tests."""
    at = Address(seed, "planted", 0, rows)
    x, luck = normal(at, "x", 12), uniform(at, "luck", 3)
    x[:, 9] = np.floor(uniform(at, "code", 1)[:, 0] * 4)
    x[uniform(at, "missing", 12) < 0.05] = np.nan
    low = float(np.nanquantile(x[:, 4], slice_rows / rows / 0.25 * 1.05))
    rule = Rule(((4, "f4", "<=", low), (9, "f9", "is", 2.0)))
    truth = luck[:, 0] < 0.5
    wrong = luck[:, 1] < np.where(rule.holds(x), 0.2 + worse, 0.2)
    features = tuple(Feature(name=f"f{k}", kind="category" if k == 9 else "number", levels=("a", "b", "c", "d") if k == 9 else ()) for k in range(12))
    number = np.arange(rows, dtype=np.int64)
    table = Table(features, x, truth.astype(np.int8), number, number, {}, number * 0, f"planted-{seed}")
    return table, np.where(truth != wrong, 0.9, 0.1), rule


def found(rules: tuple[Rule, ...], rule: Rule, table: Table) -> bool:
    """Whether one of the rules is mostly the planted one."""
    planted_rows = rule.holds(table.x)
    return any((mine & planted_rows).sum() > 0.5 * (mine | planted_rows).sum() for mine in (one.holds(table.x) for one in rules))


def test_a_slice_of_150_rows_30_points_worse_is_found() -> None:
    hits = 0
    for seed in range(40):
        table, scores, rule = planted(seed)
        hits += found(weak_slices(table, scores, 0.5, 7, of="error"), rule, table)
    assert hits >= 36


def test_few_are_kept_of_data_without_a_weak_slice() -> None:
    kept = [len(weak_slices(*planted(seed, worse=0.0)[:2], 0.5, 7, of="error")) for seed in range(20)]
    assert np.mean(kept) < 2.5
    assert min(kept) == 1
    assert max(kept) <= MOST


def test_the_same_rows_give_the_same_rules_whatever_the_seed_while_all_are_used() -> None:
    table, scores, _rule = planted(3)
    assert weak_slices(table, scores, 0.5, 1, of="error") == weak_slices(table, scores, 0.5, 2, of="error")


def test_the_worst_is_first_and_none_is_a_copy_of_another() -> None:
    target = controls.linear()
    table = target.test
    rules = weak_slices(table, target.scorer(table.x).scores, target.threshold, 7, of="error")
    inside = [rule.holds(table.x) for rule in rules]
    for one in range(len(rules)):
        for other in range(one):
            assert (inside[one] & inside[other]).sum() <= 0.5 * min(inside[one].sum(), inside[other].sum())
    assert all(mask.sum() >= 60 for mask in inside)


def test_missing_values_and_codes_can_be_a_slice() -> None:
    table, scores, _rule = planted(5, worse=0.0)
    gone = np.isnan(table.x[:, 2])
    other = np.where(gone & (table.y == 1), 0.1, scores)
    assert ((2, "f2", "missing", 0.0),) in [rule.tests for rule in weak_slices(table, other, 0.5, 7)]
    code = np.where((table.x[:, 9] == 3) & (table.y == 0), 0.9, scores)
    assert ((9, "f9", "is", 3.0),) in [rule.tests for rule in weak_slices(table, code, 0.5, 7, of="alarms")]


def test_rows_without_a_score_are_left_out_and_too_few_give_nothing() -> None:
    table, scores, rule = planted(1)
    holes = scores.copy()
    holes[rule.holds(table.x)] = np.nan
    assert not found(weak_slices(table, holes, 0.5, 7, of="error"), rule, table)
    assert weak_slices(table.take(np.arange(30)), scores[:30], 0.5, 7) == ()
    assert weak_slices(table, np.full(len(table), np.nan), 0.5, 7) == ()
    with pytest.raises(InputError, match="must be missed, alarms or error"):
        weak_slices(table, scores, 0.5, 7, of="luck")


def test_a_rule_repeats_nobody_s_value() -> None:
    for seed in range(10):
        table, scores, _rule = planted(seed)
        for rule in weak_slices(table, scores, 0.5, 7, of="error"):
            assert all(value == float(f"{value:.3g}") for _column, _name, _how, value in rule.tests)


def test_many_rows_are_thinned_by_the_seed() -> None:
    table, scores, rule = planted(2, rows=120_000, slice_rows=9000)
    assert found(weak_slices(table, scores, 0.5, 7, of="error"), rule, table)


def test_where_flags_claim_too_much_is_found() -> None:
    hits = 0
    for seed in range(20):
        table, _scores, _rule = planted(seed, rows=1500)
        at = Address(seed, "sure", 0, len(table))
        scores = uniform(at, "score", 1)[:, 0]
        inside = table.x[:, 9] == 1
        truth = uniform(at, "truth", 1)[:, 0] < np.where(inside, scores - 0.3, scores)
        told = replace(table, y=truth.astype(np.int8))
        rule = overconfident(told, scores, 0.5, 7)
        hits += rule is not None and rule.tests == ((9, "f9", "is", 1.0),)
    assert hits >= 19


def test_nothing_flagged_claims_nothing() -> None:
    table, scores, _rule = planted(1)
    assert overconfident(table, np.zeros_like(scores), 0.5, 7) is None
    assert overconfident(table, np.full_like(scores, np.nan), 0.5, 7) is None
