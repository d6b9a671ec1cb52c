"""The published JSON Schema of the result document, made from its types (JSON Schema 2020-12).

`docs/schema/result.schema.json` is these bytes; a test holds the two equal. Every description is the docstring of the struct
or the line about the field there.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from keepstone.govern.document import Result
from keepstone.govern.rows import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "Keepstone result, version 1"


def result_schema() -> bytes:
    """Give the schema as indented JSON, the same bytes each time.

    >>> msgspec.json.decode(result_schema())["title"]
    'Keepstone result, version 1'
    """
    made = msgspec.json.schema(Result)
    parts = made.get("$defs", {})
    structs = {struct.__name__: struct for struct in _below(Document)}
    for name, part in parts.items():
        _describe(part, structs[name])
    schema = {"$schema": DIALECT, "title": TITLE, "$ref": made["$ref"], "$defs": dict(sorted(parts.items()))}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def _below(struct: type[Document]) -> Iterator[type[Document]]:
    """Give a struct and all that are made from it."""
    yield struct
    for one in struct.__subclasses__():
        yield from _below(one)


def _describe(part: dict[str, object], struct: type[Document]) -> None:
    """Split a struct's docstring: its first lines describe the object, those under Attributes its fields; what it shares stands in its bases."""
    part["description"] = " ".join((struct.__doc__ or "").partition("Attributes:")[0].split())
    tail = "\n".join((one.__doc__ or "").partition("Attributes:")[2] for one in reversed(struct.__mro__) if issubclass(one, Document))
    properties = part.get("properties")
    if not isinstance(properties, dict):
        return
    part["properties"] = {name: {"description": line, **properties[name]} for name, line in _attributes(tail, list(properties)).items()}


def _attributes(text: str, names: list[str]) -> dict[str, str]:
    """Read the lines "name: what it is" of a docstring, in the order of the fields; `passed` is written `pass`."""
    found = {}
    for line in text.splitlines():
        name, _, rest = line.strip().partition(": ")
        if rest:
            found["pass" if name == "passed" else name] = rest
    return {name: found[name] for name in names}
