"""`keepstone bom`: what a stranger types, wrong input included."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hostile.spoil import ran

pytest.importorskip("cyclonedx")

TEXT = """
[system]
name = "triage"
purpose = "advise"
autonomy = "advises"
population = "adults"

[target]
fit = "model.py:fit"
threshold = 0.5

[data]
test = "cases.csv"
label = "y"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "system.toml").write_text(TEXT)
    (tmp_path / "model.py").write_text("")
    (tmp_path / "cases.csv").write_text("a,y\n1,0\n")
    affected = [{"package": {"ecosystem": "PyPI", "name": "numpy"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]
    (tmp_path / "osv.json").write_text(json.dumps({"id": "EX-1\x1b", "summary": "bad", "affected": affected}))
    return tmp_path


def test_the_bill_is_written(folder: Path) -> None:
    got = ran(["bom", "system.toml", "--out", "bom.json"], folder)
    assert (got.code, got.out) == (0, "bom.json: 5 materials\n")
    assert json.loads((folder / "bom.json").read_text())["bomFormat"] == "CycloneDX"
    assert json.loads(ran(["bom", "system.toml", "--json"], folder).out) == {"advisories": None, "bill": "", "materials": 5}


def test_an_affected_library_ends_with_one_and_is_named(folder: Path) -> None:
    got = ran(["bom", "system.toml", "--environment", "--osv", "osv.json", "--out", "bom.json"], folder)
    assert got.code == 1
    assert "is affected: EX-1" in got.err
    assert "\x1b" not in got.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--osv", "osv.json"], "must stand beside «--environment»"),
        (["--environment", "--osv", "system.toml"], "must be records in the OSV format"),
        (["--environment", "--osv", "nothing.json"], "There is no such file"),
    ],
)
def test_wrong_words_are_told_in_a_line(folder: Path, words: list[str], says: str) -> None:
    got = ran(["bom", "system.toml", *words], folder)
    assert got.code == 2
    assert says in got.err


@pytest.mark.parametrize("words", [["bom", "system.toml"], ["bom", "system.toml", "--environment"]])
@pytest.mark.parametrize("library", ["cyclonedx", "packaging"])
def test_without_the_extra_it_says_how_to_get_it(folder: Path, words: list[str], library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    got = ran(words, folder)
    if library == "packaging" and "--environment" not in words:
        assert got.code in {0, 2}
    else:
        assert got.code == 2
        assert "pip install 'keepstone[bom]'" in got.err
