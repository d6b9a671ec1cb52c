"""Write the gate's list of library names, `src/keepstone/intake/gate/libraries.toml`, from what is installed: whole names, adding to those that stand there.

A name is on the list if the library itself defines it, in a module that only computes: estimators, their trees and losses, kernels and metrics, distributions
and sparse matrices, frames and indices, universal functions. Run it where another version of the library is installed, and its names are added.

    python tools/allow_list.py
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).parent.parent / "src/keepstone/intake/gate/libraries.toml"
LEFT_OUT = (
    "datasets",
    "externals",
    "testing",
    "_testing",
    "tests",
    "conftest",
    "_build_utils",
    "_arpack",
    "io",
    "_array_api",
    "plotting",
    "test",
    "inspection",
    "callback",
    "parallel",
)
PANDAS = {
    "pandas": "DataFrame Series Index RangeIndex Categorical Timestamp Timedelta Interval MultiIndex CategoricalDtype StringDtype DatetimeTZDtype Int64Dtype",
    "pandas.arrays": "StringArray DatetimeArray TimedeltaArray IntegerArray FloatingArray BooleanArray NumpyExtensionArray Categorical",
    "pandas.core.frame": "DataFrame",
    "pandas.core.series": "Series",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pandas.core.indexes.base": "Index",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas.core.indexes.multi": "MultiIndex",
    "pandas.core.indexes.datetimes": "DatetimeIndex",
    "pandas.core.indexes.category": "CategoricalIndex",
    "pandas.core.arrays.categorical": "Categorical",
    "pandas.core.arrays.datetimes": "DatetimeArray",
    "pandas.core.arrays.string_": "StringArray StringDtype",
    "pandas.core.arrays.numpy_": "NumpyExtensionArray",
    "pandas.core.arrays.integer": "IntegerArray Int64Dtype Int32Dtype",
    "pandas.core.arrays.floating": "FloatingArray Float64Dtype",
    "pandas.core.arrays.boolean": "BooleanArray BooleanDtype",
    "pandas.core.dtypes.dtypes": "CategoricalDtype DatetimeTZDtype",
    "pandas.core.flags": "Flags",
}
FUNCTIONS = {
    "sklearn.neighbors._kd_tree": "newObj",
    "sklearn.neighbors._ball_tree": "newObj",
    "sklearn.metrics._dist_metrics": "newObj",
}


def modules(package: str) -> Iterator[object]:
    """Every module of a package that only computes."""
    top = importlib.import_module(package)
    for found in pkgutil.walk_packages(top.__path__, f"{package}."):
        if not set(found.name.split(".")) & set(LEFT_OUT):
            try:
                yield importlib.import_module(found.name)
            except Exception as error:  # noqa: BLE001  a module for another system
                print(f"left out {found.name}: {type(error).__name__}", file=sys.stderr)


def library(package: str, kinds: dict[str, dict[str, set[str]]]) -> None:
    """Add the classes that a package defines, its metrics, and what unpickles its compiled classes."""
    for module in modules(package):
        name = module.__name__  # type: ignore[attr-defined]
        for word, thing in vars(module).items():
            home = getattr(thing, "__module__", "")
            own = inspect.isclass(thing) and str(home).startswith(package) and not issubclass(thing, BaseException)
            if own and thing.__qualname__ == thing.__name__:
                kinds["container" if issubclass(thing, dict | list) else "class"].setdefault(home, set()).add(thing.__name__)
            elif word.startswith("__pyx_unpickle_"):
                kinds["function"].setdefault(name, set()).add(word)
            elif inspect.isfunction(thing) and home == name and name.startswith("sklearn.metrics") and not word.startswith("_"):
                kinds["value"].setdefault(name, set()).add(word)


def universal(kinds: dict[str, dict[str, set[str]]]) -> None:
    """Add NumPy's and SciPy's universal functions: they compute, item by item."""
    import numpy as np
    import scipy.special

    for name, module in (("numpy", np), ("scipy.special", scipy.special), ("scipy.special._ufuncs", importlib.import_module("scipy.special._ufuncs"))):
        kinds["value"].setdefault(name, set()).update(word for word, thing in vars(module).items() if isinstance(thing, np.ufunc))
    kinds["value"].setdefault("numpy._core._multiarray_umath", set()).update(word for word, thing in vars(np).items() if isinstance(thing, np.ufunc))
    kinds["value"]["numpy"].update(("mean", "median", "std", "var", "sum", "min", "max", "amin", "amax", "nanmean", "clip", "ravel", "asarray", "abs"))


def main() -> int:
    """Write the list."""
    warnings.simplefilter("ignore")
    kinds: dict[str, dict[str, set[str]]] = {kind: {} for kind in ("container", "class", "function", "value")}
    if FILE.exists():
        for kind, table in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
            kinds[kind] = {module: set(names.split()) for module, names in table.items()}
    for package in ("sklearn", "scipy.sparse", "scipy.stats", "scipy.spatial", "scipy.interpolate"):
        library(package, kinds)
    universal(kinds)
    for table, into in ((PANDAS, "class"), (FUNCTIONS, "function")):
        for module, names in table.items():
            kinds[into].setdefault(module, set()).update(names.split())
    lines = ["# Written by tools/allow_list.py: names of scikit-learn, SciPy, NumPy and pandas. Whole names, never prefixes.", ""]
    for kind, modules_ in kinds.items():
        lines += [f"[{kind}]", *(f'"{module}" = "{" ".join(sorted(names))}"' for module, names in sorted(modules_.items()) if names), ""]
    FILE.write_text("\n".join(lines), encoding="utf-8")
    print({kind: sum(map(len, table.values())) for kind, table in kinds.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
