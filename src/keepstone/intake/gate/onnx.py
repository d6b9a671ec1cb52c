"""ONNX: operators of listed domains alone, and tensor data in the file or beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keepstone.intake.gate.listed import words
from keepstone.intake.gate.source import Refused, Source
from keepstone.intake.gate.wire import fields, inner, text
from keepstone.intake.gate.zips import climbs

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look

MODEL = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})
DEEPEST = 16
SIZES = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2}
Value = int | Source


def is_model(source: Source, look: Look) -> bool:
    """Whether bytes are a model of ONNX: a version, and a graph."""
    try:
        seen = dict(fields(source, look.budget))
    except Refused:
        return False
    return set(seen) <= MODEL and isinstance(seen.get(1), int) and isinstance(seen.get(7), Source) and isinstance(seen.get(8), Source)


def read(source: Source, look: Look) -> str:
    """Judge a model.

    Raises:
        Refused: It is broken.
    """
    for number, value in fields(source, look.budget):
        if number == 7:
            _graph(value, look, 0)
        elif number == 8:
            _domain(_first(value, 1, look), look, "imports")
        elif number == 25:
            _function(value, look)
        elif number == 20:
            look.unsure("onnx.domain", "instructions for training")
        elif number not in MODEL:
            raise Refused("file.broken", f"field {number} is not of the format")
    return "onnx"


def _first(value: Value, wanted: int, look: Look) -> str:
    return next((text(one) for number, one in inner(value, look.budget) if number == wanted), "")


def _domain(domain: str, look: Look, what: str) -> None:
    if domain and domain not in words("onnx_domains"):
        look.unsure("onnx.domain", f"{what} {domain!r}")


def _function(value: Value, look: Look) -> None:
    for number, one in inner(value, look.budget):
        if number == 7:
            _node(one, look, 1)
        elif number == 10:
            _domain(text(one), look, "a function of")
        elif number == 9:
            _domain(_first(one, 1, look), look, "imports")


def _graph(value: Value, look: Look, depth: int) -> None:
    if depth > DEEPEST:
        raise Refused("file.large", f"graphs in graphs, deeper than {DEEPEST}")
    for number, one in inner(value, look.budget):
        if number == 1:
            _node(one, look, depth)
        elif number == 5:
            _tensor(one, look)
        elif number == 15:
            _sparse(one, look)


def _sparse(value: Value, look: Look) -> None:
    for number, one in inner(value, look.budget):
        if number in {1, 2}:
            _tensor(one, look)


def _node(value: Value, look: Look, depth: int) -> None:
    operator = ""
    for number, one in inner(value, look.budget):
        if number == 4:
            operator = text(one)
        elif number == 7:
            _domain(text(one), look, "an operator of")
        elif number == 5:
            _attribute(one, look, depth)
    if operator in words("onnx_code"):
        look.hostile("onnx.domain", f"the operator {operator!r} runs code")


def _attribute(value: Value, look: Look, depth: int) -> None:
    for number, one in inner(value, look.budget):
        if number in {6, 11}:
            _graph(one, look, depth + 1)
        elif number in {5, 10}:
            _tensor(one, look)
        elif number in {22, 23}:
            _sparse(one, look)


def _tensor(value: Value, look: Look) -> None:
    shape, found, place = list[int](), dict[int, Value](), dict[str, str]()
    for number, one in inner(value, look.budget):
        found[number] = one
        if number == 1:
            shape += _dims(one, look)
        elif number == 13:
            place[_first(one, 1, look)] = _first(one, 2, look)
    raw, size = found.get(9), SIZES.get(kind) if isinstance(kind := found.get(2), int) else None
    if place or found.get(14) == 1:
        _external(place, look)
    elif isinstance(raw, Source) and size and raw.size != math.prod(shape) * size:
        raise Refused("file.broken", f"a tensor of shape {tuple(shape)} has {raw.size:,} bytes")


def _dims(value: Value, look: Look) -> list[int]:
    if isinstance(value, int):
        return [value]
    found, at, number = [], 0, 0
    for byte in value.head(1024):
        number |= (byte & 0x7F) << at
        at += 7
        if byte < 0x80:
            found.append(number)
            at, number = 0, 0
    look.budget.step(len(found))
    return found


def _external(place: dict[str, str], look: Look) -> None:
    """Data outside must be a plain file in the same folder, and long enough."""
    name = place.get("location", "")
    if climbs(name):
        look.hostile("onnx.data", f"at {name!r}")
        return
    if look.folder is None:
        look.unsure("onnx.data", f"at {name!r}, outside of the archive")
        return
    path = look.folder / name
    parts = [look.folder.joinpath(*path.relative_to(look.folder).parts[: k + 1]) for k in range(len(path.relative_to(look.folder).parts))]
    if any(part.is_symlink() for part in parts):
        look.hostile("onnx.data", f"{name!r} is a link")
    elif not path.is_file():
        look.unsure("onnx.data", f"{name!r} is not there")
    elif _number(place, "offset") + _number(place, "length") > path.stat().st_size:
        look.unsure("onnx.data", f"{name!r} is shorter than it should be")


def _number(place: dict[str, str], key: str) -> int:
    given = place.get(key, "0")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refused("onnx.data", f"the {key} {given[:40]!r} is no number")
    return int(given)
