"""What a file is, by its content; and what its name says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.intake.gate import hdf5, numpy_arrays, onnx, safetensors, savedmodel, tars, zips
from keepstone.intake.gate.texts import is_plain

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

HEAD = 4096
BEGINNINGS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"]\0\0": "lzma",
    numpy_arrays.MAGIC: "npy",
    hdf5.MAGIC: "hdf5",
    b"GGUF": "gguf",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"MSCF": "cab",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\xcf\xfa\xed\xfe": "a program",
    b"CBM1": "catboost",
    b"ZF": "joblib's oldest form",
    b"ggml": "ggml",
    b"ggjt": "ggml",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"%PDF": "pdf",
}
UNREAD = frozenset(
    {"lz4", "zstandard", "7z", "rar", "cab", "a program", "catboost", "joblib's oldest form", "ggml", "pdf", "tflite", "unknown", "lz4 in joblib"}
)
PROTOCOLS = frozenset({b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"\x80\x00", b"\x80\x01"})
ANYTHING = frozenset({"gzip", "bzip2", "xz", "lzma", "zlib"})

_PICKLED = frozenset({"pickle", "torch"}) | ANYTHING
NAMED: dict[str, frozenset[str]] = {
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".sav", ".p", ".dill", ".cloudpickle"), _PICKLED),
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".bin", ".torch"), frozenset({"pickle", "zip", "tar"})),
    **dict.fromkeys((".zip", ".npz", ".keras", ".skops", ".mar", ".pt2"), frozenset({"zip"})),
    **dict.fromkeys((".tar", ".nemo"), frozenset({"tar"})),
    **dict.fromkeys((".gz", ".tgz"), frozenset({"gzip"})),
    **dict.fromkeys((".bz2", ".tbz2"), frozenset({"bzip2"})),
    **dict.fromkeys((".xz", ".txz"), frozenset({"xz"})),
    ".lzma": frozenset({"lzma"}),
    **dict.fromkeys((".z", ".zlib"), frozenset({"zlib"})),
    ".npy": frozenset({"npy"}),
    **dict.fromkeys((".h5", ".hdf5"), frozenset({"hdf5"})),
    ".gguf": frozenset({"gguf"}),
    ".safetensors": frozenset({"safetensors"}),
    ".onnx": frozenset({"onnx"}),
    ".pb": frozenset({"savedmodel", "protobuf"}),
    ".png": frozenset({"png"}),
    **dict.fromkeys((".jpg", ".jpeg"), frozenset({"jpeg"})),
    **dict.fromkeys((".json", ".ipynb"), frozenset({"json"})),
    **dict.fromkeys((".pmml", ".xml"), frozenset({"markup"})),
    **dict.fromkeys((".txt", ".md", ".csv", ".tsv", ".jsonl", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".jinja", ".rst"), frozenset({"text", "json"})),
}
"""By a name's ending, what its content may be. Of other endings nothing is asked."""


def kind_of(source: Source, look: Look) -> str:
    """What bytes are.

    Args:
        source: The bytes.
        look: At them.

    Returns:
        A name of a format; "unknown" where it is none that is known.
    """
    head = source.head(HEAD)
    if not head:
        return "empty"
    found = next((kind for start, kind in BEGINNINGS.items() if head.startswith(start)), "")
    if found in {"png", "jpeg", "zip"} or (found and not is_plain(head)):
        return found
    return _by_structure(source, head, look)


def _by_structure(source: Source, head: bytes, look: Look) -> str:
    if head[:2] in PROTOCOLS or head[4:8] == b"TFL3":
        return "pickle" if head[0] == 0x80 else "tflite"
    if tars.is_tar(head):
        return "tar"
    if safetensors.begins(head, source.size):
        return "safetensors"
    if is_plain(head):
        return _text(head, look)
    if (head[0] & 15) == 8 and head[0] >> 4 <= 7 and int.from_bytes(head[:2], "big") % 31 == 0:
        return "zlib"
    return _by_name(source, look)


def _text(head: bytes, look: Look) -> str:
    if look.ending in {".pkl", ".pickle", ".joblib", ".sav", ".p", ".dill"} or (look.ending in {".pt", ".pth", ".bin", ".ckpt"} and head[:1] in b"(]}c"):
        return "pickle"
    bare = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if bare.startswith(b"<") and look.ending in {".xml", ".pmml", ".svg", ".html", ""}:
        return "markup"
    return "json" if bare[:1] in {b"{", b"["} and look.ending in {".json", ".ipynb", ""} else "text"


def _by_name(source: Source, look: Look) -> str:
    """Formats without a beginning of their own: the name says which to try, then the content must be it."""
    if look.ending in {".pkl", ".pickle", ".joblib", ".sav", ".p", ".dill"}:
        return "pickle"
    if look.ending == ".pb":
        return "savedmodel" if savedmodel.is_model(source, look) else "protobuf"
    if look.ending == ".onnx" or source.head(1) == b"\x08":
        return "onnx" if onnx.is_model(source, look) else "unknown"
    return "unknown"


def hides_zip(source: Source) -> bool:
    """Whether an archive lies at the end of bytes that begin as something else."""
    return zips.ends(source) >= 0
