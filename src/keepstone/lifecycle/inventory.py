"""The only finder of parts: by their file's name, or by an entry point, once.

A part of Keepstone is found by the name of its file under `keepstone.parts`; one from outside by an entry point in the groups `keepstone.targets`,
`keepstone.conditions`, `keepstone.mitigations`, `keepstone.metrics`, `keepstone.assistants`, `keepstone.corpora`, `keepstone.judges`. Two of one name are an
error that names both places. Nothing is imported before it is asked for.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from importlib.metadata import entry_points
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from keepstone.core.errors import InputError
from keepstone.core.origin import SAFETY_AREAS, SECURITY_AREAS

if TYPE_CHECKING:
    from types import ModuleType

    from keepstone.core.part import Mitigation
    from keepstone.core.system import Considered

HOMES = {
    "target": ("keepstone.parts.targets",),
    "condition": ("keepstone.parts.conditions.hazards", "keepstone.parts.conditions.threats"),
    "mitigation": ("keepstone.parts.mitigations",),
    "metric": ("keepstone.parts.metrics",),
    "assistant": ("keepstone.parts.assistants",),
    "corpus": ("keepstone.parts.corpora",),
    "judge": ("keepstone.parts.judges",),
}
PLURAL = {"corpus": "corpora"}
KINDS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "str": ("a text", lambda value: isinstance(value, str)),
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "int": ("a whole number", lambda value: isinstance(value, Integral) and not isinstance(value, bool)),
    "float": ("a number", lambda value: isinstance(value, Real) and not isinstance(value, bool)),
    "tuple[str, ...]": ("a list of texts", lambda value: isinstance(value, tuple | list) and all(isinstance(one, str) for one in value)),
    "tuple[float, ...]": ("a list of numbers", lambda value: isinstance(value, tuple | list) and all(KINDS["float"][1](one) for one in value)),
}
"""Of each annotation that a parameter may have in a file: what it must be, in words, and whether a value is one. Other annotations are not checked."""


def plural(kind: str) -> str:
    """The word for several parts of a kind, which names their group of entry points too.

    >>> plural("metric"), plural("corpus")
    ('metrics', 'corpora')
    """
    return PLURAL.get(kind, f"{kind}s")


@dataclass(frozen=True)
class Place:
    """Where a part is: a module, or "module:class" for one from outside."""

    name: str
    where: str
    outside: bool = False


@cache
def places(kind: str) -> Mapping[str, Place]:
    """All parts of a kind by name; nothing of them is imported.

    Raises:
        InputError: If the kind is another word, or two parts have one name.
    """
    if kind not in HOMES:
        raise InputError(f"The «kind» of part must be one of {', '.join(HOMES)}; got {kind!r}.")
    found: dict[str, Place] = {}
    for place in (*_inside(kind), *_outside(kind)):
        if place.name in found:
            raise InputError(f"The {kind} «{place.name}» must be one; it is in {found[place.name].where} and in {place.where}.")
        found[place.name] = place
    return dict(sorted(found.items()))


def _inside(kind: str) -> Iterator[Place]:
    for home in HOMES[kind]:
        package = importlib.import_module(home)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                yield Place(module.name, f"{home}.{module.name}")


def _outside(kind: str) -> Iterator[Place]:
    for entry in entry_points(group=f"keepstone.{plural(kind)}"):
        yield Place(entry.name, entry.value, outside=True)


@cache
def part(kind: str, name: str) -> type[Any]:
    """The class of a part.

    Raises:
        InputError: If there is no such part, or what is in its place can't be used as one.
    """
    place = places(kind).get(name)
    if place is None:
        raise InputError(f"The {kind} «{name}» is not known; there are: {', '.join(places(kind))}.")
    module, _, attribute = place.where.partition(":")
    try:
        loaded = importlib.import_module(module)
    except Exception as error:  # outside code: whatever it raises is told in one line
        told = " ".join(str(error).split())[:200]
        raise InputError(f"The {kind} «{name}» in {place.where} can't be imported: {type(error).__name__}: {told}.") from error
    return _named(loaded, attribute, kind, place) if attribute else tagged(loaded, kind)


def _named(module: ModuleType, attribute: str, kind: str, place: Place) -> type[Any]:
    """The class that an entry point leads to, which must be a part of the name that it gives."""
    found = getattr(module, attribute, None)
    if not isinstance(found, type) or vars(found).get("__keepstone_part__") != kind:
        raise InputError(f'The {kind} «{place.name}» must be a class marked with @part("{kind}"); {place.where} is none.')
    if getattr(found, "name", "") != place.name:
        raise InputError(f"The {kind} in {place.where} must have the «name» of its entry point, {place.name!r}; got {getattr(found, 'name', '')!r}.")
    return found


def outside_digest(parts: Iterable[object]) -> str:
    """Digest of the packages from outside that parts come from, every Python file of them; "" where there are none.

    Args:
        parts: Parts of any kind, some of Keepstone and some not.
    """
    names = sorted({type(one).__module__.partition(".")[0] for one in parts} - {"keepstone", "builtins"})
    if not names:
        return ""
    total = hashlib.sha256()
    for name in names:
        loaded = sys.modules[name]
        roots = [Path(place) for place in getattr(loaded, "__path__", ())]
        files = [(path.relative_to(root).as_posix(), path) for root in roots for path in root.rglob("*.py")] or [("", Path(str(loaded.__file__)))]
        for relative, path in sorted(files):
            total.update(f"{name}/{relative}".encode() + b"\0" + path.read_bytes() + b"\0")
    return f"sha256:{total.hexdigest()}"


def tagged(module: ModuleType, kind: str) -> type[Any]:
    """The one class of a module that is marked as a part of this kind."""
    found = [cls for cls in vars(module).values() if isinstance(cls, type) and vars(cls).get("__keepstone_part__") == kind]
    mine = [cls for cls in found if cls.__module__ == module.__name__]
    if len(mine) != 1:
        raise InputError(f"The module {module.__name__} must hold exactly one {kind}; it holds {len(mine)}.")
    return mine[0]


def areas(kind: str = "table") -> Iterator[ModuleType]:
    """The modules of the twelve areas that have one for a kind of target, in the paper's order.

    Args:
        kind: "table", "chat" or "agent".
    """
    for side, names in (("safety", SAFETY_AREAS), ("security", SECURITY_AREAS)):
        home = f"keepstone.areas.{side if kind == 'table' else kind}"
        present = {module.name for module in pkgutil.iter_modules(importlib.import_module(home).__path__)}
        for area in names:
            if area.value in present:
                yield importlib.import_module(f"{home}.{area.value}")


def mitigation(considered: Considered) -> Mitigation:
    """Build a mitigation that a system names, several used together as one composed mitigation.

    Raises:
        InputError: If a part or a parameter is not known.
    """
    parts = tuple(build("mitigation", name, parameters) for name, parameters in considered.parts)
    return cast("Mitigation", parts[0] if len(parts) == 1 else part("mitigation", "composed")(parts=parts))


def build(kind: str, name: str, parameters: Mapping[str, object]) -> Any:  # noqa: ANN401  a part of any kind
    """Build a part from plain parameters.

    Raises:
        InputError: If a parameter is not known, is of another kind than its annotation says, or its value is refused.
    """
    cls = part(kind, name)
    known = {field.name: field for field in fields(cls)} if is_dataclass(cls) else {}
    strange = sorted(set(parameters) - set(known))
    if strange:
        raise InputError(f"The {kind} «{name}» has no parameter «{strange[0]}»; it has: {', '.join(known) or 'none'}.")
    missing = [key for key, field in known.items() if field.default is MISSING and field.default_factory is MISSING and key not in parameters]
    if missing:
        raise InputError(f"The {kind} «{name}» needs the parameter «{missing[0]}».")
    wrong = [_unlike(kind, name, known[key], value) for key, value in parameters.items()]
    if any(wrong):
        raise InputError([problem for problem in wrong if problem])
    try:
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()})
    except (TypeError, ValueError) as error:
        raise InputError(f"The {kind} «{name}» refuses its parameters: {error}.") from error


def _unlike(kind: str, name: str, field: Field[Any], value: object) -> str:
    """What is wrong with the kind of a parameter's value, or ""."""
    annotation = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type))
    said, _bar, nothing = annotation.partition(" | ")
    if nothing not in {"", "None"} or said not in KINDS or (nothing and value is None):
        return ""
    rule, fits = KINDS[said]
    return "" if fits(value) else f"The «{field.name}» of the {kind} «{name}» must be {rule}; got {repr(value)[:60]}."
