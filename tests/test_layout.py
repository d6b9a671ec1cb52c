"""The shape of the house: what AESTHETICS calls rules that a machine checks, read from the files themselves.

Imports that point the wrong way are found by the contracts in pyproject.toml, banned calls by ruff; here stands what neither can see.
"""

from __future__ import annotations

import ast
import pathlib

import pytest

from keepstone.core.origin import SAFETY_AREAS, Area

TOP = pathlib.Path(__file__).parent.parent
SOURCE = TOP / "src" / "keepstone"
TESTS = TOP / "tests"
CODE = sorted(path for folder in ("src", "tests", "tools", "benchmarks", "examples") for path in (TOP / folder).rglob("*.py"))
MODULES = sorted(SOURCE.rglob("*.py"))
PARTS = [path for path in sorted((SOURCE / "parts").rglob("*.py")) if path.name != "__init__.py"]
KINDS = {
    "targets": "target",
    "conditions": "condition",
    "mitigations": "mitigation",
    "metrics": "metric",
    "assistants": "assistant",
    "corpora": "corpus",
    "judges": "judge",
}
LONGEST = 450
BANNED = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "bases", "misc", "shared", "stuff", "tools"}
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error", "pytest.mark." + "skip(", "pytest." + "skip("]
APART = {"conformance", "extension", "hostile", "scenarios", "docs", "benchmarks", "tools", "examples"}  # folders of tests that mirror no package


def name(path: pathlib.Path) -> str:
    return path.relative_to(TOP).as_posix()


def tags(tree: ast.Module) -> list[tuple[str, ast.ClassDef]]:
    """Find the classes that a file tags as parts, each with the kind that it gives."""
    return [
        (ast.literal_eval(mark.args[0]), thing)
        for thing in tree.body
        if isinstance(thing, ast.ClassDef)
        for mark in thing.decorator_list
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "part"
    ]


def literal(thing: ast.ClassDef, field: str) -> object:
    """Read a field that a class sets to a constant; None where it does not."""
    for line in thing.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.target.id == field and isinstance(line.value, ast.Constant):
            return line.value.value
    return None


WHOLE = {"tools/verify.py"}  # one file by design: whoever checks evidence reads it from top to bottom


@pytest.mark.parametrize("path", [path for path in CODE if name(path) not in WHOLE], ids=name)
def test_no_file_is_too_long(path: pathlib.Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", CODE, ids=name)
def test_nothing_is_left_unfinished(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in UNFINISHED if word in text] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_names_say_something(path: pathlib.Path) -> None:
    assert not {*path.relative_to(SOURCE).with_suffix("").parts} & BANNED


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_it_is(path: pathlib.Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_folder_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py" and path.parent != SOURCE], ids=name)
def test_every_init_but_the_root_s_is_a_docstring(path: pathlib.Path) -> None:
    assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1


@pytest.mark.parametrize("path", PARTS, ids=name)
def test_a_file_of_parts_holds_one_named_as_the_file(path: pathlib.Path) -> None:
    tagged = tags(ast.parse(path.read_text(encoding="utf-8")))
    assert len(tagged) == 1, "a file under parts/ tags exactly one class with @part"
    kind, thing = tagged[0]
    folder = path.relative_to(SOURCE / "parts").parts[0]
    assert kind == KINDS[folder]
    assert literal(thing, "name") == path.stem


def test_no_part_is_tagged_elsewhere() -> None:
    elsewhere = [path for path in MODULES if path not in PARTS]
    assert [name(path) for path in elsewhere if tags(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_every_area_has_its_file_on_its_side() -> None:
    for side, areas in (("safety", SAFETY_AREAS), ("security", set(Area) - set(SAFETY_AREAS))):
        files = {path.stem for path in (SOURCE / "areas" / side).glob("*.py")} - {"__init__"}
        assert files <= {area.value for area in areas}, f"areas/{side} holds only areas of that side"


TEST_FILES = sorted(path for path in TESTS.rglob("test_*.py") if path.parent != TESTS and path.relative_to(TESTS).parts[0] not in APART)


@pytest.mark.parametrize("path", TEST_FILES, ids=name)
def test_a_test_stands_where_its_source_does(path: pathlib.Path) -> None:
    source = SOURCE / path.relative_to(TESTS).parent
    subject = path.stem.removeprefix("test_")
    assert (source / f"{subject}.py").exists() or (source / subject / "__init__.py").exists()


def test_every_package_has_its_tests() -> None:
    packages = {path.parent.relative_to(SOURCE).parts[0] for path in MODULES if path.parent != SOURCE}
    tested = {path.relative_to(TESTS).parts[0] for path in TEST_FILES}
    assert packages - tested - {"parts", "areas"} == set(), "parts and areas are held by tests/conformance"
