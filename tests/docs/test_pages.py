"""What the pages show is true: every block runs as it stands, and prints what the page says that it prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs.pages import DOCS, PAGES, TOP, Block, Reader, blocks, differs, steps
from extension.workplace import OUTSIDE, install, settle

from keepstone.intake.toml import parse

LANGUAGES = {"python", "console", "toml", "yaml", "text"}
EVERY = [block for page in PAGES for block in blocks(page)]
EMPTY = {"tutorial.md"}
"""Pages whose reader begins with an empty folder; the others begin in the ward of the tutorial."""
AFTER = {"README.md": DOCS / "python.md"}
"""Pages whose Python goes on where the first block of another page ended."""
SLOW = {"tutorial.md", "python.md", "README.md", "mitigation.md", "area.md", "target.md", "judges.md"}


def followed() -> list[object]:
    """The pages with something to run."""
    found = [page for page in PAGES if any(block.language in {"python", "console"} and not block.file for block in blocks(page))]
    return [pytest.param(page, id=page.relative_to(TOP).as_posix(), marks=[pytest.mark.slow] if page.name in SLOW else []) for page in found]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package of the how-tos is installed."""
    return install(tmp_path_factory.mktemp("package"))


@pytest.fixture
def reader(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Somebody in an empty folder, who sees only what is there."""
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Reader(tmp_path, (package,))
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"model", "ward_parts"}:
            del sys.modules[name]


@pytest.mark.parametrize("page", followed())
def test_a_page_runs_as_it_stands(page: Path, reader: Reader) -> None:
    if page.name not in EMPTY:
        settle(reader.folder)
    if page.name in AFTER:
        reader.follow(next(block for block in blocks(AFTER[page.name]) if block.language == "python"))
    for block in blocks(page):
        reader.follow(block)


@pytest.mark.parametrize("block", [block for block in EVERY if block.file], ids=str)
def test_a_file_on_a_page_is_the_file(block: Block) -> None:
    place = next(folder / block.file for folder in (OUTSIDE, OUTSIDE / "ward") if (folder / block.file).is_file())
    assert block.text == place.read_text(encoding="utf-8")


def test_every_file_of_the_package_is_on_a_page() -> None:
    shown = {block.file for block in EVERY if block.file}
    there = [*(path.relative_to(OUTSIDE).as_posix() for path in OUTSIDE.glob("ward_parts/*.py")), *(path.name for path in (OUTSIDE / "ward").glob("*.*"))]
    assert {*there, "pyproject.toml"} - {"ward_parts/__init__.py"} == shown


@pytest.mark.parametrize("block", EVERY, ids=str)
def test_a_block_says_what_it_is(block: Block) -> None:
    assert block.language in LANGUAGES, f"{block}: name the language: {', '.join(sorted(LANGUAGES))}"
    assert block.mark == "" or block.file or block.illustrative, f"{block}: {block.mark}"


@pytest.mark.parametrize("block", [block for block in EVERY if block.language == "toml"], ids=str)
def test_toml_can_be_read(block: Block) -> None:
    assert parse(block.text.encode(), name=str(block)).keys


def test_the_reader_sees_what_differs() -> None:
    assert differs(["a", "…", "d … f"], ["a", "b", "c", "d e f"]) == ""
    assert differs([], ["whatever"]) == ""
    assert differs(["a"], ["a", "b"]).startswith("the page ends here")
    assert differs(["a", "c"], ["a", "b"]).startswith("the page says: 'c'\nit printed:    'b'")
    assert differs(["…", "c"], ["a", "b"]).startswith("the page says: 'c'")
    assert differs(["50 % [1, 2] *"], ["50 % [1, 2] *"]) == ""
    assert list(steps("$ one\n1\n$ two\n$ echo $?\n3\n$ three\n")) == [("one", ["1"], 0), ("two", [], 3), ("three", [], 0)]


def test_the_reader_refuses_a_page_that_lies(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    told = Block(TOP / "README.md", 1, "console", "", "$ echo yes\nno\n")
    with pytest.raises(AssertionError, match="the page says: 'no'"):
        reader.follow(told)
    with pytest.raises(AssertionError, match="ended with 3"):
        reader.follow(Block(TOP / "README.md", 1, "console", "", "$ exit 3\n"))
    with pytest.raises(AssertionError, match="must raise"):
        reader.follow(Block(TOP / "README.md", 1, "python", "", "x = 1  # raises\n"))
    reader.follow(Block(TOP / "README.md", 1, "console", "", "$ exit 3\n$ echo $?\n3\n"))
