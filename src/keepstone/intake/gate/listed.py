"""The allow-lists: data in TOML beside this file. What is not on them does not pass, whatever else is installed."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from typing import Any

ALIASES = {"__builtin__": "builtins", "copy_reg": "copyreg", "numpy.core": "numpy._core"}
"""Older names of the same modules."""


@functools.cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((importlib.resources.files("keepstone.intake.gate") / name).read_text(encoding="utf-8"))


@functools.cache
def _names() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for file in ("names.toml", "libraries.toml"):
        for kind, modules in _file(file).items():
            for module, names in modules.items():
                found.update({(module, name): kind for name in names.split()})
    return found


@functools.cache
def words(name: str) -> frozenset[str]:
    """A list of words: "onnx_domains", "tensorflow_operators", "keras_classes" ...

    >>> "ai.onnx.ml" in words("onnx_domains")
    True
    """
    return frozenset(str(_file("words.toml")[name]).split())


def module_of(module: str) -> str:
    """The name that a module has on the lists.

    >>> module_of("copy_reg"), module_of("numpy.core.multiarray")
    ('copyreg', 'numpy._core.multiarray')
    """
    for old, new in ALIASES.items():
        if module == old or module.startswith(f"{old}."):
            return new + module[len(old) :]
    return module


def kind_of(module: str, name: str) -> str:
    """What a name may be used for: "class", "container", "function", "value"; "" if it is not on the list.

    A class may be named, made and given its state; a container may be filled as well; a function may be called; a value may only be named.

    >>> kind_of("collections", "OrderedDict"), kind_of("os", "system"), kind_of("numpy", "log1p")
    ('container', '', 'value')
    """
    return _names().get((module_of(module), name), "")


def is_dangerous(module: str, name: str) -> bool:
    """Whether a name that is not on the list is known to reach the system. It changes what is said, never whether the file passes.

    >>> is_dangerous("posix", "system"), is_dangerous("my.model", "Net")
    (True, False)
    """
    module = module_of(module)
    return module.partition(".")[0] in words("dangerous_modules") or f"{module}.{name}" in words("dangerous_names") or "." in name
