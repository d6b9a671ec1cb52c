"""The pages as they are read: their blocks, and a run of them as a reader would.

A block of code is, by the comment right above it,

    <!-- file: NAME -->             the file NAME, which the reader saves; it stands in tests/extension/outside too, letter by letter
    <!-- illustrative: WHY -->      not run
    (nothing)                       run: `python` in one namespace a page, `console` line by line, `toml` read as TOML

In a `console` block a line `$ COMMAND` is run and must end with 0, unless `$ echo $?` and the code follow. The lines below it are what it prints on
stdout, in order; `…` stands for anything within a line, and alone on a line for any lines. In a `python` block a statement whose comment begins with
`# raises` raises.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keepstone.core.errors import KeepstoneError

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
PAGES = (TOP / "README.md", *sorted(DOCS.rglob("*.md")))
FENCE = "```"


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        page: Where it stands.
        line: The line of its fence, from 1.
        language: What it is written in, "" where nothing is said.
        mark: The comment right above it, "" where there is none.
        text: What it holds.
    """

    page: Path
    line: int
    language: str
    mark: str
    text: str

    @property
    def file(self) -> str:
        """The name of the file that it is, or ""."""
        return self.mark.removeprefix("file:").strip() if self.mark.startswith("file:") else ""

    @property
    def illustrative(self) -> bool:
        """Whether it is not run."""
        return self.mark.startswith("illustrative:")

    def __str__(self) -> str:
        """Its place."""
        return f"{self.page.relative_to(TOP).as_posix()}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page."""
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        if not lines[at].startswith(FENCE):
            at += 1
            continue
        end = lines.index(FENCE, at + 1)
        above = lines[at - 1].strip() if at else ""
        mark = above.removeprefix("<!--").removesuffix("-->").strip() if above.startswith("<!--") else ""
        found.append(Block(page, at + 1, lines[at].removeprefix(FENCE), mark, "\n".join(lines[at + 1 : end]) + "\n"))
        at = end + 1
    return found


@dataclass
class Reader:
    """Somebody who follows a page, in a folder.

    Attributes:
        folder: Where files are saved and commands run.
        path: Where Python looks beside what is installed.
        names: What the page's Python has defined so far.
    """

    folder: Path
    path: tuple[Path, ...] = ()
    names: dict[str, object] = field(default_factory=dict)

    def follow(self, found: Block) -> None:
        """Save a file, run Python, run commands.

        Raises:
            AssertionError: If what comes out is not what the page says.
        """
        if found.file:
            place = self.folder / found.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(found.text, encoding="utf-8")
        elif found.illustrative:
            return
        elif found.language == "python":
            self.python(found)
        elif found.language == "console":
            self.console(found)

    def python(self, found: Block) -> None:
        """Run statements one after the other."""
        lines = found.text.splitlines()
        for statement in ast.parse(found.text).body:
            code = compile(ast.Module([statement], []), str(found), "exec")
            if "# raises" in lines[(statement.end_lineno or 1) - 1]:
                try:
                    exec(code, self.names)  # noqa: S102  a page of ours
                except KeepstoneError:
                    continue
                raise AssertionError(f"{found}: must raise: {lines[statement.lineno - 1]}")
            exec(code, self.names)  # noqa: S102  a page of ours

    def console(self, found: Block) -> None:
        """Run commands one after the other, and hold what they print against the page."""
        code = 0
        for command, said, wanted in steps(found.text):
            done = subprocess.run(["/bin/sh", "-c", command], cwd=self.folder, env=self._environment(code), capture_output=True, text=True, check=False)
            told = done.stdout.splitlines()
            assert done.returncode == wanted, f"{found}: $ {command}\nended with {done.returncode}\n{done.stdout}{done.stderr}"
            problem = differs(said, told)
            assert not problem, f"{found}: $ {command}\n{problem}\n--- printed:\n" + "\n".join(told)
            code = done.returncode

    def _environment(self, code: int) -> Mapping[str, str]:
        bin_ = self.folder / ".bin"
        if not bin_.is_dir():
            bin_.mkdir()
            for name, module in {"keepstone": "keepstone.cli.main", "pytest": "pytest -p no:keepstone -p keepstone.pytest_plugin"}.items():
                (bin_ / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', encoding="utf-8")
            (bin_ / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
            for file in bin_.iterdir():
                file.chmod(0o755)
        places = os.pathsep.join(str(place) for place in (*self.path, TOP / "src"))
        alone = {"PYTHONPATH": places, "OMP_NUM_THREADS": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": "-p no:cacheprovider"}
        return {**os.environ, **alone, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "CODE": str(code)}


def steps(text: str) -> Iterator[tuple[str, list[str], int]]:
    """The commands of a console block, each with the lines that it prints and the code that it ends with."""
    command, said = "", list[str]()
    waiting: tuple[str, list[str]] | None = None
    for line in [*text.splitlines(), "$ "]:
        if not line.startswith("$ "):
            said.append(line)
            continue
        if command == "echo $?":
            assert waiting is not None, "`echo $?` must follow a command"
            yield (*waiting, int(said[0]))
            waiting = None
        elif command:
            if waiting is not None:
                yield (*waiting, 0)
            waiting = (command, said)
        command, said = line.removeprefix("$ ").strip(), []
    if waiting is not None:
        yield (*waiting, 0)


def differs(said: list[str], told: list[str]) -> str:
    """The first line of a page that is not in what was printed, in its order; "" where all are."""
    wanted = [line.rstrip() for line in said]
    at, free = 0, False
    for line in wanted:
        if line == "…":
            free = True
            continue
        pattern = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in line).replace("…", "*")
        places = range(at, len(told)) if free else range(at, min(at + 1, len(told)))
        found = next((place for place in places if fnmatch.fnmatchcase(told[place].rstrip(), pattern)), None)
        if found is None:
            return f"the page says: {line!r}" + (f"\nit printed:    {told[at]!r}" if not free and at < len(told) else "")
        at, free = found + 1, False
    return f"the page ends here; it printed more: {told[at]!r}" if wanted and not free and at < len(told) else ""
