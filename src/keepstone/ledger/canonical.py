"""The one byte form: JSON canonicalised by RFC 8785, so that the same values have the same digest everywhere.

`encode` takes plain values only. What JSON can't hold exactly is refused, with its place, instead of being turned into something near it:
numbers that are not finite, integers of 2^53 or more, numpy scalars, enums, sets, data classes. RFC 8785 writes a float that is whole as
an integer (`1.0` becomes `1`, `-0.0` becomes `0`), so a reader gets an `int` where a `float` was put.

`decode` reads such bytes, and JSON from outside, strictly: keys that stand twice, NaN, numbers too large and texts that are too long or
nested too deep are refused (the reasons are in RFC 8259 section 4 and RFC 7493).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Never, cast

import rfc8785

from keepstone.core.errors import InputError, KeepstoneError

if TYPE_CHECKING:
    import os

DEEPEST = 64
"""The most levels of lists and objects."""
LARGEST = 1 << 28
"""The most bytes that are read: 256 mebibytes."""
EXACT = 2**53 - 1
"""The largest integer that every reader of JSON keeps exactly."""


def encode(obj: object) -> bytes:
    """Give the canonical bytes of plain values.

    Args:
        obj: None, bool, int, float, str, list, tuple (as a list) or dict with texts as keys, and of these only.

    Returns:
        The bytes, UTF-8, without blanks, keys sorted.

    Raises:
        KeepstoneError: A value is of another type, not finite, an integer of 2^53 or more, not Unicode, or nested deeper than `DEEPEST`.

    >>> encode({"b": (1.0, 0.1), "a": None})
    b'{"a":null,"b":[1,0.1]}'
    >>> encode({"a": [0.5, float("nan")]})
    Traceback (most recent call last):
    keepstone.core.errors.KeepstoneError: The «$.a[1]» of «canonical JSON» must be finite; got nan.
    """
    try:
        _check(obj)
    except _UnfitError as error:
        place = error.path if len(error.path) <= 80 else f"{error.path[:40]}…{error.path[-40:]}"
        raise KeepstoneError(f"The «${place}» of «canonical JSON» must be {error.rule}; got {error.got}.") from None
    return rfc8785.dumps(obj)  # type: ignore[arg-type]


def decode(data: bytes, *, limit: int = LARGEST, name: str = "JSON") -> object:
    """Read the values of JSON bytes, canonical or not.

    Args:
        data: The bytes, UTF-8.
        limit: The most bytes there may be.
        name: What errors call it: its file.

    Returns:
        None, bool, int, float, str, list or dict.

    Raises:
        InputError: The bytes are too many, not UTF-8, not JSON, nested too deep, or hold a key twice or a number that JSON can't keep.

    >>> decode(b'{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> decode(b'{"a": 1, "a": 2}', name="result.json")
    Traceback (most recent call last):
    keepstone.core.errors.InputError: result.json: The key «a» stands twice in one object.
    """
    if len(data) > limit:
        raise InputError(f"{name}: There must be at most {limit:,} bytes; got {len(data):,}.")
    try:
        text = data.decode("utf-8")
        value: object = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer)
        _depth(value)
        if "\\u" in text:
            _check(value)  # half a surrogate pair, written as an escape
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: The text must be UTF-8; got byte 0x{data[error.start]:02x} at {error.start:,}.") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{error.lineno}:{error.colno}: This is not JSON: {error.msg[:1].lower()}{error.msg[1:]}.") from error
    except RecursionError as error:
        raise InputError(f"{name}: JSON must be at most {DEEPEST} levels deep.") from error
    except _StrictError as error:
        raise InputError(f"{name}: {error}") from error
    except _UnfitError as error:
        raise InputError(f"{name}: The «${error.path}» must be {error.rule}; got {error.got}.") from error
    return value


def digest(obj: object) -> str:
    """Name plain values by their canonical bytes.

    >>> digest({})
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    """
    return digest_bytes(encode(obj))


def digest_bytes(data: bytes) -> str:
    """Name bytes: `sha256:` and 64 hexadecimal digits (FIPS 180-4)."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digest_file(path: str | os.PathLike[str]) -> str:
    """Name the bytes of a file.

    Raises:
        InputError: The file can't be read.
    """
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - a path of any kind
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    except OSError as error:
        raise InputError(f"{path}: The file can't be read: {error.strerror}.") from error


class _StrictError(Exception):
    """What `json` would let pass."""


class _UnfitError(Exception):
    """A value without an exact JSON form; each level that it leaves adds its key or place."""

    def __init__(self, rule: str, got: str) -> None:
        super().__init__(rule, got)
        self.rule, self.got, self.path = rule, got, ""


def _check(value: object, depth: int = 0) -> None:
    """Refuse what has no exact JSON form. By the very type: a numpy float is a `float` too, and an IntEnum an `int`."""
    if value is None or value is True or value is False:
        return
    rule = _RULES.get(type(value))
    if rule is None:
        raise _UnfitError("a plain value of JSON", f"{type(value).__module__}.{type(value).__qualname__}")
    rule(value, depth)


def _check_float(value: object, _depth: int) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise _UnfitError("finite", repr(value))


def _check_int(value: object, _depth: int) -> None:
    if isinstance(value, int) and not -EXACT <= value <= EXACT:
        raise _UnfitError("an integer below 2^53", "a larger one; write it as text")


def _check_str(value: object, _depth: int) -> None:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise _UnfitError("Unicode text", "half a surrogate pair") from None


def _check_items(value: object, depth: int) -> None:
    _check_depth(depth)
    place = 0
    try:
        for place, item in enumerate(cast("Sequence[object]", value)):  # noqa: B007 - where it stopped
            _check(item, depth + 1)
    except _UnfitError as error:
        error.path = f"[{place}]{error.path}"
        raise


def _check_object(value: object, depth: int) -> None:
    _check_depth(depth)
    key: object = ""
    try:
        for key, item in cast("Mapping[object, object]", value).items():
            _check_key(key, depth)
            _check(item, depth + 1)
    except _UnfitError as error:
        error.path = f".{key}{error.path}" if type(key) is str and key.isprintable() else f".{key!a}{error.path}"
        raise


def _check_key(key: object, depth: int) -> None:
    if type(key) is not str:
        raise _UnfitError("below a text as its key", f"a key of type {type(key).__name__}")
    _check_str(key, depth)


def _check_depth(depth: int) -> None:
    if depth >= DEEPEST:
        raise _UnfitError(f"at most {DEEPEST} levels deep", "more")


_RULES: Mapping[type, Callable[[object, int], None]] = {
    float: _check_float,
    int: _check_int,
    str: _check_str,
    list: _check_items,
    tuple: _check_items,
    dict: _check_object,
}


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object whose keys each stand once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _StrictError(f"The key «{ascii(max(counts, key=lambda key: counts[key]))[1:-1]}» stands twice in one object.")
    return found


def _constant(text: str) -> Never:
    raise _StrictError(f"A number must be finite; got {text}.")


def _float(text: str) -> float:
    """Read a number with a point or an exponent."""
    value = float(text)
    return value if math.isfinite(value) else _constant(text[:40])


def _integer(text: str) -> int:
    """Read a number without either."""
    if len(text) > 17 or not -EXACT <= int(text) <= EXACT:
        raise _StrictError(f"An integer must be below 2^53; got {text[:40]}.")
    return int(text)


def _depth(value: object) -> None:
    """Refuse values nested too deep, without recursion."""
    level = [value]
    for _ in range(DEEPEST + 1):
        holders = [item for item in level if isinstance(item, (dict, list))]
        if not holders:
            return
        level = [item for holder in holders for item in (holder.values() if isinstance(holder, dict) else holder)]
    raise _StrictError(f"JSON must be at most {DEEPEST} levels deep.")
