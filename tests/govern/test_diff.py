"""Two results side by side."""

from __future__ import annotations

import io

import msgspec
import pytest
from govern import synthetic
from rich.console import Console

from keepstone.core.errors import InputError
from keepstone.govern.diff import compare, lines, render, show
from keepstone.govern.document import Result
from keepstone.govern.rows import Finding


def edited(result: Result, word: str, **fields: object) -> Result:
    rows = tuple(msgspec.structs.replace(row, **fields) if row.id == word else row for row in result.findings)
    return msgspec.structs.replace(result, findings=rows)


def one(result: Result, word: str) -> Finding:
    return next(row for row in result.findings if row.id == word)


FAILING, PASSING = "robustness.unit_mixup.missed", "control.out_of_range.trust"


def test_a_result_is_unchanged_against_itself() -> None:
    result = synthetic.not_met()
    diff = compare(result, result)
    assert (diff.new, diff.mended, diff.changed, diff.differences) == ((), (), (), ())
    assert len(diff.unchanged) == len(result.findings)
    assert diff.exit_code == 0


@pytest.mark.parametrize("before", ["pass", "inconclusive", "error", "not_measured"])
def test_what_fails_now_and_did_not_is_new_and_the_only_reason_for_exit_1(before: str) -> None:
    result = synthetic.not_met()
    diff = compare(edited(result, FAILING, verdict=before), result)
    assert [change.id for change in diff.new] == [FAILING]
    assert diff.exit_code == 1


def test_a_finding_that_is_only_in_the_second_and_fails_is_new() -> None:
    result = synthetic.not_met()
    less = msgspec.structs.replace(result, findings=tuple(row for row in result.findings if row.id != FAILING))
    assert [change.id for change in compare(less, result).new] == [FAILING]
    gone = compare(result, less)
    assert gone.changed[0].what == ("only in the first",)
    assert gone.exit_code == 0


def test_mended_needs_a_pass() -> None:
    result = synthetic.not_met()
    assert [change.id for change in compare(result, edited(result, FAILING, verdict="pass")).mended] == [FAILING]
    softened = compare(result, edited(result, FAILING, verdict="inconclusive"))
    assert not softened.mended
    verdict, numbers = softened.changed[0].what
    assert verdict == "not met, then inconclusive"
    assert numbers.endswith("(the intervals overlap)")


def test_a_slice_that_is_another_one_is_neither_mended_nor_silently_compared() -> None:
    word = "robustness.nominal.missed-within-slice-1"
    first = edited(synthetic.not_met(), FAILING, id=word, metric_title="missed, where age > 80")
    second = edited(first, word, metric_title="missed, where age <= 40", verdict="pass")
    found = compare(first, second)
    assert not found.mended
    (changed,) = found.changed
    assert changed.what[:2] == ("another slice was found: missed, where age > 80, then missed, where age <= 40", "not met, then met")


def test_a_number_of_fewer_than_ten_people_is_not_shown() -> None:
    result = edited(synthetic.not_met(), FAILING, trials=7)
    (changed,) = compare(result, edited(result, FAILING, verdict="inconclusive")).changed
    assert changed.what[1] == "fewer than 10, not shown, then fewer than 10, not shown (the intervals overlap)"


def test_a_limit_that_moved_and_intervals_that_do_not_meet_are_changes() -> None:
    result = synthetic.not_met()
    row = one(result, PASSING)
    assert compare(result, edited(result, PASSING, limit=0.5)).changed[0].what[0].startswith("limit 2")
    assert row.lower is not None
    moved = compare(result, edited(result, PASSING, mean=row.lower / 2, upper=row.lower * 0.9, lower=0.0))
    assert [change.id for change in moved.changed] == [PASSING]
    near = compare(result, edited(result, PASSING, mean=row.lower, upper=row.upper, lower=0.0))
    assert not near.changed


DIFFERENT = {
    "system name": lambda result: msgspec.structs.replace(result, system=msgspec.structs.replace(result.system, name="Another")),
    "target": lambda result: msgspec.structs.replace(result, system=msgspec.structs.replace(result.system, target="logistic regression")),
    "test cases": lambda result: msgspec.structs.replace(
        result, system=msgspec.structs.replace(result.system, data=msgspec.structs.replace(result.system.data, rows=3))
    ),
    "digest of the data": lambda result: msgspec.structs.replace(result, digests=result.digests | {"data": "sha256:00"}),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_question_is_refused_by_name_and_compared_when_asked(name: str) -> None:
    result = synthetic.not_met()
    other = DIFFERENT[name](result)
    with pytest.raises(InputError, match=f"«{name}»") as caught:
        compare(result, other)
    assert caught.value.exit_code == 2
    assert compare(result, other, across=True).differences[0].startswith(name)


def test_another_target_version_is_compared_and_noted() -> None:
    result = synthetic.not_met()
    other = msgspec.structs.replace(result, digests=result.digests | {"target": "sha256:00"}, seed=8)
    assert compare(result, other).differences == ("the target is another", "seed: 7, then 8")


def test_json_and_terminal_say_the_same_and_hold_nothing_that_acts() -> None:
    first, second = synthetic.hostile(), edited(synthetic.hostile(), FAILING, verdict="pass")
    diff = compare(first, second)
    document = msgspec.json.decode(render(diff))
    assert [len(document[kind]) for kind in ("new", "mended", "changed")] == [0, 1, 0]
    out = io.StringIO()
    show(diff, Console(file=out, width=80))
    assert out.getvalue().splitlines() == lines(diff)
    assert "\x1b" not in out.getvalue()
    assert lines(diff)[0] == "0 newly not met · 1 mended · 0 changed · 22 unchanged"
