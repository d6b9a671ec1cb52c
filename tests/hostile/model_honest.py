"""Honest files of models, made at run time: plain ones, and hard ones that use names or text which a coarse rule would refuse."""

from __future__ import annotations

import bz2
import collections
import datetime as dt
import decimal
import fractions
import gzip
import io
import json
import operator
import pathlib
import pickle
import re
import tempfile
import uuid
import warnings
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
import pandas as pd
import skops.io
from hostile import model_hdf5
from hostile import opcode as made
from hostile.model_files import Made, config
from hostile.opcode import layer, program, tensor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATE = (
    "{% set ns = namespace(first=true) %}{% for message in messages %}"
    "{% if loop.first and message['role'] == 'system' %}{{ '<|system|>' + message['content'] | trim }}"
    "{% elif message.role == 'user' %}{{ '<|user|>' ~ message.content.strip() }}{% else %}{{ '<|assistant|>' + message['content'] + eos_token }}{% endif %}"
    "{% if '</think>' in message.content %}{{ message.content.split('</think>')[-1].lstrip('\\n') }}{% endif %}{% set ns.first = false %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
TOOLS = (
    "{% macro render(tool, depth=0) %}{% for key, value in tool.items() %}{{ key }}: {{ tool[key] | tojson }}{% endfor %}{% endmacro %}{% if not messages %}"
    "{{ raise_exception('No messages') }}{% endif %}{% for i in range(messages | length - 1, -1, -1) %}{{ messages[i].content }}{{ messages[i - 1]['role'] }}"
    "{% endfor %}{% for tool in tools %}{{ render(tool.function) }}{% endfor %}"
)


def rows() -> tuple[Any, Any]:
    """Small data."""
    x = np.random.default_rng(0).normal(size=(60, 4))
    return x, (x[:, 0] > 0).astype(int)


def fitted() -> dict[str, Any]:
    """Estimators."""
    x, y = rows()
    models = {
        "logistic": LogisticRegression(),
        "forest": RandomForestClassifier(5, random_state=0),
        "boosted": GradientBoostingClassifier(n_estimators=3),
        "histogram": HistGradientBoostingClassifier(max_iter=3),
        "machine": SVC(),
        "neighbours": KNeighborsClassifier(algorithm="kd_tree"),
        "pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
        "calibrated": CalibratedClassifierCV(GaussianNB(), cv=2),
        "isolation": IsolationForest(n_estimators=3, random_state=0),
        "tree": DecisionTreeClassifier(),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: model.fit(x, y) for name, model in models.items()}


def kept(write: Callable[[str], object], ending: str) -> bytes:
    """What a library writes into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"a{ending}"
        write(str(path))
        return path.read_bytes()


def saved(write: Callable[..., object], **arrays: object) -> bytes:
    """What NumPy writes."""
    into = io.BytesIO()
    write(into, **arrays)
    return into.getvalue()


def of_python() -> list[object]:
    """Values of the standard library."""
    now = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    some = [collections.OrderedDict(a=1), collections.Counter("ab"), collections.defaultdict(list, {"a": [1]}), collections.deque([1]), now, now.date()]
    some += [dt.timedelta(1), decimal.Decimal("1.2"), fractions.Fraction(1, 3), uuid.UUID(int=3), {1, 2}, frozenset([1]), bytearray(b"abc")]
    return [*some, b"x" * 300, 1 + 2j, range(3), slice(1, 2), 10**30, -5, 2.5, None, True, pathlib.PurePosixPath("a"), np.float64(3), np.arange(4)]


def plain() -> list[Made]:
    """Honest files as people have them."""
    models, x = fitted(), rows()[0]
    found = {f"{name}.pkl": pickle.dumps(model) for name, model in models.items()}
    found |= {f"protocol_{k}.pkl": pickle.dumps([models["logistic"], {1, 2}, "ü", b"ab\xff", np.arange(5)], k) for k in range(6)}
    found |= {f"{name}.joblib": kept(partial(joblib.dump, models[name]), ".joblib") for name in ("logistic", "forest", "boosted")}
    for way in ("zlib", "gzip", "bz2", "xz", "lzma"):
        found[f"{way}.joblib"] = kept(partial(joblib.dump, models["forest"], compress=(way, 3)), ".joblib")
    found |= {f"{name}.skops": skops.io.dumps(models[name]) for name in ("logistic", "forest", "pipeline", "histogram")}
    found |= _arrays(x) | _containers(x) | _weights() | _texts()
    return [Made(name, data) for name, data in found.items()]


def _arrays(x: Any) -> dict[str, bytes]:  # noqa: ANN401
    return {
        "a.npy": saved(np.save, arr=x),
        "fields.npy": saved(np.save, arr=np.zeros(3, dtype=[("a", "<f4"), ("b", "<i8", (2,))])),
        "object.npy": saved(np.save, arr=np.array([1, "a", None], dtype=object)),
        "a.npz": saved(np.savez, x=x, y=x),
        "zeros.npz": saved(np.savez_compressed, x=np.zeros((2000, 500))),
        "generators.pkl": pickle.dumps([np.random.default_rng(0), np.random.RandomState(0)]),
        "python.pkl": pickle.dumps(of_python()),
        "frame.pkl": pickle.dumps(pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})),
        "three_in_a_row.pkl": pickle.dumps([1]) + pickle.dumps({"a": 2}) + pickle.dumps(x),
    }


def _containers(x: Any) -> dict[str, bytes]:  # noqa: ANN401
    return {
        "packed.pkl.gz": gzip.compress(pickle.dumps(x)),
        "packed.pkl.bz2": bz2.compress(pickle.dumps(x)),
        "packed.pkl.z": zlib.compress(pickle.dumps(x)),
        "folder.zip": made.zipped({"m/a.pkl": pickle.dumps(x), "m/read.txt": b"words"}, zipfile.ZIP_DEFLATED),
        "folder.tar.gz": made.tarred({"m/a.pkl": pickle.dumps(x), "m/config.json": config()}, "w:gz"),
        "state.pt": made.torch(made.weights()),
        "old.pth": made.old_torch(made.weights()),
        "pytorch_model.bin": made.torch(program(tensor(), protocol=2)),
    }


def _weights() -> dict[str, bytes]:
    tensor_of = made.field(1, 4) + made.field(2, 1) + made.field(8, "w") + made.field(9, bytes(16))
    two = {"__metadata__": {"format": "pt"}, "w": made.one_tensor(), "b": made.one_tensor("BF16", (2,), (16, 20))}
    dense = layer("Dense", units=4, activation="relu", kernel_initializer=layer("GlorotUniform", "keras.initializers", seed=None))
    return {
        "model.safetensors": made.safetensors(two, bytes(20)),
        "weights.h5": model_hdf5.files()["weights.h5"],
        "model.h5": model_hdf5.files()["model.h5"],
        "empty.safetensors": made.safetensors({}),
        "model.gguf": made.gguf({"general.architecture": "llama", "tokenizer.chat_template": TEMPLATE}, tensors=2),
        "model.onnx": made.onnx(made.node("Gemm"), made.node("Sigmoid"), tensors=(tensor_of,)),
        "trees.onnx": made.onnx(made.node("TreeEnsembleClassifier", "ai.onnx.ml"), domain="ai.onnx.ml"),
        "dense.keras": made.keras(layer("InputLayer", batch_shape=[None, 4]), dense, layer("Dropout", rate=0.5)),
        "saved_model.pb": made.savedmodel("Placeholder", "VarHandleOp", "MatMul", "SaveV2", "RestoreV2", inside=("Relu", "BiasAdd")),
    }


def _texts() -> dict[str, bytes]:
    shown = {"image/png": "aGVsbG8=", "text/html": "<table><tr><td>1</td></tr></table>"}
    picture: list[object] = [{"output_type": "display_data", "data": shown, "metadata": {}}]
    return {
        "config.json": config(architectures=["LlamaForCausalLM"], torch_dtype="bfloat16", auto_map=None, trust_remote_code=False),
        "tokenizer_config.json": config(chat_template=TEMPLATE, tokenizer_class="LlamaTokenizer"),
        "chat_template.jinja": TOOLS.encode(),
        "model.safetensors.index.json": json.dumps({"metadata": {}, "weight_map": {"w": "model-00001-of-00002.safetensors"}}).encode(),
        "model_index.json": json.dumps({"_class_name": "Pipeline", "unet": ["diffusers", "UNet2DConditionModel"], "safety": [None, None]}).encode(),
        "train.ipynb": made.notebook("import numpy as np\nx = np.arange(3)\n%matplotlib inline\nprint(x.mean())", outputs=picture),
        "params.yaml": b"model:\n  layers: 4  # deep\n  name: 'a'\n- b\n",
        "README.md": b"# A model\n\nWords, `code` and a table.\n",
        "requirements.txt": b"numpy>=2\nscikit-learn==1.9.1  # pinned\n",
        "model.pmml": b'<?xml version="1.0"?>\n<PMML version="4.4"><Header/></PMML>\n',
        "boosted.txt": b"tree\nversion=v4\nnum_class=1\n",
    }


def double(x: Any) -> Any:  # noqa: ANN401
    """A function of the user's own."""
    return 2 * x


def hard() -> list[Made]:
    """Honest files near the edge: what is refused of them must be told with a reason, and may be pinned."""
    x, y = rows()
    words = TfidfVectorizer().fit(["import os system eval exec", "subprocess popen builtins getattr"])
    grid = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2, scoring=make_scorer(accuracy_score)).fit(x, y)
    frame = pd.DataFrame({"a": ["x", "y"], "b": pd.Categorical(["u", "v"]), "c": pd.to_datetime(["2026-01-01", "2026-01-02"])})
    long_text = "{{ 'You are a careful assistant. " + "Answer with sources. " * 20 + "' }}"
    found: dict[str, bytes] = {
        "words.pkl": pickle.dumps(words),
        "grid.pkl": pickle.dumps(grid),
        "log.pkl": pickle.dumps(make_pipeline(FunctionTransformer(np.log1p), StandardScaler())),
        "own_function.pkl": pickle.dumps(FunctionTransformer(double)),
        "partial.pkl": pickle.dumps(FunctionTransformer(partial(np.clip, a_min=0, a_max=1))),
        "getter.pkl": pickle.dumps(operator.itemgetter(1)),
        "bound.pkl": pickle.dumps(LogisticRegression().fit),
        "pattern.pkl": pickle.dumps(re.compile("a+(b|c)")),
        "paths.pkl": pickle.dumps([pathlib.PurePosixPath("/etc/passwd"), "os.system", "c__builtin__\neval\n"]),
        "frame_strings.pkl": pickle.dumps(frame),
        "old_bytes.pkl": pickle.dumps([b"\x80\x04cos\nsystem\n.", bytearray(b"abc"), {1}, complex(1, 2)], 0),
        "masked.pkl": pickle.dumps(np.ma.masked_array([1, 2], mask=[False, True])),
        "object_array.joblib": kept(lambda path: joblib.dump([np.array([{"a": 1}, None], dtype=object), x], path), ".joblib"),
        "pickle_in_bytes.pkl": pickle.dumps({"inner": pickle.dumps({1, 2})}),
        "zeros.joblib": kept(lambda path: joblib.dump(np.zeros(500_000), path, compress=3), ".joblib"),
        "nested.zip": made.zipped({"a.zip": made.zipped({"a.npz": saved(np.savez, x=x)})}, zipfile.ZIP_DEFLATED),
        "long_prompt.gguf": made.gguf({"tokenizer.chat_template": long_text}),
        "tools.gguf": made.gguf({"tokenizer.chat_template": TOOLS}),
        "mentions.md": b"Never call `os.system`; pickle.load(open('x')) is bad.\ncos\nsystem\n",
        "vocabulary.json": json.dumps({"vocab": {"os.system": 1, "eval(": 2, "__class__": 3, "<script>": 4}}).encode(),
        "microsoft.onnx": made.onnx(made.node("FusedMatMul", "com.microsoft")),
        "notebook.ipynb": made.notebook("from sklearn.linear_model import LogisticRegression\nm = LogisticRegression().fit([[0], [1]], [0, 1])"),
    }
    return [Made(name, data) for name, data in found.items()]
