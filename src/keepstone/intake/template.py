"""A request as a template and an answer as a path: what is filled in is filled into values, never into the text of the JSON, so that nothing breaks out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import ascii_lowercase
from typing import TypeAlias

import msgspec

from keepstone.core.errors import InputError

Tree: TypeAlias = "str | float | int | bool | list[Tree] | dict[str, Tree] | None"
NAME = frozenset(ascii_lowercase + "_")
MISSING = object()


def parse(text: str, what: str) -> Tree:
    """Read a template.

    Raises:
        InputError: If it is no JSON.

    >>> parse('{"q": ["{question}"]}', "request")
    {'q': ['{question}']}
    """
    try:
        tree: Tree = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        raise InputError(f'The «{what}» must be JSON, its places in texts of it, such as {{"message": "{{question}}"}}.') from None
    return tree


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """What stands between places, and the name of each place, in turn.

    >>> list(pieces("Q: {question}{"))
    [('Q: ', ''), ('', 'question'), ('{', '')]
    """
    first, *rest = text.split("{")
    if first:
        yield first, ""
    for part in rest:
        name, end, more = part.partition("}")
        if end and name and NAME.issuperset(name):
            yield "", name
            if more:
                yield more, ""
        else:
            yield "{" + part, ""


def places(tree: Tree) -> frozenset[str]:
    """The names of all places, in values and not in keys.

    >>> sorted(places({"a": "{question} now", "b": [1, "{session}"], "{c}": 0}))
    ['question', 'session']
    """
    if isinstance(tree, str):
        return frozenset(name for _text, name in pieces(tree) if name)
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return frozenset().union(*map(places, parts))


def filled(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """Fill the places: a text that is one place becomes its value, within a longer text it becomes part of that text. What was filled in is not read again.

    >>> filled({"q": "Q: {question}", "m": "{messages}"}, {"question": '"}{messages}', "messages": [{"role": "user"}]})
    {'q': 'Q: "}{messages}', 'm': [{'role': 'user'}]}
    """
    if isinstance(tree, dict):
        return {key: filled(value, values) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled(value, values) for value in tree]
    if not isinstance(tree, str):
        return tree
    found = list(pieces(tree))
    if len(found) == 1 and found[0][1]:
        return values.get(found[0][1], tree)
    return written(tree, values)


def written(text: str, values: Mapping[str, Tree], change: Callable[[str], str] = str) -> str:
    """A text with its places filled.

    Args:
        text: With places.
        values: By name; a place without a value stays.
        change: What is done to each value, as a text, before it is filled in.

    >>> written("/chat/{session}/{a}", {"session": "x y"}, lambda value: value.replace(" ", "%20"))
    '/chat/x%20y/{a}'
    """
    return "".join((change(_text(values[name])) if name in values else f"{{{name}}}") if name else plain for plain, name in pieces(text))


def _text(value: Tree) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def at(tree: object, path: str) -> object:
    """What stands at a path: names and numbers with dots between, or a JSON pointer; `MISSING` where nothing does.

    >>> at({"choices": [{"text": "Hi."}]}, "choices.0.text"), at({"a/b": 1}, "/a~1b"), at({}, "a") is MISSING
    ('Hi.', 1, True)
    """
    for step in _steps(path):
        tree = _below(tree, step)
        if tree is MISSING:
            break
    return tree


def _steps(path: str) -> list[str]:
    if path.startswith("/"):
        return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]
    return path.split(".") if path else []


def _below(tree: object, step: str) -> object:
    if isinstance(tree, dict):
        return tree.get(step, MISSING)
    if isinstance(tree, list) and step.isascii() and step.isdigit() and len(step) < 7:
        return tree[int(step)] if int(step) < len(tree) else MISSING
    return MISSING
