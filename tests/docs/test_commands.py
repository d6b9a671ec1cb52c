"""What pages, CI and the Makefile say of commands and benchmarks agrees."""

from __future__ import annotations

import pytest
from docs.pages import TOP

MAKEFILE = (TOP / "Makefile").read_text(encoding="utf-8")
BENCHMARKS = sorted(path.name for kind in ("bar", "oracle", "soak") for path in (TOP / "benchmarks").glob(f"{kind}_*.py"))
TOLD = ("README.md", "CONTRIBUTING.md", ".ci/run", "docs/benchmarks.md", "docs/statistics.md", "tests/README.md")


def targets() -> set[str]:
    """What can be made."""
    line = next(line for line in MAKEFILE.splitlines() if line.startswith(".PHONY:"))
    return set(line.partition(":")[2].split())


def made(name: str) -> set[str]:
    """The targets that a file names: the word after `make` wherever it stands as code, and at the start of a line."""
    found = set()
    for line in (TOP / name).read_text(encoding="utf-8").splitlines():
        words = line.replace("`", " ` ").split()
        found |= {second for first, word, second in zip(["`", *words], words, words[1:], strict=False) if word == "make" and first == "`" != second}
    return found


@pytest.mark.parametrize("name", TOLD)
def test_what_is_named_can_be_made(name: str) -> None:
    assert made(name) <= targets()


def test_each_target_is_defined() -> None:
    rules = {line.partition(":")[0] for line in MAKEFILE.splitlines() if ":" in line and not line.startswith(("\t", "#", "."))}
    assert targets() <= rules


def test_ci_runs_what_the_readme_gives() -> None:
    lines = [line for line in (TOP / ".ci" / "run").read_text(encoding="utf-8").splitlines() if line.startswith("make ")]
    assert lines == ["make check", "make test"]
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    assert all(line in readme for line in lines)


def test_bench_and_soak_have_files_and_each_file_has_its_row() -> None:
    page = (TOP / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in BENCHMARKS if f"`{name}" not in page] == []
    for recipe in ("bench", "soak"):
        patterns = [word for word in MAKEFILE.partition(f"\n{recipe}:")[2].partition("; do")[0].split() if word.startswith("benchmarks/")]
        assert patterns
        assert all(list(TOP.glob(pattern)) for pattern in patterns)
