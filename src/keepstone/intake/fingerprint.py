"""A name for anything that was handed over in Python: a model, a function. Two that would answer alike have one name.

A file has the digest of its bytes. An object has none, so what it is made of is read: class, parameters, arrays; of a function its code,
what it closes over and the globals that it uses; of a class the code of its methods. Code of other modules counts by its name. What can't be
read (an open connection, a compiled model) counts by its class alone.
The reading follows the protocol by which Python copies objects (`__reduce_ex__`); nothing is written, loaded or called besides.
"""

from __future__ import annotations

import functools
import hashlib
import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

DEEPEST = 120
LARGEST = 1 << 20
"""Pieces read of one thing: beyond, it counts by what was read so far."""


def fingerprint(thing: object) -> str:
    """Name a thing by what it is made of.

    Args:
        thing: Any object.

    Returns:
        64 hexadecimal digits, equal for equal things in every process of one version of Python and of the libraries.

    Example:
        >>> fingerprint({"a": [1, 2.0]}) == fingerprint({"a": [1, 2.0]}), fingerprint(1) == fingerprint(True)
        (True, False)
    """
    home = getattr(thing, "__module__", None) if isinstance(thing, types.FunctionType | type) else type(thing).__module__
    reader = _Reader(str(home))
    reader.read(thing, 0)
    return reader.total.hexdigest()


class _Reader:
    """Reads a thing piece by piece. A part met again counts by when it was met first, so circles end."""

    def __init__(self, home: str) -> None:
        self.home = home  # the module whose code is read
        self.total = hashlib.sha256()
        self.met: dict[int, int] = {}
        self.kept: list[object] = []  # so that no id is used twice while reading

    def put(self, kind: str, data: bytes = b"") -> None:
        """Take in one piece, preceded by its kind and length."""
        self.total.update(f"{kind}:{len(data)};".encode() + data)

    def read(self, thing: object, depth: int) -> None:
        """Take in a thing with all that it is made of."""
        if thing is None or isinstance(thing, bool | int | float | complex | str | bytes):
            self.put(type(thing).__name__, repr(thing).encode("utf-8", "surrogatepass"))
        elif isinstance(thing, np.generic):
            self.put(thing.dtype.str, thing.tobytes())
        elif id(thing) in self.met:
            self.put("again", str(self.met[id(thing)]).encode())
        elif depth > DEEPEST or len(self.met) > LARGEST:
            self.put("deep", _name(type(thing)))
        else:
            self.met[id(thing)] = len(self.met)
            self.kept.append(thing)
            self._parts(thing, depth + 1)

    def _parts(self, thing: object, depth: int) -> None:
        if isinstance(thing, np.ndarray):
            self._array(thing, depth)
        elif isinstance(thing, list | tuple):
            self._all(type(thing).__name__, thing, depth)
        elif isinstance(thing, set | frozenset):
            self._all("set", sorted(fingerprint(item) for item in thing), depth)
        elif isinstance(thing, dict | types.MappingProxyType):
            self._all("dict", [part for pair in thing.items() for part in pair], depth)
        elif isinstance(thing, types.ModuleType | types.BuiltinFunctionType):
            self.put("name", _name(thing))
        else:
            self._made(thing, depth)

    def _made(self, thing: object, depth: int) -> None:
        """Take in code, or an object of any class."""
        if isinstance(thing, types.CodeType):
            self._code(thing, depth)
        elif isinstance(thing, types.FunctionType):
            self._function(thing, depth)
        elif isinstance(thing, types.MethodType):
            self._all("method", [thing.__func__, thing.__self__], depth)
        elif isinstance(thing, functools.partial):
            self._all("partial", [thing.func, thing.args, thing.keywords], depth)
        elif isinstance(thing, type):
            self._class(thing, depth)
        else:
            self._object(thing, depth)

    def _all(self, kind: str, parts: Iterable[object], depth: int) -> None:
        listed = list(parts)
        self.put(kind, str(len(listed)).encode())
        for part in listed:
            self.read(part, depth)

    def _array(self, array: np.ndarray[Any, np.dtype[Any]], depth: int) -> None:
        if array.dtype.hasobject:
            self._all("objects", [array.shape, array.ravel().tolist()], depth)
        else:
            self.put(f"array {array.dtype.str} {array.shape}", np.ascontiguousarray(array).tobytes())

    def _code(self, code: types.CodeType, depth: int) -> None:
        self.put("code", code.co_code)
        self._all("names", [code.co_consts, code.co_names, code.co_varnames], depth)

    def _class(self, cls: type, depth: int) -> None:
        self.put("class", _name(cls))
        if cls.__module__ == self.home:
            self._all("methods", [part for part in vars(cls).values() if isinstance(part, types.FunctionType)], depth)

    def _function(self, function: types.FunctionType, depth: int) -> None:
        if function.__module__ != self.home:
            self.put("name", _name(function))
        cells = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
        self._all("function", [function.__code__, function.__defaults__, function.__kwdefaults__, cells], depth)
        for name in _used(function.__code__):
            if name in function.__globals__ and function.__module__ == self.home:
                self._all("global", [name, function.__globals__[name]], depth)

    def _object(self, thing: object, depth: int) -> None:
        self.read(type(thing), depth)
        try:
            made = thing.__reduce_ex__(2)
        except Exception:  # noqa: BLE001  an object that can't be copied may say so in any way
            made = (type(thing), getattr(thing, "__dict__", None))
        if isinstance(made, str):
            self.put("name", made.encode())
            return
        parts = [list(part) if isinstance(part, Iterator) else part for part in made]
        self._all("state", parts, depth)


def _used(code: types.CodeType) -> list[str]:
    """The names that a function may look up among its globals, those of functions inside it too."""
    names = dict.fromkeys(code.co_names)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            names.update(dict.fromkeys(_used(inner)))
    return list(names)


def _filled(cell: types.CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _name(thing: object) -> bytes:
    place, word = getattr(thing, "__module__", ""), getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "")
    return f"{place}.{word}".encode("utf-8", "surrogatepass")
