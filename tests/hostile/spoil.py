"""A system that is all right, ways to spoil it, and `ran`, which runs a command in this process and gives its exit code and what it said."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keepstone.cli.main import main

USAGE = frozenset({2})
MISBEHAVES = frozenset({1, 4})
OUT = "out"
ASSESS = ("assess", "system.toml", "--out", OUT, "--workers", "1", "--only", "control")
MEBI = 1 << 20

Build = Callable[[Path], None]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def first(self) -> str:
        """The first line that was said."""
        return (self.err or self.out).partition("\n")[0]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something malformed.

    Attributes:
        name: What is wrong.
        build: Writes the files, on top of a system that is all right.
        words: The command.
        says: What must stand in what is said, file, line and field among it.
        codes: Exit codes that are right.
    """

    name: str
    build: Build
    words: Sequence[str] = ASSESS
    says: Sequence[str] = ()
    codes: frozenset[int] = USAGE


def ran(words: Sequence[str], folder: Path) -> Ran:
    """Run a command as a user in this folder would, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(words))
    finally:
        os.chdir(before)
    return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


# ---- a system that is all right ----

SYSTEM = """\
[system]
name = "triage"
purpose = "advises"
autonomy = "advises"
population = "adults"

[target]
call = "model.py:score"
threshold = 0.5
seconds = 0.3

[data]
test = "cases.csv"
label = "died"

[[feature]]
name = "age"
lower = 0
upper = 120

[[feature]]
name = "lab"
lower = -9
upper = 9
"""
MODEL = """\
import numpy as np


def score(x):
    return 1 / (1 + np.exp(-np.nan_to_num(x[:, 1])))


def fit(x, y, *, seed, weight=None):
    raise RuntimeError("no training today")
"""


def cases_csv(rows: int = 600) -> str:
    """Cases with both outcomes."""
    draw = np.random.default_rng(7)
    lab = draw.normal(size=rows)
    lines = [f"{age},{value:.3f},{int(value + noise > 0)}" for age, value, noise in zip(draw.integers(18, 90, rows), lab, draw.normal(size=rows), strict=True)]
    return "\n".join(["age,lab,died", *lines]) + "\n"


ROWS = cases_csv()


def sound(folder: Path) -> None:
    """Write a system that is all right."""
    (folder / "system.toml").write_text(SYSTEM, encoding="utf-8")
    (folder / "cases.csv").write_text(cases_csv(), encoding="utf-8")
    (folder / "model.py").write_text(MODEL, encoding="utf-8")


# ---- ways to spoil it ----


def nothing(folder: Path) -> None:
    """Spoil nothing: the command is what is wrong."""
    del folder


def write(name: str, data: bytes | str) -> Build:
    """Write a file."""

    def build(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)

    return build


def swap(old: str, new: str, name: str = "system.toml") -> Build:
    """Replace a piece of a file's text, which must be there."""

    def build(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return build


def add(text: str, name: str = "system.toml") -> Build:
    """Add to the end of a file."""

    def build(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return build


def away(name: str) -> Build:
    """Take a file away."""
    return lambda folder: (folder / name).unlink()


def both(*builds: Build) -> Build:
    """Do several things."""

    def build(folder: Path) -> None:
        for one in builds:
            one(folder)

    return build


def instead(name: str) -> Build:
    """Put a folder where a file was."""

    def build(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return build


def link(name: str, to: str) -> Build:
    """Put a link where a file was."""

    def build(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(to)

    return build


def pipe(name: str) -> Build:
    """Put a named pipe, on which a reader would wait for ever, where a file was."""

    def build(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)

    return build


def model(body: str, *, fit: bool = False) -> Build:
    """A model with this body: `score` by default, `fit` if asked."""
    head = "import sys, time\nimport numpy as np\n\n\n"
    text = f"{head}def {'fit(x, y, *, seed, weight=None)' if fit else 'score(x)'}:\n    {body}\n"
    trained = both(swap('call = "model.py:score"', 'fit = "model.py:fit"'), swap("label =", 'train = "train.csv"\nlabel ='), write("train.csv", ROWS))
    return both(write("model.py", text), *([trained] if fit else []))


def saved(name: str, data: bytes) -> Build:
    """A model in a file."""
    return both(write(name, data), swap('call = "model.py:score"', f'model = "{name}"'))


def bomb(member: int = 16 * MEBI, times: int = 640) -> bytes:
    """Ten gigabytes of zeros in ten megabytes of gzip."""
    return gzip.compress(b"0" * member, 9) * times


def bombed(folder: Path) -> None:
    """Cases of ten gigabytes; made only when they are wanted."""
    (folder / "cases.csv").write_bytes(bomb())


def zipped(**files: bytes) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


class Bomb:
    """What a pickle may do when it is loaded: leave a mark."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, ("loaded",))


def csv(data: bytes | str) -> Build:
    """The cases."""
    return write("cases.csv", data)
