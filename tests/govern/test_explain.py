"""The arithmetic of a verdict, in plain words."""

from __future__ import annotations

import msgspec
import pytest
from govern import synthetic

from keepstone.core.errors import InputError
from keepstone.govern.document import Result
from keepstone.govern.explain import WIDTH, explain


def flat(text: str) -> str:
    return " ".join(text.split())


def edited(result: Result, word: str, **fields: object) -> Result:
    rows = tuple(msgspec.structs.replace(row, **fields) if row.id == word else row for row in result.findings)
    return msgspec.structs.replace(result, findings=rows)


@pytest.mark.parametrize("state", ["not_met", "met", "inconclusive", "error", "provisional", "hostile"])
def test_every_finding_of_every_state_can_be_explained_within_the_width(state: str) -> None:
    result = synthetic.STATES[state]()
    for row in result.findings:
        text = explain(result, row.id)
        assert max(len(line) for line in text.splitlines()) <= WIDTH
        assert "\x1b" not in text
        assert "do not bear" not in text


def test_the_needed_evidence_is_that_of_e_bh() -> None:
    result = synthetic.not_met()
    assert "23 cells / (alpha 0.05 x 16) = 28.75, as 16 claims stand" in flat(explain(result, "robustness.unit_mixup.missed"))
    assert "one claim more than the 16 that stand, it would need 23 cells / (alpha 0.05 x 17) = 27.06" in flat(explain(result, "alignment.proxy.missed"))


@pytest.mark.parametrize(
    ("state", "word", "part"),
    [
        ("not_met", "fairness.sex.unfair", "nobody adopted it"),
        ("not_met", "fairness.sex.unfair", "fewer than 10 could be told of"),
        ("not_met", "robustness.unit_mixup.missed", "373 of them lost"),
        ("not_met", "robustness.unit_mixup.missed", "not met: the whole interval lies at or over the limit"),
        ("not_met", "alignment.proxy.missed", "inconclusive: the limit lies inside the interval"),
        ("not_met", "alignment.nominal.missed", "family-wise"),
        ("error", "robustness.unit_mixup.missed", "ValueError at row 118"),
        ("provisional", "fairness.sex.unfair", "it rests on guesses: target.threshold, data.features.creatinine.bounds, and that can't give met"),
    ],
)
def test_the_reason_is_given(state: str, word: str, part: str) -> None:
    assert part in flat(explain(synthetic.STATES[state](), word))


def test_figures_that_do_not_bear_the_verdict_out_are_named() -> None:
    word = "robustness.unit_mixup.missed"
    for fields in ({"verdict": "pass"}, {"lower": 0.1}, {"e_fail": 1.0}, {"verdict": "inconclusive"}):
        assert "do not bear the verdict out" in flat(explain(edited(synthetic.not_met(), word, **fields), word))


def test_a_modelled_number_and_a_floor_that_is_not_met_keep_a_criterion_open() -> None:
    word = "alignment.proxy.missed"
    assert "the number is modelled" in flat(explain(edited(synthetic.not_met(), word, kind="modelled"), word))
    floored = edited(synthetic.not_met(), word, floor="robustness.unit_mixup.missed")
    assert "its floor of usefulness, robustness.unit_mixup.missed, is not met" in flat(explain(floored, word))


def test_a_small_group_is_held_back() -> None:
    word = "fairness.hispanic.unfair"
    text = explain(edited(synthetic.not_met(), word, trials=7, mean=0.4286, lower=0.1, upper=0.8), word)
    assert "42.9" not in text
    assert text.count("fewer than 10, not shown") == 2


def test_an_unknown_word_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"fairness\.sex\.unfair") as caught:
        explain(synthetic.not_met(), "fairness.sx")
    assert caught.value.exit_code == 2


def test_a_finding_of_fewer_than_ten_people_is_explained_without_its_number() -> None:
    result = synthetic.not_met()
    none = dict.fromkeys(("mean", "lower", "upper", "e_pass", "e_fail", "count", "nominal"))
    rows = tuple(
        msgspec.structs.replace(row, trials=7, verdict="inconclusive", **none) if row.id == "robustness.unit_mixup.missed" else row for row in result.findings
    )
    said = " ".join(explain(msgspec.structs.replace(result, findings=rows), "robustness.unit_mixup.missed").split())
    assert "Measured fewer than 10, not shown" in said
    assert "do not bear the verdict out" not in said
