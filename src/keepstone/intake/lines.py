"""Where each field of a TOML text stands, and a refusal of texts built to exhaust the parser.

`tomllib` gives the values of a file and no positions; a person who has to mend the file needs the line. One pass over the text finds
the line of every key, table and item. The pass runs before `tomllib` does, and stops at nesting or dotted keys deeper than any real
file has: `tomllib` needs memory quadratic in the parts of a dotted key (half a megabyte of `a.a.a.` takes more than ten gigabytes).

Each step agrees with TOML 1.0 (https://toml.io/en/v1.0.0) up to the first syntax error, where it stops: reporting that is `tomllib`'s work.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from typing import TypeAlias

from keepstone.core.errors import InputError

Path: TypeAlias = tuple[str | int, ...]
"""A field's address, as in `data["criterion"][2]["limit"]`: `("criterion", 2, "limit")`, items counted from 0."""

DEEPEST = 32
"""The most levels of nesting, and the most parts of a dotted key, that a file may have."""


def lines(text: str, *, name: str = "the text") -> dict[Path, int]:
    r"""Give the line (from 1) of every table, key and item of a TOML text.

    Args:
        text: The text. Where it is not valid TOML, what stands before the first error is found.
        name: What to call the text in an error.

    Returns:
        The line of each path; of a table or array the line where it begins. The empty path is line 1.

    Raises:
        InputError: Nesting or a dotted key is deeper than `DEEPEST`.

    >>> lines('a = 1\n[[b]]\nc = [1,\n  2]')[("b", 0, "c", 1)]
    4
    """
    scanner = _Scanner(text, name)
    scanner.document()
    return scanner.found


def locate(text: str, path: Path) -> int:
    r"""Give the line (from 1) of one path in a TOML text; of a path that is not there, the line of the nearest table above it.

    >>> source = 'title = "x"\n\n[[criterion]]\nlimit = 0.1\n[[criterion]]\nlimit = 0.2'
    >>> locate(source, ("criterion", 1, "limit")), locate(source, ("criterion", 1, "reason"))
    (6, 5)
    """
    return nearest(lines(text), path)


def nearest(found: dict[Path, int], path: Path) -> int:
    """Give the line of a path, or of its nearest known ancestor."""
    while path not in found and path:
        path = path[:-1]
    return found.get(path, 1)


def _unescaped(quoted: str) -> str:
    """Give what a quoted key stands for."""
    try:
        return str(tomllib.loads(f"key = {quoted}")["key"])
    except tomllib.TOMLDecodeError as error:
        raise _LostError from error


class _LostError(Exception):
    """The text is not TOML from here on."""


class _Scanner:
    """One pass over the text. Every method begins at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0
        self.lost = False
        self.starts = [0] + [at + 1 for at, letter in enumerate(text) if letter == "\n"]
        self.found: dict[Path, int] = {(): 1}
        self.counts: dict[Path, int] = {}  # items so far of each array of tables

    def document(self) -> None:
        table: Path = ()
        try:
            while self.skip("\n"):
                if self.text[self.at] == "[":
                    table = self.header()
                else:
                    self.pair(table, 0)
        except _LostError:
            self.lost = True

    def line(self) -> int:
        return bisect_right(self.starts, self.at)

    def note(self, path: Path) -> None:
        line = self.line()
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], line)

    def deeper(self, depth: int) -> int:
        if depth >= DEEPEST:
            raise InputError(f"{self.name}:{self.line()}: Nesting and dotted keys must be at most {DEEPEST} levels deep.")
        return depth + 1

    def skip(self, newline: str = "") -> bool:
        """Pass over blanks, and with a newline given over line ends and comments; say whether anything is left."""
        blanks = " \t\r" + newline
        while self.at < len(self.text):
            letter = self.text[self.at]
            if letter == "#" and newline:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif letter in blanks:
                self.at += 1
            else:
                return True
        return False

    def take(self, mark: str) -> bool:
        """Pass over a mark if it stands here."""
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def header(self) -> Path:
        array = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if array else 1
        *above, last = self.keys()
        path: Path = ()
        for key in above:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        path = (*path, last)
        if not self.take("]]" if array else "]"):
            raise _LostError
        end, self.at = self.at, start
        if array:
            self.counts[path] = self.counts.get(path, 0) + 1
            path = (*path, self.counts[path] - 1)
        self.note(path)
        self.at = end
        return path

    def keys(self) -> list[str]:
        found: list[str] = []
        while True:
            self.deeper(len(found))
            self.skip()
            found.append(self.key())
            self.skip()
            if not self.take("."):
                return found

    def key(self) -> str:
        start = self.at
        if self.text[start : start + 1] in {'"', "'"}:
            self.string()
            quoted = self.text[start : self.at]
            return _unescaped(quoted) if "\\" in quoted and quoted[0] == '"' else quoted[1:-1]
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "-_"):
            self.at += 1
        if self.at == start:
            raise _LostError
        return self.text[start : self.at]

    def pair(self, table: Path, depth: int) -> None:
        start = self.at
        path: Path = (*table, *self.keys())
        end, self.at = self.at, start
        self.note(path)
        self.at = end
        if not self.take("="):
            raise _LostError
        self.value(path, depth)

    def value(self, path: Path, depth: int) -> None:
        if not self.skip():
            raise _LostError
        self.note(path)
        letter = self.text[self.at]
        if letter in "\"'":
            self.string()
        elif letter == "[":
            self.items(path, self.deeper(depth), "]")
        elif letter == "{":
            self.items(path, self.deeper(depth), "}")
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def items(self, path: Path, depth: int, end: str) -> None:
        """Read an array or an inline table up to its closing mark."""
        self.at += 1
        count = 0
        while self.skip("\n"):
            if self.take(end):
                return
            if end == "]":
                self.value((*path, count), depth)
            else:
                self.pair(path, depth)
            count += 1
            self.skip("\n")
            if not self.take(",") and not self.text.startswith(end, self.at):
                raise _LostError
        raise _LostError

    def string(self) -> None:
        quote = self.text[self.at]
        end = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(end)
        while not self.text.startswith(end, self.at):
            if self.at >= len(self.text):
                raise _LostError
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(end)
        while len(end) > 1 and self.take(quote):  # up to two quotes may stand before the closing three
            pass
