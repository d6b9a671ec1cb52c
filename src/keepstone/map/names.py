"""Names that stand in a system file and point elsewhere: at a file, a function, a finding, a risk. Each is checked as text, before anything is opened.

A file is named relative to the system file and lies in its folder or below. Whether a link leads out of it can only be seen where files are
opened: `inside` answers that.
"""

from __future__ import annotations

import pathlib
import string
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.core.origin import Area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.intake.fields import Section

AREAS = tuple(area.value for area in Area)
PATTERN = frozenset(string.ascii_letters + string.digits + "._-+=<>/ *")
RULE = "must be the path of a file beside the system file or in a folder below it"


def file_name(part: Section, key: str, *, default: str = "") -> str:
    """Read the name of a file; one that leads out of the folder is a problem of the section."""
    name = part.text(key, default=default, empty=not default)
    if name and not lies_within(name):
        part.problem(key, RULE, got=name)
    return name


def lies_within(name: str) -> bool:
    r"""Say whether a name, read as text, stays in the folder that it is relative to, on any system.

    >>> [lies_within(name) for name in ("data/a.csv", "../a.csv", "/etc/passwd", "C:a.csv", "a\\b.csv", "~/a.csv", "a/./b.csv", "a\0.csv")]
    [True, False, False, False, False, False, False, False]
    """
    pieces = name.split("/")
    odd = any(letter in name for letter in "\\:\0") or not name.isprintable()
    return bool(name) and not odd and not name.startswith("~") and not any(piece.strip() in {"", ".", ".."} for piece in pieces)


def inside(folder: pathlib.Path, name: str) -> pathlib.Path:
    """Give the path of a file named in a system file, after links have been followed.

    Args:
        folder: The folder of the system file.
        name: The name as it stands there.

    Raises:
        InputError: The name leads out of the folder, by its text or by a link.
    """
    found = (folder / name).resolve() if lies_within(name) else None
    if found is None or not found.is_relative_to(folder.resolve()):
        shown = name if name.isprintable() else ascii(name)[1:-1]
        raise InputError(f"The file «{shown}» {RULE}; it leads elsewhere.")
    return found


def code_name(part: Section, key: str) -> str:
    """Read the name of a function, "file.py:function"; anything else is a problem of the section."""
    text = part.text(key, default="")
    file, colon, function = text.rpartition(":")
    if text and not (colon and lies_within(file) and file.endswith(".py") and function.isidentifier()):
        part.problem(key, 'must name a function of a file beside the system file, "model.py:fit"', got=text)
    return text


def finding_pattern(part: Section, key: str) -> str:
    """Read the id of a finding, or a pattern with `*`: "robustness.*.missed"."""
    text = part.text(key)
    if text:
        _check(part, key, text)
    return text


def risk_id(part: Section, key: str) -> str:
    """Read the id of one risk: "robustness.sensor_noise"."""
    text = part.text(key)
    if "*" in text:
        part.problem(key, "must be the id of one risk, without `*`", got=text)
    elif text:
        _check(part, key, text)
    return text


def risk_patterns(part: Section, key: str) -> tuple[str, ...]:
    """Read ids of risks, or patterns with `*`."""
    texts = part.texts(key, default=[])
    for place, text in enumerate(texts):
        _check(part, key, text, item=place)
    return tuple(texts)


def unique(parts: Sequence[Section], table: str, key: str, names: Sequence[str]) -> None:
    """Note each name that stands for the second time in an array of tables."""
    for place, name in enumerate(names):
        if name and name in names[:place]:
            parts[place].problem(key, f"must not stand twice; «{table} {names.index(name) + 1}» has it too", got=name)


def _check(part: Section, key: str, text: str, *, item: int | None = None) -> None:
    area = text.split(".", maxsplit=1)[0]
    if not set(text) <= PATTERN:
        part.problem(key, "must be an id or a pattern: letters, digits, `.`, `_`, `-` and `*`", got=text, item=item)
    elif "*" not in area and area not in AREAS:
        part.problem(key, f"must begin with `*` or an area: {', '.join(AREAS)}", got=text, item=item)
