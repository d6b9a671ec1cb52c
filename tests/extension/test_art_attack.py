"""Attacks of ART as threats: the adapter is short, and what ART asks is a question like any other, within constraints and budget."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from extension.workplace import Workplace

HERE = Path(__file__).parent
FILE = HERE / "outside" / "ward_parts" / "art_attack.py"
PROBE = """
[[probe]]
risk = "adversarial.evasion_labels"
condition = "art_attack"
parameters = { errors = 2.0, queries = 60 }
metric = "attack_success"
limit = 0.2
paired = "missed"
control = { bad = "linear", good = "perfect", limit = 0.05 }
"""


def test_the_adapter_has_at_most_twenty_lines() -> None:
    text = FILE.read_text(encoding="utf-8")
    adapter = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "adapt")
    assert adapter.end_lineno is not None
    body = text.splitlines()[adapter.body[0].end_lineno : adapter.end_lineno]
    assert len([line for line in body if line.strip()]) + 1 <= 20


def test_without_art_it_says_what_to_install(ward: Workplace) -> None:
    if find_spec("art") is None:
        (found,) = ward.document("check", "ward_parts.art_attack", "--json", ends=1)["parts"]
        assert found["problems"][0].endswith("pip install adversarial-robustness-toolbox packaging")


@pytest.mark.slow
def test_every_rule_of_a_threat_holds_with_a_stand_in(ward: Workplace) -> None:
    (found,) = ward.beside(HERE / "fake").document("check", "ward_parts.art_attack", "--json")["parts"]
    assert (found["id"], found["problems"]) == ("art_attack-HopSkipJump-1e-60q", [])


def attacked(ward: Workplace) -> dict[str, float]:
    """Assess the ward under ART's attack and under its blind counterpart; give success, and what intent adds."""
    system = (ward.folder / "system.toml").read_text(encoding="utf-8").partition("[[mitigation]]")[0]
    (ward.folder / "asked.toml").write_text(system + PROBE, encoding="utf-8")
    cases = (ward.folder / "cases.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (ward.folder / "cases.csv").write_text("".join(cases[:801]), encoding="utf-8")
    result = ward.document("assess", "asked.toml", "--only", "adversarial", "--out", "art", "--workers", "1", "--json", ends=1)
    finding = next(one for one in result["findings"] if one["condition"] == "art_attack-HopSkipJump-2e-60q")
    assert finding["side"] == "security"
    added = [row for row in result["intent"] if "art_attack" in row["threat"]]
    assert {row["tries"] for row in added} == {1, 60}
    return {"success": finding["mean"], "own": next(one["mean"] for one in result["findings"] if one["condition"] == "evasion_labels-2e-50q")}


@pytest.mark.slow
def test_what_it_turns_is_a_finding_beside_its_counterpart(ward: Workplace) -> None:
    found = attacked(ward.beside(HERE / "fake"))
    assert 0 < found["success"] <= 1


@pytest.mark.slow
def test_art_itself_keeps_every_rule_and_turns_flags(ward: Workplace) -> None:
    pytest.importorskip("art", reason="ART is installed with the benches only")
    (checked,) = ward.document("check", "ward_parts.art_attack", "--json")["parts"]
    assert checked["problems"] == []
    found = attacked(ward)
    assert found["success"] > 0.05
