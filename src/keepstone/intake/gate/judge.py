"""The dispatcher: what a file is by its content goes to its reader; the name must agree; what nobody reads does not pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from keepstone.intake.gate import (
    config,
    formats,
    gguf,
    hdf5,
    keras,
    notebook,
    numpy_arrays,
    onnx,
    packed,
    pickles,
    safetensors,
    savedmodel,
    skops,
    tars,
    template,
    zips,
)
from keepstone.intake.gate.source import Refused
from keepstone.intake.gate.texts import parse

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

CODE = frozenset({".py", ".pyc", ".pyo", ".pyd", ".pyx", ".so", ".dll", ".dylib", ".sh", ".bat", ".ps1", ".js", ".lua", ".r", ".jl", ".exe", ".jar", ".pth.py"})
LARGEST_TEXT = 64 << 20
RAW = ("variables.index", "variables.data-")


def judge(source: Source, look: Look) -> str:
    """Judge bytes; the reasons go into the look.

    Args:
        source: The bytes.
        look: At them.

    Returns:
        What they are.
    """
    try:
        kind = formats.kind_of(source, look)
        _name(kind, source, look)
        if kind != "pickle" and pickles.runs_as_pickle(source):
            look.hostile("file.polyglot", f"{kind}, and a pickle that runs something")
        if kind != "zip" and look.depth == 0 and formats.hides_zip(source):
            look.hostile("file.polyglot", f"{kind}, and a zip archive at the end")
        return READERS.get(kind, _unread)(source, look) or kind
    except Refused as error:
        look.refused(error)
    except (RecursionError, MemoryError):
        look.unsure("file.large", "nested deeper, or larger, than the gate reads")
    return "unknown"


def _name(kind: str, source: Source, look: Look) -> None:
    """Compare the content with the name."""
    del source
    if look.ending in CODE:
        look.unsure("code.file", f"«{look.name}»")
    fits = formats.NAMED.get(look.ending)
    if look.within == "storage" or (look.within == "torch" and look.ending == ".pkl"):
        return
    if fits is not None and kind not in fits and kind != "empty":
        look.unsure("file.name", f"named «{look.ending}», but {kind} by its content")


def _unread(source: Source, look: Look) -> str:
    raw = look.within == "storage" or look.name.startswith(RAW)
    if raw and look.ending != ".pkl":
        return "raw numbers"
    look.unsure("file.format", f"{formats.kind_of(source, look)}: not a format that the gate reads")
    return ""


def _pickle(source: Source, look: Look) -> str:
    if look.within == "storage":
        if pickles.runs_as_pickle(source):
            look.hostile("file.polyglot", "numbers that run something when they are taken for a pickle")
        return "raw numbers"
    return pickles.read(source, look)


def _npy(source: Source, look: Look) -> str:
    start = numpy_arrays.read(source, look)
    return f"npy with {pickles.read(source, look, start)}" if start else "npy"


def _json(source: Source, look: Look) -> str:
    if source.size > LARGEST_TEXT:
        raise Refused("file.large", "JSON of more than 64 MiB")
    value = parse(source.whole().removeprefix(b"\xef\xbb\xbf"), look.budget)
    config.read(value, look)
    if isinstance(value, dict) and ("nbformat" in value or look.ending == ".ipynb"):
        notebook.read(value, look)
        return "notebook"
    if look.within == "skops" and look.name == "schema.json":
        skops.read(value, look)
    if look.within in {"keras", "hdf5"} or (isinstance(value, dict) and "class_name" in value):
        keras.read(value, look)
    return "json"


def _text(source: Source, look: Look) -> str:
    """Plain text: to be read to its end, since only its beginning was looked at."""
    if source.size > LARGEST_TEXT:
        raise Refused("file.large", "text of more than 64 MiB")
    data = source.whole()
    if b"\0" in data:
        raise Refused("file.polyglot", "text that holds bytes that are none")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("file.broken", "text that is not UTF-8") from error
    if data.startswith(b"#!"):
        look.unsure("code.file", f"«{look.name}» begins as a script")
    _worded(text, look)
    return "text"


def _worded(text: str, look: Look) -> None:
    """Text that a loader takes for more than text."""
    if look.ending in {".yaml", ".yml"}:
        config.read_yaml(text, look)
    elif look.ending in {".jinja", ".jinja2", ".j2"}:
        template.read(text, look)
    elif look.name.startswith("requirements") or look.ending == ".in":
        config.read_requirements(text, look)


def _markup(source: Source, look: Look) -> str:
    """Markup of models (PMML): without entities, instructions and what is fetched."""
    text = source.head(LARGEST_TEXT).decode("utf-8", "replace")
    folded = text.casefold()
    if "<!doctype" in folded or "<!entity" in folded:
        look.hostile("text.markup", "defines a document type or entities")
    if "xinclude" in folded or "<?xml-stylesheet" in folded or "<script" in folded:
        look.hostile("text.markup", "includes or runs something")
    if "<extension" in folded or "<pmml" not in folded:
        look.unsure("text.markup", "no PMML, or PMML with extensions")
    return "markup"


def _picture(source: Source, look: Look) -> str:
    """A picture on a model's page: nothing may follow its end."""
    end = source.head(12, max(0, source.size - 12))
    if not end.endswith((b"IEND\xaeB`\x82", b"\xff\xd9")):
        look.unsure("file.polyglot", "something follows the end of the picture")
    return ""


def _protobuf(source: Source, look: Look) -> str:
    if look.name == "keras_metadata.pb":
        return savedmodel.read_metadata(source, look)
    if look.name == "fingerprint.pb" and source.size < 4096:
        return "fingerprint"
    return _unread(source, look)


def _zip(source: Source, look: Look) -> str:
    kind = zips.read(source, look)
    if look.ending == ".skops" and kind != "skops":
        look.unsure("file.name", "named «.skops», but it has no schema.json")
    return kind


def _packed(kind: str, source: Source, look: Look) -> str:
    return packed.read(source, look, kind)


READERS: dict[str, Callable[[Source, Look], str]] = {
    "empty": lambda _source, _look: "",
    "pickle": _pickle,
    "npy": _npy,
    "zip": _zip,
    "tar": tars.read,
    "safetensors": safetensors.read,
    "gguf": gguf.read,
    "onnx": onnx.read,
    "savedmodel": savedmodel.read,
    "protobuf": _protobuf,
    "hdf5": hdf5.read,
    "json": _json,
    "text": _text,
    "markup": _markup,
    "png": _picture,
    "jpeg": _picture,
    **{kind: partial(_packed, kind) for kind in packed.STREAMS},
}
