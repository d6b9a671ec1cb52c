"""The public face: what `import keepstone` gives, how little it loads, and that the first example runs."""

from __future__ import annotations

import inspect
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from test_imports import HEAVY, loaded_by

import keepstone as ks
from keepstone.core import errors, origin, part, table
from keepstone.lifecycle.api import assess
from keepstone.lifecycle.shown import Result
from keepstone.lifecycle.triaging import triage

TOP = Path(__file__).parent.parent


def test_every_public_name_is_there() -> None:
    for name in ks.__all__:
        assert getattr(ks, name) is not None
    assert dir(ks) == sorted(ks.__all__)
    homes = {name: getattr(home, name) for home in (errors, origin, part, table) for name in ks.__all__ if hasattr(home, name)}
    assert {**homes, "assess": assess, "Result": Result, "triage": triage, "__version__": ks.__version__} == {name: getattr(ks, name) for name in ks.__all__}


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'asses'"):
        _ = ks.asses  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert ks.__version__ == version("keepstone")


def test_names_are_loaded_when_they_are_asked_for() -> None:
    assert not {name for name in loaded_by("import keepstone") if name in HEAVY | {"numpy", "msgspec", "jinja2", "rich", "click"}}
    assert not loaded_by("import keepstone; keepstone.Feature, keepstone.Hazard, keepstone.part, keepstone.InputError") & HEAVY
    assert not loaded_by("import keepstone; keepstone.Result") & {"pandas", "sklearn", "torch", "matplotlib"}
    assert not loaded_by("import keepstone; keepstone.assess") & {"pandas", "sklearn", "torch", "matplotlib"}


def seconds(code: str) -> float:
    """The least of several starts of an interpreter: what it costs on a quiet machine."""
    best = float("inf")
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-c", code], check=True)
        best = min(best, time.perf_counter() - began)
    return best


def test_the_import_takes_less_than_five_bare_starts() -> None:
    assert seconds("import keepstone") < 5 * seconds("pass")


def test_every_argument_is_told() -> None:
    told = inspect.getdoc(assess) or ""
    arguments = told.partition("Args:")[2].partition("Returns:")[0]
    assert [name for name in inspect.signature(assess).parameters if f"\n    {name}: " not in arguments] == []


def test_pandas_is_never_needed_for_arrays() -> None:
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "import numpy as np, keepstone as ks\n"
        "x = np.arange(400.0).reshape(200, 2) % 11\n"
        "result = ks.assess(lambda rows: rows[:, 0] / 11, x, x[:, 0] > 5, only='robustness')\n"
        "print(result.verdict.safety)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "incomplete", done.stderr


def test_real_areas_answer() -> None:
    x = np.column_stack([np.arange(400) % 11, np.arange(400) % 7]).astype(np.float64)
    result = ks.assess(lambda rows: np.where(rows[:, 0] > 5, 0.9, 0.1), x, x[:, 0] > 5, threshold=0.5, only=("robustness", "control"))
    assert {one.area for one in result.findings} >= {"robustness"}
    assert len(result.document.areas) == 12
    assert all("«" in one.why or one.why for one in result.document.unmeasured)


@pytest.mark.slow
def test_the_first_example_runs(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(TOP / "examples" / "minimal_api.py")], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "Safety" in done.stdout
    assert (tmp_path / "report.html").is_file()
