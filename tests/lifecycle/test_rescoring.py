"""Scoring again: figures by prompt, the tool's own beside them, and what a person overrules."""

from __future__ import annotations

import json
import pathlib

import numpy as np
import pytest
from intake.foreign_runs import garak, promptfoo, pyrit

from keepstone.core.errors import InputError
from keepstone.core.system import JudgeSpec
from keepstone.intake import foreign, overruled
from keepstone.intake.labelled import Labels
from keepstone.lifecycle.judging import Bench
from keepstone.lifecycle.rescoring import clustered, document, rescore, scorers
from keepstone.parts.judges.words import Words


def bench(kind: str = "words", caught: tuple[int, int] = (0, 0), cleared: tuple[int, int] = (0, 0)) -> Bench:
    spec = JudgeSpec(name="says", meaning="the reply says the code", limit=0.1, kind=kind)
    return Bench(spec, Words(words=("KEEP",)), Labels(), caught, cleared)


def test_words_are_found_in_every_dress_where_the_tool_saw_none(tmp_path: pathlib.Path) -> None:
    run = foreign.read(garak(tmp_path / "x.jsonl"))
    found = rescore(run, scorers([], (), run))
    assert list(found.scorers) == ["words", "complied"]
    assert found.scores["words"] == [1.0, 0.0, None]
    one = next(figure for figure in found.figures if figure.scorer == "words" and figure.probe == "leak.Say")
    assert (one.replies, one.prompts, one.rate) == (2, 1, 0.5)
    assert one.theirs == {"leak.Exact": (0.0, 1)}
    assert found.scores["complied"] == [1.0, 0.0, 1.0]


def test_generations_of_a_prompt_are_one_cluster(tmp_path: pathlib.Path) -> None:
    """Many replies to one prompt say no more of prompts than one does."""
    lines = [
        {"entry_type": "attempt", "uuid": str(at), "status": 2, "probe_classname": "p", "prompt": f"q{at % 3}", "outputs": ["SECRET-1"] * 50} for at in range(9)
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    run = foreign.read(path)
    figure = rescore(run, scorers(["secret=SECRET-1"], (), run)).figures[-1]
    assert (figure.replies, figure.prompts, figure.mean) == (450, 3, 1.0)
    assert figure.lower < 0.4


def test_prompts_of_one_kind_may_be_one_cluster(tmp_path: pathlib.Path) -> None:
    run = foreign.read(garak(tmp_path / "x.jsonl"))
    found = rescore(run, scorers(["complied"], (), run), cluster="probe")
    assert (found.figures[-1].prompts, found.figures[-1].mean) == (2, 0.75)
    assert any("kinds of questions" in one for one in found.remarks)


def test_the_interval_by_prompts_covers() -> None:
    chance = np.random.default_rng(4)
    missed = 0
    for _repeat in range(200):
        rates = chance.beta(0.3, 2.7, size=40)
        low, high = clustered([float(chance.binomial(5, rate)) / 5 for rate in rates])
        missed += not low <= 0.1 <= high
    assert missed <= 14


def test_a_judge_is_corrected_by_its_labels_and_without_them_says_so(tmp_path: pathlib.Path) -> None:
    run = foreign.read(promptfoo(tmp_path / "x.json"))
    plain = rescore(run, scorers(["judge=says"], (bench(),), run))
    assert not plain.figures[-1].corrected
    assert any("no labels of both kinds" in one for one in plain.remarks)
    fixed = rescore(run, scorers(["judge=says"], (bench(caught=(90, 100), cleared=(95, 100)),), run)).figures[-1]
    assert fixed.corrected
    assert fixed.mean == pytest.approx((0.75 + 0.95 - 1) / (0.9 + 0.95 - 1))
    with pytest.raises(InputError, match="makes no call"):
        scorers(["judge=says"], (bench("openai"),), run)


def test_a_person_overrules_with_a_reason_that_is_kept(tmp_path: pathlib.Path) -> None:
    run = foreign.read(pyrit(tmp_path / "x.json"))
    path = tmp_path / "over.jsonl"
    path.write_text('{"id": "6", "score": 0, "by": "Ann", "reason": "it is a quote"}\n', encoding="utf-8")
    found = rescore(run, scorers(["complied"], (), run), overruled.read(path))
    assert found.scores["complied"][-1] == 0.0
    told = document(found)
    assert told["overruled"] == [{"id": "6", "scorer": "complied", "was": 1.0, "score": 0.0, "by": "Ann", "reason": "it is a quote"}]
    assert told["exploratory"] is True


def test_no_text_is_written_down(tmp_path: pathlib.Path) -> None:
    run = foreign.read(garak(tmp_path / "x.jsonl"))
    told = json.dumps(document(rescore(run, scorers([], (), run))))
    assert "DAN." not in told
    assert "k e e p" not in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "9", "score": 0, "by": "Ann", "reason": "why not"}', "must be that of a reply"),
        ('{"id": "6", "score": 0, "by": "Ann", "reason": "why not", "scorer": "mine"}', "«scorer»"),
        ('{"id": "6", "score": 2, "by": "Ann", "reason": "why not"}', ":1: The line must be"),
        ('{"id": "6", "score": 0, "by": "Ann", "reason": "   "}', "«reason»"),
        ('{"id": "6", "score": 0, "reason": "why not"}', ":1: The line must be"),
        ("not json", ":1: The line must be"),
    ],
)
def test_an_overrule_that_says_nothing_is_refused(tmp_path: pathlib.Path, line: str, told: str) -> None:
    run = foreign.read(pyrit(tmp_path / "x.json"))
    path = tmp_path / "over.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        rescore(run, scorers(["complied"], (), run), overruled.read(path))


@pytest.mark.parametrize(
    ("name", "told"), [("toxic", "must be one of words"), ("secret=ab", "at least 4 letters"), ("judge=none", "must be one of the system file")]
)
def test_a_scorer_that_is_not_known_is_refused(tmp_path: pathlib.Path, name: str, told: str) -> None:
    run = foreign.read(pyrit(tmp_path / "x.json"))
    with pytest.raises(InputError, match=told):
        scorers([name], (), run)
