"""The bill of a system: what its files and libraries are, and that nobody looked where nobody did."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from keepstone.core.errors import InputError
from keepstone.intake.advisories import Advisory, Affected, Event, Package, Range
from keepstone.lifecycle import materials
from keepstone.lifecycle.described import described
from keepstone.lifecycle.materials import NOT_LOOKED_UP, Bill, bill_of

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
def path(tmp_path: Path) -> Path:
    (tmp_path / "system.toml").write_text(TEXT)
    (tmp_path / "model.py").write_text("raise SystemExit  # never run here\n")
    (tmp_path / "cases.csv").write_text("a,y\n1,0\n")
    return tmp_path / "system.toml"


def made(path: Path, **more: Any) -> tuple[Bill, dict[str, Any]]:  # noqa: ANN401  what bill_of takes
    found = bill_of(described(path), path, **more)
    return found, json.loads(found.data)


def test_files_are_hashed_and_nothing_is_run(path: Path) -> None:
    _, document = made(path)
    hashes = {one["name"]: one["hashes"][0]["content"] for one in document["components"] if "hashes" in one}
    assert hashes == {name: hashlib.sha256((path.parent / name).read_bytes()).hexdigest() for name in ("system.toml", "model.py", "cases.csv")}


def test_a_changed_byte_of_a_file_changes_the_bill(path: Path) -> None:
    before, _ = made(path)
    assert made(path)[0].data == before.data
    (path.parent / "cases.csv").write_text("a,y\n1,1\n")
    assert made(path)[0].data != before.data


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    (path.parent / "cases.csv").unlink()
    with pytest.raises(InputError, match=r"cases\.csv: there is no such file"):
        made(path)


def facts(document: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in document["metadata"]["component"]["properties"]}


def test_without_advisories_the_bill_says_that_nobody_looked(path: Path) -> None:
    found, document = made(path, environment=True)
    assert facts(document)["keepstone:advisories"] == NOT_LOOKED_UP
    assert found.matches == ()
    names = {one["name"] for one in document["components"]}
    assert {"keepstone", "msgspec", "numpy"} <= names


def test_an_advisory_that_speaks_of_a_library_stands_in_it(path: Path) -> None:
    sure = Advisory("EX-2", "bad", ("CVE-1",), affected=(Affected(Package("NumPy", "PyPI"), (Range("ECOSYSTEM", (Event(introduced="0"),)),)),))
    open_ = Advisory("EX-1", affected=(Affected(Package("msgspec", "PyPI"), (Range("GIT", (Event(introduced="0"),)),)),))
    other = Advisory("EX-3", affected=(Affected(Package("numpy", "PyPI"), versions=("0.0.1",)),))
    found, document = made(path, environment=True, advisories=[sure, open_, other])
    assert [(one.advisory.id, one.sure) for one in found.matches] == [("EX-1", False), ("EX-2", True)]
    status = {one["id"]: one["affects"][0]["versions"][0]["status"] for one in document["vulnerabilities"]}
    assert status == {"EX-1": "unknown", "EX-2": "affected"}
    assert "3 advisories" in facts(document)["keepstone:advisories"]


def test_libraries_name_what_they_need(path: Path) -> None:
    _, document = made(path, environment=True)
    needs = {one["ref"]: one.get("dependsOn", []) for one in document["dependencies"]}
    assert "pypi:markupsafe" in needs["pypi:jinja2"]
    assert "pypi:numpy" in needs["system"]


def test_a_requirement_that_cannot_be_read_is_passed_over() -> None:
    assert materials._needed(["numpy>=1", "not a requirement !!", "x; extra == 'y'"]) == ["numpy"]
