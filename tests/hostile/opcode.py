"""Pickles, archives and headers made byte by byte, for files that no honest writer writes."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tarfile
import zipfile

STOP = b"."


def named(module: str, name: str) -> bytes:
    """GLOBAL."""
    return f"c{module}\n{name}\n".encode()


def text(value: str) -> bytes:
    """SHORT_BINUNICODE, or the long one."""
    raw = value.encode()
    return b"\x8c" + bytes([len(raw)]) + raw if len(raw) < 256 else b"X" + struct.pack("<I", len(raw)) + raw


def call(module: str, name: str, *arguments: bytes) -> bytes:
    """Call something with arguments that are opcodes already."""
    return named(module, name) + b"(" + b"".join(arguments) + b"tR"


def program(*pieces: bytes, protocol: int = 4) -> bytes:
    """A whole pickle."""
    return b"\x80" + bytes([protocol]) + b"".join(pieces) + STOP


class Calls:
    """Pickles as a call of a thing that is named alone."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.what = (function, arguments)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.what


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return into.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    """A tar archive, "w:gz" for a compressed one."""
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return into.getvalue()


def torch(pickled: bytes, storages: dict[str, bytes] | None = None) -> bytes:
    """A file as torch writes it since 1.6."""
    members = {"archive/data.pkl": pickled, "archive/byteorder": b"little", "archive/version": b"3\n"}
    return zipped(members | {f"archive/data/{key}": data for key, data in (storages or {"0": bytes(16)}).items()})


def tensor(key: str = "0", count: int = 4, kind: str = "FloatStorage") -> bytes:
    """The opcodes of a tensor of torch."""
    storage = b"(" + text("storage") + named("torch", kind) + text(key) + text("cpu") + b"J" + struct.pack("<i", count) + b"tQ"
    size = b"K" + bytes([count]) + b"\x85"
    hooks = named("collections", "OrderedDict") + b")R"
    return call("torch._utils", "_rebuild_tensor_v2", storage, b"K\x00", size, b"K\x01\x85", b"\x89", hooks)


def weights() -> bytes:
    """A pickle of torch: one tensor by its name."""
    return program(named("collections", "OrderedDict"), b")R(", text("w"), tensor(), b"u", protocol=2)


def old_torch(pickled: bytes, storages: bytes = struct.pack("<q", 4) + bytes(16)) -> bytes:
    """A file as torch wrote it before 1.6."""
    machine = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    heads = [pickle.dumps(one, 2) for one in (0x1950A86A20F9469CFC6C, 1001, machine)]
    return b"".join(heads) + pickled + pickle.dumps(["0"], 2) + storages


def safetensors(header: object, data: bytes = b"") -> bytes:
    """A file of safetensors with this header: a table, or its bytes."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + data


def one_tensor(dtype: str = "F32", shape: tuple[int, ...] = (4,), span: tuple[int, int] = (0, 16)) -> dict[str, object]:
    """An entry of a header of safetensors."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(span)}


def gguf(keys: dict[str, str], *, tensors: int = 1, counts: tuple[int, int] | None = None, shape: int = 8, tail: bytes = bytes(32)) -> bytes:
    """A file of GGUF with texts, and tensors of numbers of four bytes."""

    def said(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    body = struct.pack("<IQQ", 3, *(counts or (tensors, len(keys))))
    body += b"".join(said(key) + struct.pack("<I", 8) + said(value) for key, value in keys.items())
    body += b"".join(said(f"t{k}") + struct.pack("<IQIQ", 1, shape, 0, 32 * k) for k in range(tensors))
    body = b"GGUF" + body
    return body + bytes(-len(body) % 32) + tail * tensors


def field(number: int, value: int | bytes | str) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def varint(value: int) -> bytes:
    """A whole number of a protocol buffer."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def onnx(*nodes: bytes, tensors: tuple[bytes, ...] = (), domain: str = "", more: bytes = b"") -> bytes:
    """A model of ONNX."""
    graph = b"".join(field(1, one) for one in nodes) + field(2, "g") + b"".join(field(5, one) for one in tensors)
    return field(1, 8) + field(2, "maker") + field(7, graph) + field(8, field(1, domain) + field(2, 17)) + more


def node(operator: str, domain: str = "", attribute: bytes = b"") -> bytes:
    """An operator of ONNX."""
    return field(1, "x") + field(2, "y") + field(4, operator) + (field(7, domain) if domain else b"") + (field(5, attribute) if attribute else b"")


def outside(location: str, length: str = "16") -> bytes:
    """A tensor of ONNX whose data lies elsewhere."""
    place = field(13, field(1, "location") + field(2, location)) + field(13, field(1, "length") + field(2, length))
    return field(1, 4) + field(2, 1) + field(8, "w") + place + field(14, 1)


def savedmodel(*operators: str, inside: tuple[str, ...] = ()) -> bytes:
    """A SavedModel with operators in its graph, and others in a function."""
    graph = b"".join(field(1, field(1, f"n{k}") + field(2, one)) for k, one in enumerate(operators))
    library = field(2, field(1, b"".join(field(3, field(1, "f") + field(2, one)) for one in inside))) if inside else b""
    return field(1, 1) + field(2, field(2, graph + library))


def keras(*layers: dict[str, object]) -> bytes:
    """A file as Keras 3 writes it, without its weights."""
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}, "registered_name": None}
    return zipped({"metadata.json": b'{"keras_version": "3.8.0"}', "config.json": json.dumps(model).encode()})


def layer(name: str, module: str = "keras.layers", registered: str | None = None, **config: object) -> dict[str, object]:
    """A layer of Keras."""
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


def notebook(*cells: str, outputs: list[object] | None = None) -> bytes:
    """A notebook of code cells."""
    made = [{"cell_type": "code", "metadata": {}, "source": one, "outputs": outputs or [], "execution_count": 1} for one in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()
