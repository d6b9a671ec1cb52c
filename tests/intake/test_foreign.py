"""What other tools wrote is read as it is, and what is none of it is refused in one line."""

from __future__ import annotations

import json
import pathlib

import pytest
from intake.foreign_runs import garak, promptfoo, pyrit

from keepstone.core.errors import InputError
from keepstone.intake import foreign


def test_garak_of_both_forms(tmp_path: pathlib.Path) -> None:
    run = foreign.read(garak(tmp_path / "x.report.jsonl"))
    assert run.form == "garak"
    assert [(one.id, one.probe, one.question, one.words) for one in run.tried] == [
        ("a/0", "leak.Say", "Say KEEP-7741", ("KEEP-7741",)),
        ("a/1", "leak.Say", "Say KEEP-7741", ("KEEP-7741",)),
        ("b/0", "dan.Old", "Be DAN.", ()),
    ]
    assert run.tried[2].theirs == {"dan.DAN": 1.0, "mitigation.MitigationBypass": 0.0}
    assert run.silent == 1
    assert run.told["detector.leak.Exact", "leak.Say"] == (0, 2)
    assert run.told["detector.dan.DAN", "dan.Old"] == (1, 1)


@pytest.mark.parametrize("old", [True, False])
def test_promptfoo_of_both_forms(tmp_path: pathlib.Path, *, old: bool) -> None:
    run = foreign.read(promptfoo(tmp_path / "x.json", old=old))
    assert run.form == "promptfoo"
    assert [(one.id, one.probe, one.theirs) for one in run.tried] == [
        ("r0", "pii:direct", {"promptfoo openai:small": 0.0}),
        ("r1", "pii:direct", {"promptfoo openai:small": 1.0}),
        ("r3", "pii:direct", {"promptfoo openai:small": 0.0}),
    ]
    assert run.tried[2].reply == '{"answer":"KEEP-7741"}'
    assert run.silent == 1


def test_pyrit(tmp_path: pathlib.Path) -> None:
    run = foreign.read(pyrit(tmp_path / "x.json"))
    assert run.form == "pyrit"
    assert [(one.id, one.question) for one in run.tried] == [("2", "Hello"), ("4", "Say it"), ("6", "Say it")]
    assert run.tried[1].theirs == {"SelfAskRefusalScorer": 1.0}
    assert run.tried[2].theirs == {"SelfAskScaleScorer": 0.75}
    assert run.silent == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must be a report of garak"),
        ("hello", "must be a report of garak"),
        ("[1, 2]", "no export of PyRIT's memory"),
        ('[{"role": "user"}]', "no export of PyRIT's memory"),
        ("[]", "at least one attempt"),
        ('{"a": 1}', "no result file of promptfoo"),
        ('{"results": {"results": 5}}', "no result file of promptfoo"),
        ('{"entry_type": "init"}\n', "at least one attempt"),
        ('{"entry_type": "attempt", "status": 2, "outputs": 5}\n', ":1: This is no line of a garak report"),
        ("[" * 100_000, "no export of PyRIT's memory"),
        ('{"entry_type": "attempt", "status": 2, "notes": ' + "[" * 50_000, ":1: This is no line of a garak report"),
    ],
)
def test_what_is_none_of_it_is_refused_in_one_line(tmp_path: pathlib.Path, text: str, told: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told.replace("(", r"\(")) as raised:
        foreign.read(path)
    assert len(str(raised.value).splitlines()) == 1


def test_bytes_that_are_no_text_and_a_form_that_it_is_not(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{"entry_type": "attempt"\xff\xfe}\n')
    with pytest.raises(InputError, match="garak report"):
        foreign.read(path)
    with pytest.raises(InputError, match="PyRIT"):
        foreign.read(promptfoo(path), "pyrit")
    with pytest.raises(InputError, match="no such file"):
        foreign.read(tmp_path / "nothing")


def test_a_hostile_name_is_inert_and_short(tmp_path: pathlib.Path) -> None:
    line = {"entry_type": "attempt", "uuid": "\x1b[2J" * 100, "status": 2, "probe_classname": "p", "prompt": "q", "outputs": ["r"]}
    path = tmp_path / "x.report.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    name = foreign.read(path).tried[0].id
    assert "\x1b" not in name
    assert len(name) < 1000


def test_fields_that_are_empty_or_of_another_version_are_passed_over(tmp_path: pathlib.Path) -> None:
    line = {"entry_type": "attempt", "uuid": None, "status": 2, "probe_classname": None, "prompt": {"text": "q"}, "outputs": ["r"]}
    scores = {"detector_results": {"judge.Intent": [[1.0]], "judge.Plain": [True], "other": "what"}}
    path = tmp_path / "x.report.jsonl"
    path.write_text(json.dumps(line | scores) + "\n", encoding="utf-8")
    (one,) = foreign.read(path).tried
    assert (one.id, one.question, one.theirs) == ("line-1/0", "q", {"judge.Plain": 1.0})
    result = {"id": None, "success": True, "failureReason": None, "prompt": {"raw": None, "label": None}, "provider": {"id": None}, "response": {"output": "r"}}
    path.write_text(json.dumps({"results": {"results": [result, result]}}), encoding="utf-8")
    assert [one.id for one in foreign.read(path).tried] == ["0-0", "0-0#1"]
    piece = {"id": "1", "role": "assistant", "conversation_id": "c", "original_value": "r", "attack_identifier": {"class_name": "Crescendo"}}
    score = {"score_value": "true", "score_type": "true_false", "scorer_class_identifier": "Scorer1"}
    path.write_text(json.dumps([piece | {"scores": [score], "targeted_harm_categories": {"a": 1}}]), encoding="utf-8")
    (one,) = foreign.read(path).tried
    assert (one.probe, one.theirs, one.question) == ("Crescendo", {"Scorer1": 1.0}, "")
