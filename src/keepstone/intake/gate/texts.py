"""JSON and plain text, bounded before it is parsed; a key that stands twice is refused, since readers differ in which one they take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keepstone.intake.gate.source import MOST, Refused

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Budget

WIDEST = 4_000_000
DEEPEST = 200


class _TwiceError(ValueError):
    """A key stands twice."""


def parse(data: bytes, budget: Budget, *, widest: int = WIDEST) -> object:
    """Parse JSON.

    Args:
        data: UTF-8.
        budget: Of steps.
        widest: The most commas and brackets.

    Raises:
        Refused: It is no JSON, too large, nested too deep, or has a key twice.
    """
    marks = data.count(b",") + data.count(b"{") + data.count(b"[")
    if len(data) > MOST or marks > widest:
        raise Refused("file.large", f"JSON of {len(data):,} bytes and {marks:,} values")
    budget.step(marks >> 4)
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_table, parse_constant=_constant)
    except _TwiceError as error:
        raise Refused("file.broken", f"the key {str(error)[:60]!r} stands twice") from error
    except (ValueError, RecursionError) as error:
        raise Refused("file.broken", "no JSON in UTF-8, or nested too deep") from error


def _table(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        seen: set[str] = set()
        raise _TwiceError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return table


def _constant(name: str) -> float:
    return float(name.replace("Infinity", "inf"))


def tables(value: object) -> Iterator[dict[str, object]]:
    """Every table in a value, from the outside in.

    >>> [sorted(one) for one in tables({"a": [{"b": 1}]})]
    [['a'], ['b']]
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(inner for inner in one.values() if isinstance(inner, dict | list))
        elif isinstance(one, list):
            waiting.extend(inner for inner in one if isinstance(inner, dict | list))


def is_plain(head: bytes) -> bool:
    """Whether bytes are text: UTF-8 without control characters."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return all(letter >= " " or letter in "\t\r\n\f" for letter in text)
