"""`keepstone export`: what a stranger types, wrong input included."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from govern import synthetic
from hostile.spoil import ran

from keepstone.govern.export.formats import FORMATS
from keepstone.govern.read import encode_result
from keepstone.ledger.canonical import encode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "result.json").write_bytes(encode(encode_result(synthetic.not_met())))
    (tmp_path / "run.json").write_bytes(encode(msgspec.to_builtins(synthetic.run())))
    return tmp_path


@pytest.mark.parametrize("to", [name for name in FORMATS if name != "cyclonedx"])
def test_it_is_written_and_the_same_on_the_screen(folder: Path, to: str) -> None:
    got = ran(["export", "result.json", "--to", to, "--out", "made"], folder)
    assert (got.code, got.out, got.err) == (0, "made\n", "")
    assert ran(["export", "result.json", "--to", to], folder).out.encode() == (folder / "made").read_bytes()


def test_alerts_are_shown_at_a_file_of_the_repository(folder: Path) -> None:
    document = json.loads(ran(["export", "result.json", "--to", "sarif", "--at", "models/a b.toml", "--whole"], folder).out)
    result = document["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "models/a%20b.toml"


@pytest.mark.parametrize("at", ["", "/etc/passwd", "../x", "https://example.org", "a\nb"])
def test_or_nowhere_else(folder: Path, at: str) -> None:
    got = ran(["export", "result.json", "--to", "sarif", "--at", at], folder)
    assert got.code == 2
    assert "must be a path within your repository" in got.err


def test_without_run_json_oscal_is_refused_and_the_others_say_no_time(folder: Path) -> None:
    (folder / "run.json").unlink()
    got = ran(["export", "result.json", "--to", "oscal", "--out", "made"], folder)
    assert got.code == 2
    assert "must lie beside the result" in got.err
    assert not (folder / "made").exists()
    assert ran(["export", "result.json", "--to", "junit"], folder).code == 0


def test_a_result_of_another_version_is_refused(folder: Path) -> None:
    document = encode_result(synthetic.not_met()) | {"schema": "keepstone/result/2"}
    (folder / "result.json").write_bytes(encode(document))
    got = ran(["export", "result.json", "--to", "sarif"], folder)
    assert got.code == 2
    assert "must be 'keepstone/result/1'; got 'keepstone/result/2'" in got.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export", "result.json", "--to", "pdf"], "pdf"),
        (["export", "result.json"], "--to"),
        (["export", "nothing.json", "--to", "sarif"], "There is no such file"),
        (["export", "result.json", "--to", "sarif", "--out", "."], "This is a folder"),
        (["export", "result.json", "--to", "sarif", "--out", ""], "must not be empty"),
    ],
)
def test_wrong_words_are_told_in_a_line(folder: Path, words: list[str], says: str) -> None:
    got = ran(words, folder)
    assert got.code == 2
    assert says in got.err
