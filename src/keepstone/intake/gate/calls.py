"""Listed callables that are harmless only with some arguments: what they must be called with."""

from __future__ import annotations

from collections.abc import Callable

from keepstone.intake.gate.values import BYTES, DATA, LIST, Made, Name, Table

Arguments = tuple[object, ...]
MOST = 1 << 16
LARGEST = 1 << 24
SIZED = frozenset({"numpy", "scipy", "sklearn", "pandas"})
"""Libraries whose classes take sizes: a call with a large number may ask for any amount of memory."""


def _first_is(*kinds: type) -> Callable[[Arguments], bool]:
    return lambda given: bool(given) and isinstance(given[0], kinds)


def _empty_array(given: Arguments) -> bool:
    return len(given) == 3 and isinstance(given[0], Name) and given[1] in ((0,), ()) and not isinstance(given[2], int)


def _latin(given: Arguments) -> bool:
    return len(given) == 2 and given[1] in ("latin1", "latin-1", "utf-8", "ascii")


def _rebuilt(given: Arguments) -> bool:
    bases = ("object", "dict", "list", "tuple", "int", "float", "str", "set")
    plain = len(given) == 3 and isinstance(given[1], Name) and given[1].module == "builtins" and given[1].name in bases
    return plain and isinstance(given[0], Name) and given[0].kind in {"class", "container"}


def _buffer(given: Arguments) -> bool:
    return not given or (len(given) == 1 and not isinstance(given[0], int)) or (len(given) == 2 and _latin(given))


def _ratio(given: Arguments) -> bool:
    short = all(not isinstance(one, str) or (len(one) < 200 and "e" not in one.lower()) for one in given)
    return short and all(one is not DATA for one in given)


def _named_class(given: Arguments) -> bool:
    return bool(given) and isinstance(given[0], Name) and given[0].kind in {"class", "container"}


def _small_range(given: Arguments) -> bool:
    return all(isinstance(one, int) and one <= LARGEST for one in given)


def _unshaped(given: Arguments) -> bool:
    """An array that is made by its class must be empty: its bytes come with its state."""
    return not given or given[0] == (0,)


def _is_small(value: object, depth: int = 0) -> bool:
    """Whether no number in arguments could be the size of something large."""
    if isinstance(value, tuple):
        return depth < 4 and len(value) < MOST and all(_is_small(one, depth + 1) for one in value)
    return not isinstance(value, int) or abs(value) <= LARGEST


def _copies(given: Arguments) -> bool:
    return len(given) <= 1 and not any(isinstance(one, Made) and one.of.name == "range" for one in given)


def _storage(given: Arguments) -> bool:
    return bool(given) and isinstance(given[0], Made) and given[0].of.module == "torch"


def _factory(given: Arguments) -> bool:
    return not given or isinstance(given[0], Name) or not isinstance(given[0], Made | Table)


CHECKS: dict[tuple[str, str], Callable[[Arguments], bool]] = {
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy", "dtype"): _first_is(str, Name, type(LIST)),
    ("numpy", "ndarray"): _unshaped,
    ("numpy", "recarray"): _unshaped,
    ("numpy", "matrix"): _unshaped,
    ("numpy.ma", "MaskedArray"): _unshaped,
    ("numpy.ma.core", "MaskedArray"): _unshaped,
    ("_codecs", "encode"): _latin,
    ("copyreg", "_reconstructor"): _rebuilt,
    ("copyreg", "__newobj__"): _named_class,
    ("builtins", "bytearray"): _buffer,
    ("builtins", "bytes"): _buffer,
    ("builtins", "range"): _small_range,
    ("builtins", "list"): _copies,
    ("builtins", "tuple"): _copies,
    ("builtins", "set"): _copies,
    ("builtins", "frozenset"): _copies,
    ("collections", "defaultdict"): _factory,
    ("collections", "deque"): _copies,
    ("fractions", "Fraction"): _ratio,
    ("torch._utils", "_rebuild_tensor"): _storage,
    ("torch._utils", "_rebuild_tensor_v2"): _storage,
}


def may_call(name: Name, arguments: object) -> bool:
    """Whether a listed callable may be called with these arguments.

    Args:
        name: Of kind class, container or function.
        arguments: A tuple, or what it is that stands in its place.
    """
    check = CHECKS.get((name.module, name.name))
    if check is None:
        return name.module.partition(".")[0] not in SIZED or name.kind == "function" or (isinstance(arguments, tuple) and _is_small(arguments))
    return isinstance(arguments, tuple) and len(arguments) < MOST and BYTES not in arguments[1:2] and check(arguments)
