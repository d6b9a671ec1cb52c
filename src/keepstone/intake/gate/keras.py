"""Keras' configurations: every class is one of Keras' own, and none of those that run code or read files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.intake.gate.listed import words
from keepstone.intake.gate.texts import tables

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look

PLAIN = frozenset({"__tensor__", "__numpy__", "__keras_tensor__", "__tuple__", "__ellipsis__", "__slice__", "__bytes__", "__complex__"})
LOOKUPS = frozenset({"TextVectorization", "StringLookup", "IntegerLookup"})


def read(value: object, look: Look) -> None:
    """Judge a configuration.

    Args:
        value: What the JSON held.
        look: Takes the reasons.
    """
    for table in tables(value):
        look.budget.step()
        if "class_name" in table and table["class_name"] not in PLAIN:
            _one(table, look)
        for key in ("py/object", "py/reduce", "__lambda__"):
            if key in table:
                look.hostile("keras.code", f"«{key}»")


def _one(table: dict[str, object], look: Look) -> None:
    name, module, registered = table["class_name"], table.get("module"), table.get("registered_name")
    config = table.get("config")
    if name == "__lambda__" or name in words("keras_code"):
        look.hostile("keras.code", f"{name} runs code when it is loaded")
    elif name == "function":
        if not str(module).startswith(("keras.activations", "keras.losses", "keras.metrics")) or registered not in (None, "function", config):
            look.hostile("keras.class", f"the function {str(config)[:60]!r} of {module}")
    elif name not in words("keras_classes"):
        look.unsure("keras.class", f"{name}")
    elif module is not None and module not in words("keras_modules"):
        look.hostile("keras.class", f"{name} of the module {str(module)[:60]!r}")
    elif registered not in (None, name):
        look.unsure("keras.class", f"{name} is registered as {str(registered)[:60]!r}")
    if name in LOOKUPS and isinstance(config, dict) and isinstance(config.get("vocabulary"), str):
        look.hostile("keras.code", f"{name} reads the file {str(config['vocabulary'])[:60]!r}")
