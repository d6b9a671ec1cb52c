"""Probes of garak and converters of PyRIT as threats: each adapter is short, tells what it needs, and keeps the contract of a condition."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from extension.workplace import Workplace

PARTS = Path(__file__).parent / "outside" / "ward_parts"
TOOLS = {"garak_probe": "garak", "pyrit_converter": "pyrit"}


@pytest.mark.parametrize("name", TOOLS)
def test_the_adapter_has_at_most_twenty_lines(name: str) -> None:
    text = (PARTS / f"{name}.py").read_text(encoding="utf-8")
    adapter = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "adapt")
    assert adapter.end_lineno is not None
    body = text.splitlines()[adapter.body[0].end_lineno : adapter.end_lineno]
    assert len([line for line in body if line.strip()]) + 1 <= 20


@pytest.mark.parametrize("name", TOOLS)
def test_it_keeps_the_contract_or_says_what_to_install(ward: Workplace, name: str) -> None:
    there = find_spec(TOOLS[name]) is not None
    (found,) = ward.document("check", f"ward_parts.{name}", "--json", ends=0 if there else 1)["parts"]
    assert found["installed"]
    if there:
        assert found["problems"] == []
    else:
        assert "pip install --no-deps" in found["problems"][0]
