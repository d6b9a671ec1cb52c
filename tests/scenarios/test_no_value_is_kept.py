"""A model whose exceptions quote the user's rows: no file that the run writes holds what they say, and the terminal does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "minimal"
SECRETS = ("Jane Doe of row", "Richard Roe of row")
MODEL = """
import numpy as np
from sklearn.linear_model import LogisticRegression


def fit(x, y):
    if len(np.unique(x, axis=0)) < len(x):
        raise ValueError(f"Richard Roe of row {x[0, 0]} stands twice")
    return LogisticRegression(max_iter=20).fit(x / 1000, y)


def score(x):
    if (x[:, 0] > 20).any():
        raise KeyError(f"could not convert: Jane Doe of row {x[0, 0]}")
    return x[:, 0] / 30
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quoting")
    shutil.copytree(EXAMPLE, folder / "made")
    (folder / "made" / "model.py").write_text(MODEL)
    system = folder / "made" / "system.toml"
    text = system.read_text().replace('fit = "model.py:fit"', 'fit = "model.py:fit"\ncall = "model.py:score"').replace("recall = 0.95", "threshold = 0.5")
    system.write_text(text)
    return folder


def test_what_an_exception_quotes_is_in_no_file(folder: Path) -> None:
    words = [sys.executable, "-m", "keepstone", "assess", "made/system.toml", "--only", "robustness", "--out", "out", "--workers", "1"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode in {1, 4}, done.stderr
    result = (folder / "out" / "result.json").read_text()
    for kind in ("KeyError", "could not train: ValueError"):
        assert kind in result
    files = [path for path in (folder / "out").rglob("*") if path.is_file()]
    assert any(path.suffix == ".npz" for path in files)
    for secret in SECRETS:
        assert secret in done.stderr
        assert secret not in done.stdout
        for path in files:
            held = path.read_bytes()
            assert secret.encode() not in held, path
            assert secret.encode("utf-32-le") not in held, path
