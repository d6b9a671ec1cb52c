"""`keepstone rescore`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile.spoil import ran
from intake.foreign_runs import garak, promptfoo, pyrit

JUDGE = """\
[system]
name = "bot"
purpose = "answers"
autonomy = "advises"
population = "patients"

[[judge]]
name = "code"
meaning = "the reply says the code"
kind = "words"
parameters = { words = ["KEEP"] }
limit = 0.1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    garak(tmp_path / "g.report.jsonl")
    promptfoo(tmp_path / "p.json")
    pyrit(tmp_path / "y.json")
    (tmp_path / "system.toml").write_text(JUDGE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["g.report.jsonl", "p.json", "y.json"])
def test_each_form_is_scored_and_marked_exploratory(folder: Path, name: str) -> None:
    got = ran(["rescore", name, "--scorer", "secret=KEEP-7741", "--scorer", "judge=code", "--system", "system.toml"], folder)
    assert got.code == 0, got.err
    assert "Exploratory: no verdict." in got.out
    assert "no labels of both kinds" in got.out


def test_the_file_holds_scores_the_tool_s_own_and_what_was_overruled(folder: Path) -> None:
    (folder / "over.jsonl").write_text('{"id": "b/0", "scorer": "complied", "score": 0, "by": "Ann", "reason": "it is a joke"}\n', encoding="utf-8")
    got = ran(["rescore", "g.report.jsonl", "--overrule", "over.jsonl", "--out", "o.json"], folder)
    assert "Overruled by Ann: b/0, complied, 1 to 0: it is a joke" in got.out
    kept = json.loads((folder / "o.json").read_bytes())
    assert kept["schema"] == "keepstone/rescored/1"
    assert kept["overruled"][0]["reason"] == "it is a joke"
    assert kept["scores"][2]["theirs"] == {"dan.DAN": 1, "mitigation.MitigationBypass": 0}
    assert {"scorer": "detector.leak.Exact", "probe": "leak.Say", "hits": 0, "all": 2} in kept["told"]
    assert json.loads(ran(["rescore", "g.report.jsonl", "--json"], folder).out)["exploratory"] is True


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing.json"], "no such file"),
        (["system.toml"], "no export of PyRIT's memory"),
        (["y.json", "--format", "garak"], "at least one attempt"),
        (["y.json", "--scorer", "toxic"], "«--scorer» must be one of"),
        (["y.json", "--scorer", "judge=code"], "«code» must be one of the system file"),
        (["y.json", "--overrule", "y.json"], "id, score, reason and by"),
        (["y.json", "--out", "no/where.json"], "can't be written"),
    ],
)
def test_what_is_wrong_is_told_and_ends_with_2(folder: Path, words: list[str], told: str) -> None:
    got = ran(["rescore", *words], folder)
    assert got.code == 2
    assert told in got.err
    assert "Traceback" not in got.err
