"""Files of models that are small and cost much: in memory, in time, or in entries. None of them is ever loaded."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import struct
import zipfile
import zlib

from hostile import opcode as made
from hostile.model_files import Made, npy
from hostile.opcode import call, named, program, text

MEBI = 1 << 20


def _nested(depth: int) -> bytes:
    data = b"x"
    for _ in range(depth):
        data = made.zipped({"a.zip": data}, zipfile.ZIP_DEFLATED)
    return data


def _overlapping() -> bytes:
    """Two members whose directory entries lead to the same bytes."""
    data = bytearray(made.zipped({"a": b"x" * 100, "b": b"y" * 100}))
    first, second = data.find(b"PK\x01\x02"), data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def _zeros(size: int) -> list[bytes]:
    return [bytes(MEBI)] * (size // MEBI)


def _lying_zip() -> bytes:
    good = made.zipped({"a": bytes(MEBI)}, zipfile.ZIP_DEFLATED)
    return good.replace(struct.pack("<I", MEBI), struct.pack("<I", 10))


def _xz_memory() -> bytes:
    return lzma.compress(b"x" * 1000, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 30, "preset": 0}])


def _gzip_long() -> bytes:
    packer, pieces = zlib.compressobj(9, wbits=31), list[bytes]()
    pieces.extend(packer.compress(piece) for piece in _zeros(64 * MEBI))
    return b"".join([*pieces, packer.flush()])


def bombs() -> list[Made]:
    """Bombs, most of a few bytes."""
    entry = b'"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},'
    many = b"{" + b"".join(entry % k for k in range(300_000)) + b'"z":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
    tar = bytearray(made.tarred({"a": b"x"}))
    tar[124:136] = b"77777777777\0"
    tar[148:156] = b"%06o\0 " % (sum(tar[:148]) + 256 + sum(tar[156:512]))
    deep_graph = made.node("Add")
    for _ in range(64):
        deep_graph = made.node("If", "", made.field(6, made.field(1, deep_graph)))
    found = {
        "long.pkl.gz": _gzip_long(),
        "long.pkl.bz2": bz2.compress(bytes(64 * MEBI)),
        "long.pkl.xz": lzma.compress(bytes(64 * MEBI), preset=0),
        "memory.pkl.lzma": _xz_memory(),
        "long.zip": made.zipped({"a": bytes(64 * MEBI)}, zipfile.ZIP_DEFLATED),
        "nested.zip": _nested(6),
        "nested.pkl.gz": gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"x"))))),
        "overlapping.zip": _overlapping(),
        "lying.zip": _lying_zip(),
        "size.tar": bytes(tar),
        "memo.pkl": program(b"Nr\xff\xff\xff\x7f"),
        "bytearray.pkl": program(call("builtins", "bytearray", b"\x8a\x05\x00\x00\x00\x00\x10")),
        "array.pkl": program(call("numpy.core.multiarray", "_reconstruct", named("numpy", "ndarray"), b"\x8a\x05\x00\x00\x00\x00\x10\x85", b"C\x01b")),
        "fraction.pkl": program(call("fractions", "Fraction", text("1e999999999"))),
        "range.pkl": program(call("builtins", "list", call("builtins", "range", b"\x8a\x05\x00\x00\x00\x00\x10"))),
        "counter.pkl": program(call("collections", "Counter", call("builtins", "range", b"\x8a\x05\x00\x00\x00\x00\x10"))),
        "ndarray.pkl": program(call("numpy", "ndarray", b"\x8a\x05\x00\x00\x00\x00\x10\x85")),
        "sparse.pkl": program(call("scipy.sparse._csr", "csr_matrix", b"\x8a\x05\x00\x00\x00\x00\x10K\x01\x86")),
        "length.pkl": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60) + b"x.",
        "opcodes.pkl": program(b"N0" * 2_000_000, b"N"),
        "doubled.pkl": program(b"]", b"\x94" + b"2\x86" * 40),
        "shape.npy": npy(bytes(8), "<f8", "(1152921504606846976,)"),
        "header.npy": b"\x93NUMPY\x02\x00" + struct.pack("<I", 1 << 31) + b" " * 64,
        "parentheses.npy": b"\x93NUMPY\x01\x00" + struct.pack("<H", 9000) + b"(" * 9000,
        "deep.json": b"[" * 100_000 + b"]" * 100_000,
        "deep_tables.json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "many.json": b"[" + b"[]," * 5_000_000 + b"1]",
        "entries.safetensors": made.safetensors(many),
        "length.safetensors": struct.pack("<Q", 1 << 31) + b"{" + bytes(64),
        "counts.gguf": made.gguf({}, counts=(1 << 60, 1 << 60)),
        "keys.gguf": made.gguf({}, counts=(0, 1 << 40)),
        "graphs.onnx": made.onnx(deep_graph),
        "parentheses.jinja": b"{{ " + b"(" * 30_000 + b"1" + b")" * 30_000 + b" }}",
        "loops.jinja": b"{% for a in b %}" * 2000 + b"{% endfor %}" * 2000,
        "deep.ipynb": made.notebook("(" * 50_000),
        "repeat.keras": made.zipped({"metadata.json": b"{}", "config.json": json.dumps(_nest(400)).encode()}),
    }
    return [Made(name, data) for name, data in found.items()]


def _nest(depth: int) -> dict[str, object]:
    value: dict[str, object] = {"class_name": "MyLayer"}
    for _ in range(depth):
        value = {"class_name": "Sequential", "config": value}
    return value
