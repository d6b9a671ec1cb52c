"""Typed fields of a file that a person wrote; every problem is kept, with its line, until all have been found.

`intake.toml` says how the pieces fit. The sentence of a problem is one for the whole house:
*file:line: The «field» of «thing» must be rule; got value.*
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import pathlib
from typing import TYPE_CHECKING, Never, TypeVar, cast

from keepstone.core.errors import InputError
from keepstone.intake.lines import Path, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

D = TypeVar("D")
T = TypeVar("T")
REQUIRED: Never = cast("Never", object())
"""The default of a field that has none. Its type lets `text("name")` be `str` and `text("name", default=None)` be `str | None`."""
EXACT = 2**53 - 1
"""The largest integer that every reader of JSON keeps exactly (RFC 8785)."""
_LAYOUT = str.maketrans("", "", "\n\t\xa0\xad\u200c\u200d\u202f")  # what a text may have although it does not print: line ends, joiners, hard blanks
MOST = 20
"""How many problems are listed; the rest are counted."""


class Document:
    """One file that was read: its values, its lines, and what is wrong with it so far.

    Attributes:
        name: What errors call the file.
        lines: The line of each path.
        root: The section of the whole file.
    """

    def __init__(self, *, name: str, table: Mapping[str, object], lines: dict[Path, int]) -> None:
        """Keep what was read."""
        self.name = name
        self.lines = lines
        self.problems: dict[str, int] = {}  # each once, with its line
        self.sections: list[Section] = []
        self.root = Section(self, table)

    @property
    def folder(self) -> pathlib.Path:
        """The folder of the file, where relative paths begin."""
        return pathlib.Path(self.name).parent

    def add(self, path: Path, sentence: str) -> None:
        """Note a problem of one path."""
        line = nearest(self.lines, path)
        self.problems.setdefault(f"{self.name}:{line}: {sentence}", line)

    def finish(self) -> None:
        """Add the keys that nobody asked for, and raise if anything is wrong."""
        for section in self.sections:
            section.strangers()
        if self.problems:
            told = sorted(self.problems, key=lambda problem: self.problems[problem])
            more = [f"{self.name}: and {len(told) - MOST} more."] if len(told) > MOST else []
            raise InputError(told[:MOST] + more)


class Section:
    r"""One table of a file. Each reader takes a key and a rule; with `default` given, the field may be absent.

    >>> from keepstone.intake.toml import parse
    >>> root = parse(b'[[criterion]]\nlimit = 2.5\nresaon = "agreed"', name="system.toml")
    >>> part = root.subs("criterion")[0]
    >>> limit, reason = part.number("limit", lower=0, upper=1), part.text("reason")
    >>> root.finish()
    Traceback (most recent call last):
    keepstone.core.errors.InputError: system.toml:1: The «reason» of «criterion 1» must be given.
    system.toml:2: The «limit» of «criterion 1» must be a number in [0, 1]; got 2.5.
    system.toml:3: The «resaon» of «criterion 1» is not known; did you mean «reason»?
    """

    def __init__(self, document: Document, table: Mapping[str, object], path: Path = (), *, mute: bool = False) -> None:
        """Keep the place; a mute section stands for one that is missing, and adds no problems of its own."""
        self.document = document
        self.path = path
        self._table = table
        self._mute = mute
        self._asked: list[str] = []
        document.sections.append(self)

    # ---- where and what ----

    @property
    def thing(self) -> str:
        """What errors call this section: `criterion 3`, `data`, or the file."""
        return inert(thing(self.path)) or self.document.name

    @property
    def keys(self) -> list[str]:
        """The keys of this section, in the order of the file."""
        return list(self._table)

    def __contains__(self, key: str) -> bool:
        """Say whether the field is given."""
        return key in self._table

    def where(self, key: str | None = None) -> str:
        """Give `file:line` of a field, or of the section."""
        path = self.path if key is None else (*self.path, key)
        return f"{self.document.name}:{nearest(self.document.lines, path)}"

    def problem(self, key: str, rule: str, *, got: object = REQUIRED, item: int | None = None) -> None:
        """Note that a field breaks a rule that no reader knows.

        Args:
            key: The field.
            rule: What completes *The «field» of «thing» …*, as in `must name a column of the data`.
            got: The value, where it helps to show it.
            item: Which item of the field is wrong, from 0.
        """
        if not self._mute:
            path: Path = (*self.path, key) if item is None else (*self.path, key, item)
            field = inert(thing(path[len(self.path) :]))
            tail = "" if got is REQUIRED else f"; got {shown(got)}"
            end = "" if rule.endswith("?") else "."
            self.document.add(path, f"The «{field}» of «{self.thing}» {rule}{tail}{end}")

    # ---- one value ----

    def text(self, key: str, *, default: D = REQUIRED, empty: bool = False) -> str | D:
        """Read a text: one without control characters, and not blank unless `empty` is allowed."""

        def fits(value: object) -> bool:
            return isinstance(value, str) and (empty or bool(value.strip())) and value.translate(_LAYOUT).isprintable()

        given = self._table.get(key)
        rule = "must be a text without control characters" if isinstance(given, str) and given.strip() else "must be a text"
        return cast("str | D", self._read(key, fits, rule, default, ""))

    def number(self, key: str, *, lower: float = -math.inf, upper: float = math.inf, default: D = REQUIRED, inside: bool = False) -> float | D:
        """Read a finite number between two bounds, both allowed unless it must be strictly `inside`."""

        def fits(value: object) -> bool:
            return _real(value) and (lower < value < upper if inside else lower <= value <= upper)  # type: ignore[operator]

        value = self._read(key, fits, f"must be a number{_interval(lower, upper, inside=inside)}", default, _between(lower, upper))
        return float(cast("float", value)) if fits(value) else cast("D", value)

    def integer(self, key: str, *, lower: int = -EXACT, upper: int = EXACT, default: D = REQUIRED) -> int | D:
        """Read an integer between two bounds, both allowed."""

        def fits(value: object) -> bool:
            return isinstance(value, int) and not isinstance(value, bool) and lower <= value <= upper

        return cast("int | D", self._read(key, fits, f"must be an integer{_interval(lower, upper)}", default, int(_between(lower, upper))))

    def flag(self, key: str, *, default: D = REQUIRED) -> bool | D:
        """Read `true` or `false`."""
        return cast("bool | D", self._read(key, lambda value: isinstance(value, bool), "must be true or false", default, stand_in=False))

    def date(self, key: str, *, default: D = REQUIRED) -> dt.date | D:
        """Read a date, written without quotes: 2026-11-24."""

        def fits(value: object) -> bool:
            return isinstance(value, dt.date) and not isinstance(value, dt.datetime)

        return cast("dt.date | D", self._read(key, fits, "must be a date such as 2026-11-24", default, dt.date.min))

    def choice(self, key: str, options: Sequence[str], *, default: D = REQUIRED) -> str | D:
        """Read one of the options."""
        known = list(options)
        return cast("str | D", self._read(key, lambda value: value in known, f"must be {_each_of(known)}", default, known[0]))

    def file(self, key: str, *, default: D = REQUIRED) -> pathlib.Path | D:
        """Read the path of a plain file that is there; a relative one begins at the folder of the file that names it."""
        folder = self.document.folder

        def fits(value: object) -> bool:
            return isinstance(value, str) and is_plain_file(folder / value)

        value = self._read(key, fits, "must be the path of a file that is there", default, "")
        return folder / cast("str", value) if fits(value) else cast("pathlib.Path | D", value)

    def scalar(self, key: str, *, default: D = REQUIRED) -> str | float | bool | D:
        """Read a text, a finite number, or true or false: a value of a column."""

        def fits(value: object) -> bool:
            return isinstance(value, (str, bool)) or _real(value)

        return cast("str | float | bool | D", self._read(key, fits, "must be a text, a number, true or false", default, ""))

    def parameter(self, key: str) -> str | float | bool | tuple[str | float | bool, ...]:
        """Read a parameter of a part: a text, a finite number, true or false, or a list of such."""

        def plain(value: object) -> bool:
            return isinstance(value, (str, bool)) or _real(value)

        def fits(value: object) -> bool:
            return all(map(plain, value)) if isinstance(value, list) else plain(value)

        value = self._read(key, fits, "must be a text, a number, true or false, or a list of such", REQUIRED, "")
        return tuple(value) if isinstance(value, list) else cast("str | float | bool", value)

    # ---- several values ----

    def texts(self, key: str, *, default: D = REQUIRED, least: int = 0, options: Sequence[str] = ()) -> list[str] | D:
        """Read a list of texts, each one of the options where some are given, none twice."""

        def fits(value: object) -> bool:
            return isinstance(value, str) and value.isprintable() and (value in options if options else value.strip() != "")

        return self._list(key, fits, _each_of(options), default, least=least, unique=True)

    def numbers(self, key: str, *, default: D = REQUIRED, least: int = 0, lower: float = -math.inf, upper: float = math.inf) -> list[float] | D:
        """Read a list of finite numbers, each between two bounds, both allowed."""

        def fits(value: object) -> bool:
            return _real(value) and lower <= value <= upper  # type: ignore[operator]

        return self._list(key, fits, f"a number{_interval(lower, upper)}", default, least=least)

    def bounds(self, key: str, *, default: D = REQUIRED) -> tuple[float, float] | D:
        """Read two finite numbers, the lower first: `[35.0, 43.0]`."""

        def fits(value: object) -> bool:
            return isinstance(value, list) and len(value) == 2 and all(map(_real, value)) and value[0] <= value[1]

        value = self._read(key, fits, "must be two numbers, the lower first", default, (0.0, 0.0))
        return (float(cast("list[float]", value)[0]), float(cast("list[float]", value)[1])) if fits(value) else cast("D", value)

    # ---- tables ----

    def sub(self, key: str, *, default: D = REQUIRED) -> Section | D:
        """Read a table: `[data]`."""
        value = self._read(key, lambda value: isinstance(value, dict), f"must be a table [{key}]", default, None)
        if isinstance(value, dict):
            return Section(self.document, value, (*self.path, key))
        return Section(self.document, {}, (*self.path, key), mute=True) if value is None and default is not None else cast("D", value)

    def subs(self, key: str, *, least: int = 0) -> list[Section]:
        """Read an array of tables, `[[criterion]]`; absent, it is empty."""

        def fits(value: object) -> bool:
            return isinstance(value, list) and len(value) >= least and all(isinstance(item, dict) for item in value)

        rule = f"must be given as [[{key}]]" + (f", at least {least} of them" if least else "")
        value = cast("list[dict[str, object]]", self._read(key, fits, rule, REQUIRED if least else [], []))
        return [Section(self.document, item, (*self.path, key, place)) for place, item in enumerate(value)]

    def named(self, key: str, *, least: int = 0) -> dict[str, Section]:
        """Read tables that the file names, `[feature.age]`; absent, there are none."""

        def fits(value: object) -> bool:
            return isinstance(value, dict) and len(value) >= least and all(isinstance(item, dict) and name.isprintable() for name, item in value.items())

        rule = f"must be given as tables [{key}.NAME]" + (f", at least {least} of them" if least else "")
        value = cast("dict[str, dict[str, object]]", self._read(key, fits, rule, REQUIRED if least else {}, {}))
        return {name: Section(self.document, item, (*self.path, key, name)) for name, item in value.items()}

    # ---- the end ----

    def finish(self) -> None:
        """End the reading. Of the root: add unknown keys everywhere and raise all problems. Of a part: add its unknown keys.

        Raises:
            InputError: Something in the file is wrong; every problem is a line.
        """
        if self.path:
            self.strangers()
        else:
            self.document.finish()

    def strangers(self) -> None:
        """Note each key that nobody asked for, with the nearest one that somebody did."""
        for key in self._table:
            if key not in self._asked:
                near = difflib.get_close_matches(key[:80], self._asked, n=1)
                self.problem(key, f"is not known; did you mean «{near[0]}»?" if near else "is not known")

    def _read(self, key: str, fits: Callable[[object], bool], rule: str, default: object, stand_in: object) -> object:
        """Give the value if it fits, the default if it is absent, else note the problem and give the stand-in."""
        self._asked.append(key)
        if key not in self._table:
            if default is not REQUIRED:
                return default
            self.problem(key, "must be given")
            return stand_in
        value = self._table[key]
        if fits(value):
            return value
        self.problem(key, rule, got=value)
        return stand_in

    def _list(self, key: str, fits: Callable[[object], bool], each: str, default: D, *, least: int, unique: bool = False) -> list[T] | D:
        """Read a list; a wrong item is reported by its own line."""
        size = f" of at least {least}" if least else ""
        value = self._read(key, lambda value: isinstance(value, list) and len(value) >= least, f"must be a list{size}: each {each}", default, [])
        if not isinstance(value, list) or value is default:
            return cast("D", value)
        for place, item in enumerate(value):
            if not fits(item):
                self.problem(key, f"must be {each}", got=item, item=place)
            elif unique and item in value[:place]:
                self.problem(key, "must not stand twice", got=item, item=place)
        return [item for item in value if fits(item)]


def is_plain_file(path: pathlib.Path) -> bool:
    """Say whether a path names a file that is there; no folder, device or pipe, and no name that the system refuses."""
    try:
        return "\0" not in str(path) and path.is_file()
    except OSError:  # a name that is too long, a folder that can't be entered
        return False


def thing(path: Path) -> str:
    """Name a place as people do, items counted from 1.

    >>> thing(("criterion", 2)), thing(("data", "columns", 0)), thing(("feature", "age"))
    ('criterion 3', 'data.columns 1', 'feature.age')
    """
    text = ""
    for part in path:
        text += f" {part + 1}" if isinstance(part, int) else f".{part}" if text else part
    return text


def inert(text: str) -> str:
    r"""Write control characters as escapes, so that a text can do nothing to a terminal.

    >>> print(inert("a\x1b[31m é"))
    a\x1b[31m é
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def shown(value: object, *, most: int = 60) -> str:
    r"""Show a value as it would stand in the file, cut and without control characters.

    >>> shown("a\x1b[31m"), shown(True), shown([1, "x"]), shown({"a": 1}), shown(dt.date(2026, 11, 24))
    ('"a\\x1b[31m"', 'true', '[1, "x"]', 'a table', '2026-11-24')
    """
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        cut = value[:most] + ("…" if len(value) > most else "")
        text = f'"{inert(cut)}"'
    elif isinstance(value, list):
        text = "[" + ", ".join(shown(item) for item in value[:8]) + (", …]" if len(value) > 8 else "]")
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, int) and abs(value) > EXACT:
        text = "an integer of 2^53 or more"
    else:
        text = str(value)
    return text if len(text) <= 2 * most else text[: 2 * most] + "…"


def _real(value: object) -> bool:
    """Say whether a value is a finite number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 1.7e308


def _between(lower: float, upper: float) -> float:
    """Give a finite value between two bounds."""
    return (lower + upper) / 2 if math.isfinite(lower + upper) else max(lower, min(0.0, upper))


def _interval(lower: float, upper: float, *, inside: bool = False) -> str:
    """Write two bounds as people do."""
    low, high = lower > -EXACT, upper < EXACT
    if low and high:
        return f" in ({lower:g}, {upper:g})" if inside else f" in [{lower:g}, {upper:g}]"
    if low:
        return f" above {lower:g}" if inside else f" of at least {lower:g}"
    if high:
        return f" below {upper:g}" if inside else f" of at most {upper:g}"
    return ""


def _each_of(options: Sequence[str]) -> str:
    return "one of " + ", ".join(f'"{option}"' for option in options) if options else "a text"
