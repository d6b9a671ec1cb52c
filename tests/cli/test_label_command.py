"""`keepstone label`, as a person at a terminal has it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hostile.spoil import Ran, ran

from keepstone.intake.labelled import Line, append, read

SYSTEM = """\
[system]
name = "bot"
purpose = "answers"
autonomy = "advises"
population = "patients"

[target]
chat = "reference:clinic"
items = 100

[[judge]]
name = "day"
meaning = "the reply names a day"
kind = "words"
parameters = { words = ["sunday"] }
labels = "day.jsonl"
limit = 0.5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "system.toml").write_text(SYSTEM, encoding="utf-8")
    return tmp_path


def typed(words: list[str], folder: Path, keys: str, patch: pytest.MonkeyPatch) -> Ran:
    patch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))
    return ran(words, folder)


def test_two_raters_label_what_the_system_says_and_their_agreement_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = typed(["label", "system.toml", "--judge", "day", "--rater", "ann", "--items", "8"], folder, "ynx" + "y" * 20, monkeypatch)
    assert first.code == 0, first.err
    assert "Is it so: the reply names a day?" in first.out
    assert "0 left" in first.out
    assert "agree on" not in first.out
    second = typed(["label", "system.toml", "--judge", "day", "--rater", "ben"], folder, "n" * 20, monkeypatch)
    assert "kappa" in second.out
    assert "AC1" in second.out
    assert "They differ on these" in second.out
    labels = read(folder / "day.jsonl")
    assert set(labels.votes) == {"ann", "ben"}
    assert len(labels.votes["ann"]) == len(labels.votes["ben"]) == len(labels.items)


def test_the_end_of_the_input_leaves_and_the_next_sitting_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["label", "system.toml", "--judge", "day", "--rater", "ann", "--items", "5"]
    assert "2 answered" in typed(words, folder, "yn", monkeypatch).out
    again = typed(words, folder, "", monkeypatch)
    assert "2 answered" in again.out
    assert "\n3 of " in again.out


def test_a_hostile_reply_does_nothing_to_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(tmp_path / "r.jsonl", [Line(question="q\x1b[2J", reply="\x1b]0;owned\x07 \u202ehidden [bold]x[/bold]")])
    got = typed(["label", "r.jsonl", "--rater", "ann"], tmp_path, "y", monkeypatch)
    assert got.code == 0
    assert not set(got.out) & set("\x1b\x07\u202e")
    assert "[bold]x[/bold]" in got.out
    assert (tmp_path / "r.jsonl.labels.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["label", "system.toml", "--rater", "ann"], "«--judge» must be a judge of system.toml; it has: day"),
        (["label", "system.toml", "--rater", "ann", "--judge", "none"], "it has: day"),
        (["label", "nothing.jsonl", "--rater", "ann"], "no such file"),
        (["label", ".", "--rater", "ann"], "A run keeps no text"),
        (["label", "system.toml", "--judge", "day"], "--rater"),
        (["label", "system.toml", "--judge", "day", "--rater", "a\tb"], "«--rater»"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(folder: Path, words: list[str], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got = typed(words, folder, "", monkeypatch)
    assert got.code == 2
    assert told in got.err
