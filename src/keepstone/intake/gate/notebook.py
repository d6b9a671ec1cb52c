"""Notebooks: cells are parsed, never run. Only listed imports and plain code may stand in one."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from keepstone.intake.gate.listed import words

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look

LONGEST = 1 << 18
SCRIPTS = ("<script", "javascript:", "<iframe", "<object", "<embed", "onerror=", "onload=")


def read(value: dict[str, object], look: Look) -> None:
    """Judge a notebook.

    Args:
        value: What the JSON held.
        look: Takes the reasons.
    """
    cells = value.get("cells")
    if not isinstance(cells, list):
        look.unsure("notebook.code", "the cells are no list")
        return
    look.budget.enter(len(cells))
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict):
            _cell(cell, number, look)


def _cell(cell: dict[str, object], number: int, look: Look) -> None:
    source = _joined(cell.get("source"))
    if cell.get("cell_type") == "code":
        _code(source, number, look)
    else:
        _markup(source, number, look)
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        for kind, text in data.items() if isinstance(data, dict) else ():
            if kind == "application/javascript":
                look.hostile("notebook.output", f"cell {number}: JavaScript")
            _markup(_joined(text) if kind.startswith("text/html") or "svg" in kind else "", number, look)


def _joined(value: object) -> str:
    return "".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


def _markup(text: str, number: int, look: Look) -> None:
    folded = text.casefold()
    if any(word in folded for word in SCRIPTS):
        look.hostile("notebook.output", f"cell {number}: markup that runs code")


def _code(source: str, number: int, look: Look) -> None:
    lines = [line for line in source.splitlines() if line.strip() not in words("notebook_magics") and not line.strip().startswith("%matplotlib")]
    magic = next((line.strip() for line in lines if line.strip()[:1] in {"!", "%", "?"}), "")
    if magic:
        look.hostile("notebook.code", f"cell {number}: {magic}")
        return
    if len(source) > LONGEST:
        look.unsure("file.large", f"cell {number} has {len(source):,} letters")
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("\n".join(lines))
        for node in ast.walk(tree):
            look.budget.step()
            _node(node, number, look)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        look.unsure("notebook.code", f"cell {number} is no Python")


def _node(node: ast.AST, number: int, look: Look) -> None:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [one.name for one in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or "."]
    for name in names:
        if name.partition(".")[0] not in words("notebook_modules"):
            look.unsure("notebook.code", f"cell {number}: imports {name}")
    word = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    if word in words("notebook_refused") or word.startswith("__"):
        look.unsure("notebook.code", f"cell {number}: {word}")
