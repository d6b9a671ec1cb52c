"""A call of a tool as one line of text, and back: what an assistant writes there is from outside, so it is read strictly and never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from keepstone.core.chat import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

RAW = "arguments"
"""Under which name arguments stand that can't be read."""


def written(call: Call) -> str:
    r"""Write a call as JSON, so that no argument can look like another.

    >>> written(Call("send", {"to": "ward", "text": 'x", "to": "me'}))
    '{"arguments":{"text":"x\\", \\"to\\": \\"me","to":"ward"},"name":"send"}'
    """
    return msgspec.json.encode({"name": call.name, "arguments": dict(call.arguments)}, order="sorted").decode()


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    arguments: dict[str, str]


def read(text: str) -> Call | None:
    """Read what `written` wrote; None where it is no call.

    >>> read(written(Call("book", {"at": "9"}))), read("book(at=9)")
    (Call(name='book', arguments={'at': '9'}), None)
    """
    try:
        found = msgspec.json.decode(text.encode("utf-8", "replace"), type=_Written)
    except (msgspec.DecodeError, RecursionError):
        return None
    return Call(found.name, found.arguments)


def arguments_of(text: str) -> Mapping[str, str]:
    r"""Read the arguments of a call as a service writes them, a JSON object: texts as they are, all else as JSON; what is none of it whole, under "arguments".

    >>> arguments_of('{"at": 9, "who": "me"}'), arguments_of('{"at": 9')
    ({'at': '9', 'who': 'me'}, {'arguments': '{"at": 9'})
    """
    try:
        found = msgspec.json.decode(text.encode("utf-8", "replace"), type=dict[str, msgspec.Raw])
        return {name: _text(bytes(raw)) for name, raw in found.items()}
    except (msgspec.DecodeError, RecursionError):
        return {RAW: text}


def _text(raw: bytes) -> str:
    return msgspec.json.decode(raw, type=str) if raw[:1] == b'"' else raw.decode()


def shown(call: Call) -> str:
    """A call as people and metrics read it.

    >>> shown(Call("book", {"who": "me", "at": "9"}))
    'book(at=9, who=me)'
    """
    return f"{call.name}({', '.join(f'{key}={value}' for key, value in sorted(call.arguments.items()))})".replace("\n", " ")
