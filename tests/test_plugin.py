"""The pytest plugin, in runs of its own: a fixture, two options, the report's path, and no cost where it is not used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = """
import numpy as np

X = np.arange(400.0).reshape(200, 2) % 11
Y = X[:, 0] > 5

def model(rows):
    return np.where(rows[:, 0] > 5, 0.9, 0.1)
"""


def run(folder: Path, test: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one file, with the plugin by its module's name whether or not it is installed."""
    (folder / "test_it.py").write_text(MODEL + test, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    chosen = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:keepstone", "-p", "keepstone.pytest_plugin", *options]
    return subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_a_test_insists_and_finds_its_report(tmp_path: Path) -> None:
    test = """
def test_model(keepstone):
    result = keepstone(model, X, Y, threshold=0.5, only="robustness")
    assert result.document.seed == 11
    result.require("robustness", accept_open=True)
"""
    done = run(tmp_path, test, "--keepstone-out", "reports", "--keepstone-seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    folder = tmp_path / "reports" / "test_it-py--test_model"
    assert {"plan.json", "losses.jsonl", "result.json", "report.html"} <= {path.name for path in folder.iterdir()}
    assert json.loads((folder / "result.json").read_bytes())["system"]["name"] == "test_model"
    assert "test_it.py::test_model: <keepstone.Result of 'test_model': safety" in done.stdout
    assert str(Path("reports") / "test_it-py--test_model" / "report.html") in done.stdout


def test_a_refusal_names_what_is_open(tmp_path: Path) -> None:
    test = """
def test_model(keepstone):
    keepstone(model, X, Y, only="robustness").require("safety")
"""
    done = run(tmp_path, test)
    assert done.returncode == 1
    assert "RequirementError: Required, but safety" in done.stdout
    assert "robustness." in done.stdout
    assert "report.html" in done.stdout


def test_each_assessment_has_its_folder(tmp_path: Path) -> None:
    test = """
def test_model(keepstone):
    first = keepstone(model, X, Y, only="control", seed=3)
    second = keepstone(model, X, Y, only="control", seed=3, name="other")
    assert (first.document.seed, second.document.system.name) == (3, "other")
    keepstone(model, X, Y, only="control", out=None)
"""
    done = run(tmp_path, test, "--keepstone-out", str(tmp_path / "all"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == ["test_it-py--test_model", "test_it-py--test_model-2"]
    assert done.stdout.count("report.html") == 2


def test_what_is_not_used_costs_nothing(tmp_path: Path) -> None:
    test = """
import sys

def test_nothing():
    loaded = {name for name in sys.modules if name.startswith("keepstone")}
    assert loaded == {"keepstone", "keepstone.pytest_plugin"}
"""
    (tmp_path / "test_plain.py").write_text(test, encoding="utf-8")
    chosen = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:keepstone", "-p", "keepstone.pytest_plugin"]
    done = subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert "keepstone" not in done.stdout


def test_the_entry_point_is_declared() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"keepstone": "keepstone.pytest_plugin"}


@pytest.mark.parametrize("option", ["--keepstone-out", "--keepstone-seed"])
def test_the_options_are_explained(option: str, tmp_path: Path) -> None:
    chosen = ["-p", "no:keepstone", "-p", "keepstone.pytest_plugin", "--help"]
    done = subprocess.run([sys.executable, "-m", "pytest", *chosen], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert option in done.stdout
