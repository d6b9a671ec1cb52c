"""The line of every field, checked against files written to be awkward and against any text at all."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.errors import InputError
from keepstone.intake.lines import Path, _Scanner, lines, locate

AWKWARD = r'''# a comment with [brackets] and = signs
title = "a # no comment"   # one
a.b."c d" = 1

[table]
text = """
[not.a.table]
quote \""" still
"""
path = '''  # written below, so that this literal stays readable
AWKWARD = AWKWARD.rsplit("path = ", 1)[0] + (
    "raw = '''\nfake = 1'''\n"
    "list = [\n  1, # one\n  [2,\n   3],\n  {x = 1, y.z = 'a]b'},\n]\n"
    "inline = {deep = {deeper = [1, 2]}}\n"
    "\n[[criterion]]\nlimit = 1\n  [criterion.sub]\n  k = 1\n[[criterion.part]]\nk = 2\n[[criterion]]\n[[criterion.part]]\n[[criterion.part]]\nk = 3\n"
    "[x.y.z]\n'q' = 1979-05-27 07:32:00\n"
)


def line_of(piece: str, *, skip: int = 0) -> int:
    found = [number for number, text in enumerate(AWKWARD.split("\n"), 1) if text.strip().startswith(piece)]
    return found[skip]


def paths(value: object, path: Path = ()) -> list[Path]:
    inner: list[Path] = []
    if isinstance(value, dict):
        inner = [found for key, item in value.items() for found in paths(item, (*path, key))]
    elif isinstance(value, list):
        inner = [found for place, item in enumerate(value) for found in paths(item, (*path, place))]
    return [path, *inner]


def test_every_path_of_an_awkward_file_has_its_line() -> None:
    found = lines(AWKWARD)
    assert set(paths(tomllib.loads(AWKWARD))) <= set(found)
    assert found["table", "text"] == line_of("text")
    assert found["table", "raw"] == line_of("raw")
    assert found["table", "list", 1, 1] == line_of("3],")
    assert found["table", "list", 2, "y", "z"] == line_of("{x")
    assert found["criterion", 0, "limit"] == line_of("limit")
    assert found["criterion", 0, "sub", "k"] == line_of("k = 1")
    assert found["criterion", 0, "part", 0, "k"] == line_of("k = 2")
    assert found["criterion", 1, "part", 1, "k"] == line_of("k = 3")
    assert found["criterion", 1] == line_of("[[criterion]]", skip=1)
    assert found["x", "y", "z", "q"] == line_of("'q'")


def test_a_key_with_escapes_has_its_line() -> None:
    assert lines('a = 1\n"b\\"\\u00e9" = 2\n\'c\\d\' = 3')['b"é',] == 2
    assert lines("a = 1\n'c\\d' = 3")["c\\d",] == 2


def test_what_is_not_there_has_the_line_of_what_holds_it() -> None:
    assert locate(AWKWARD, ("criterion", 1, "reason")) == line_of("[[criterion]]", skip=1)
    assert locate(AWKWARD, ("none", "of", "this")) == 1


PIECES = st.sampled_from(
    ["a", "b.c", '"k"', "'k'", "=", " ", "\n", "[", "]", "[[", "]]", "{", "}", ",", "1", "'", '"', '"""', "'''", "\\", "#", "é", "-", "\r"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_where_the_scanner_is_lost_there_is_no_toml(text: str) -> None:
    scanner = _Scanner(text, "t")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        scanner.document()  # ends, and raises nothing
        return
    scanner.document()
    assert not scanner.lost
    assert set(paths(values)) <= set(scanner.found)


KEYS = st.text("abc", min_size=1, max_size=3)
VALUES = st.recursive(st.integers(0, 9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(written, value)) + "\n]"
    return str(value)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_each_top_level_key_stands_where_it_was_written(table: dict[str, object]) -> None:
    pieces = [f"{key} = {written(value)}" for key, value in table.items()]
    starts, line = {}, 1
    for key, piece in zip(table, pieces, strict=True):
        starts[(key,)] = line
        line += piece.count("\n") + 1
    found = lines("\n".join(pieces))
    assert {path: found[path] for path in starts} == starts


@given(st.integers(1, 60))
def test_depth_is_limited_just_there(depth: int) -> None:
    text = "a = " + "[" * depth + "]" * depth
    try:
        lines(text)
        allowed = True
    except InputError:
        allowed = False
    assert allowed == (depth <= 32)
