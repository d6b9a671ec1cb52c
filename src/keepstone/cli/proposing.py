"""What `init` finds out by itself before anybody is asked: what the model is, and which columns it takes."""

from __future__ import annotations

import os
from pathlib import Path

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert

LARGEST = 1 << 20  # bytes of a Python file that is looked into


def beside(path: str, out: Path) -> str:
    """Name a file as the system file must: relative to its folder, and inside it.

    Raises:
        InputError: If the file lies elsewhere.
    """
    found = os.path.relpath(Path(path).resolve(), out.parent.resolve()).replace(os.sep, "/")
    if found.startswith("../"):
        raise InputError(
            f"{inert(path)}: The file must lie in the folder of {out}, or below.", hint="Put the system file above both: --out FOLDER/system.toml."
        )
    return found


def about_model(model: str, *, trust_pickle: bool) -> dict[str, str]:
    """What a model says of itself, as answers for `propose`: how it is used, and its columns.

    Args:
        model: The model as named on the command line: "model.py:fit", "model.skops" or "scores.csv".
        trust_pickle: Load a model file that can run code.

    Raises:
        InputError: If it is not there, or can't be used.
    """
    file, colon, function = model.rpartition(":")
    if colon and file.endswith(".py"):
        return {"model is": _function(file, function)}
    path = Path(model)
    if model.endswith(".py"):
        raise InputError(f"{inert(model)}: The function must be named too: {inert(model)}:NAME.", hint=_there(model))
    if not _is_file(path):
        raise InputError(f"{inert(model)}: There is no such file.")
    if model.endswith((".csv", ".csv.gz")):
        return {}
    from keepstone.intake.model import read_model

    columns = getattr(read_model(path, trust_pickle=trust_pickle), "feature_names_in_", None)
    return {} if columns is None else {"features": ", ".join(str(name) for name in columns)}


def _is_file(path: Path) -> bool:
    from keepstone.intake.fields import is_plain_file

    return is_plain_file(path)


def _function(file: str, name: str) -> str:
    """Tell a function that trains from one that answers, by what it must be given; the file is not run."""
    found = _functions(file)
    if name not in found:
        raise InputError(f"{inert(file)}: The file must define the function «{inert(name[:60])}».", hint=_there(file))
    return "fit" if len(found[name]) >= 2 else "call"


def _functions(file: str) -> dict[str, list[str]]:
    from keepstone.cli.known import functions_of
    from keepstone.cli.options import contents

    try:
        return functions_of(contents(file, largest=LARGEST))
    except SyntaxError as error:
        raise InputError(f"{inert(file)}:{error.lineno or 1}: This is not Python: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{inert(file)}: This can't be read as Python: {inert(str(error))}.") from error


def _there(file: str) -> str:
    names = [name for name in _functions(file) if not name.startswith("_")]
    return f"It defines {', '.join(names)}." if names else "It defines no function."
