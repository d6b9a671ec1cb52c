"""Skops: every type and function of the schema is on the same lists as for pickles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.intake.gate.listed import is_dangerous, kind_of, words
from keepstone.intake.gate.texts import tables

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look


def read(value: object, look: Look) -> None:
    """Judge a schema.

    Args:
        value: What schema.json held.
        look: Takes the reasons.
    """
    for table in tables(value):
        look.budget.step()
        if "__loader__" in table:
            _node(table, look)


def _node(table: dict[str, object], look: Look) -> None:
    loader, module, name = table["__loader__"], str(table.get("__module__", "")), str(table.get("__class__", ""))
    if loader not in words("skops_loaders"):
        look.hostile("skops.type", f"the loader {str(loader)[:60]!r}")
    if loader in {"FunctionNode", "TypeNode"}:
        content = table.get("content")
        if isinstance(content, dict):
            _named(str(content.get("module_path", content.get("__module__", module))), str(content.get("function", content.get("__class__", name))), look)
    elif loader not in {"JsonNode", "SliceNode"}:
        _named(module, name, look)


def _named(module: str, name: str, look: Look) -> None:
    if not kind_of(module, name):
        (look.hostile if is_dangerous(module, name) else look.unsure)("skops.type", f"{module}.{name}")
