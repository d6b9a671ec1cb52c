"""`keepstone init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest
from hostile.spoil import ran, sound

from keepstone.core.system import System
from keepstone.lifecycle.described import described

CASES = "patient_id,age,sex,lab,died\n" + "\n".join(f"{k // 2},{20 + k},{'fm'[k % 2]},{k * 0.37 % 3:.2f},{int(k % 5 == 0)}" for k in range(60)) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sound(tmp_path)
    (tmp_path / "system.toml").unlink()
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    return tmp_path


def proposed(folder: Path, *words: str) -> System:
    got = ran(["init", "model.py:score", "cases.csv", "--yes", *words], folder)
    assert got.code == 0, got.err
    return described(folder / "system.toml")


def test_what_nobody_confirmed_is_a_guess(folder: Path) -> None:
    system = proposed(folder)
    assert system.target is not None
    assert system.data is not None
    assert system.target.call == "model.py:score"
    assert (system.data.label, system.data.unit, system.data.positive) == ("died", "patient_id", "1")
    assert {"target.threshold", "data.label", "data.unit", "data.positive"} <= system.guesses
    assert {group.attribute for group in system.data.groups} == {"age", "sex"}


def test_what_was_given_is_none(folder: Path) -> None:
    given = ["--threshold", "0.3", "--label", "died", "--positive", "1", "--unit", "", "--purpose", "to warn", "--units", "lab mg/dL", "--features", "lab,age"]
    system = proposed(folder, *given)
    assert system.target is not None
    assert system.data is not None
    assert (system.target.threshold, system.data.unit, system.purpose) == (0.3, "", "to warn")
    assert not {"target.threshold", "data.label", "data.unit", "data.positive", "system.purpose"} & system.guesses
    assert [(feature.name, feature.unit) for feature in system.data.features] == [("lab", "mg/dL"), ("age", "")]


def test_a_recall_instead_of_a_threshold(folder: Path) -> None:
    head, *rows = CASES.splitlines()
    text = "\n".join([f"{head},part", *(f"{row},{('train', 'test')[k % 2]}" for k, row in enumerate(rows))])
    (folder / "cases.csv").write_text(text + "\n", encoding="utf-8")
    ran(["init", "model.py:fit", "cases.csv", "--yes", "--recall", "0.9"], folder)
    target = described(folder / "system.toml").target
    assert target is not None
    assert (target.fit, target.recall) == ("model.py:fit", 0.9)
    both = ran(["init", "model.py:fit", "cases.csv", "--yes", "--recall", "0.9", "--threshold", "0.5", "--force"], folder)
    assert both.code == 2
    assert "not both" in both.err


def test_it_says_what_to_confirm_and_what_comes_next(folder: Path) -> None:
    got = ran(["init", "model.py:score", "cases.csv", "--yes"], folder)
    assert "[target] threshold" in got.out
    assert "[data] unit" in got.out
    assert "keepstone plan system.toml" in got.out
    assert "keepstone assess system.toml" in got.out


def test_what_was_written_runs(folder: Path) -> None:
    proposed(folder)
    got = ran(["assess", "system.toml", "--only", "control", "--workers", "1"], folder)
    assert got.code in {1, 4}


def test_a_file_that_is_there_is_kept_but_for_force(folder: Path) -> None:
    (folder / "system.toml").write_text("mine", encoding="utf-8")
    assert ran(["init", "model.py:score", "cases.csv", "--yes"], folder).code == 2
    assert (folder / "system.toml").read_text(encoding="utf-8") == "mine"
    assert ran(["init", "model.py:score", "cases.csv", "--yes", "--force"], folder).code == 0


def test_paths_are_relative_to_the_file_that_is_written(folder: Path) -> None:
    (folder / "deep").mkdir()
    for name in ("model.py", "cases.csv"):
        (folder / name).rename(folder / "deep" / name)
    assert ran(["init", "deep/model.py:score", "deep/cases.csv", "--yes"], folder).code == 0
    system = described(folder / "system.toml")
    assert system.data is not None
    assert system.data.test == "deep/cases.csv"
    refused = ran(["init", "deep/model.py:score", "deep/cases.csv", "--yes", "--out", "other/system.toml"], folder)
    assert refused.code == 2
    assert "must lie in the folder of" in refused.err
    assert not (folder / "other").exists()


def asked(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]]) -> list[str]:
    """Answer by a word of the question; give the questions that were asked."""
    told: list[str] = []

    def prompt(text: str, **_how: object) -> str:
        told.append(text)
        return next((said.pop(0) for word, said in answers.items() if word in text and said), "")

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    return told


def test_on_a_terminal_it_asks_and_an_empty_answer_stays_a_guess(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(
        monkeypatch,
        {"score is a case flagged": ["3", "0.4"], "belongs to": ["nobody", "-"], "settled": ["60 days"], "units": ["lab mmol/L"], "domain": ["health"]},
    )
    assert ran(["init", "model.py:score", "cases.csv", "--label", "died"], folder).code == 0
    system = described(folder / "system.toml")
    assert system.target is not None
    assert system.data is not None
    assert (system.target.threshold, system.data.unit, system.data.horizon, system.domain) == (0.4, "", "60 days", "health")
    assert "data.positive" in system.guesses
    assert not {"target.threshold", "data.label", "data.unit"} & system.guesses
    assert not any("column is the outcome" in question for question in told), "what was given is not asked"
    assert sum("score is a case flagged" in question for question in told) == 2, "an answer that can't be one is asked again"


def test_with_yes_nothing_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(monkeypatch, {})
    proposed(folder)
    assert told == []
