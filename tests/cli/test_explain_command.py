"""`keepstone explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from govern import synthetic
from hostile.spoil import ran

from keepstone.cli.known import everything
from keepstone.govern.read import encode_result
from keepstone.ledger.canonical import encode

FINDING = "robustness.unit_mixup.missed"


@pytest.fixture
def result(tmp_path: Path) -> Path:
    path = tmp_path / "r.json"
    path.write_bytes(encode(encode_result(synthetic.not_met())))
    return path


def test_everything_that_has_a_name_is_explained(tmp_path: Path) -> None:
    for one in list(everything())[::7]:
        got = ran(["explain", *one.name.split()], tmp_path)
        assert got.code == 0, one.name
        assert one.name in got.out
        assert " ".join(one.says.split()[:4]) in " ".join(got.out.split())


@pytest.mark.parametrize("word", ["e-bh", "E-BH"])
def test_case_does_not_matter(word: str, tmp_path: Path) -> None:
    assert ran(["explain", word], tmp_path).out.startswith("e-BH (word)")


def test_a_name_of_two_things_is_told_as_both(tmp_path: Path) -> None:
    assert [one["kind"] for one in json.loads(ran(["explain", "gap", "--json"], tmp_path).out)["meanings"]] == ["metric", "word"]


def test_an_id_with_parameters_leads_to_its_part(tmp_path: Path) -> None:
    assert ran(["explain", "sensor_noise-0p5"], tmp_path).out.startswith("sensor_noise (condition of safety)")


def test_a_finding_is_told_with_its_arithmetic(result: Path, tmp_path: Path) -> None:
    got = ran(["explain", FINDING, "--result", str(result)], tmp_path)
    assert got.code == 0
    assert got.out.startswith(f"{FINDING}: not met")
    assert "e-value" in got.out
    document = json.loads(ran(["explain", FINDING, "--result", str(result), "--json"], tmp_path).out)
    assert document["meanings"][0]["text"] == got.out
    assert document["meanings"][0]["finding"]["id"] == FINDING


def test_the_result_of_the_last_run_is_found_by_itself(result: Path, tmp_path: Path) -> None:
    (tmp_path / "keepstone-out").mkdir()
    result.rename(tmp_path / "keepstone-out" / "result.json")
    assert ran(["explain", FINDING], tmp_path).code == 0
    assert ran(["explain", "e-value"], tmp_path).code == 0


@pytest.mark.parametrize(("word", "near"), [("evaison_scores", "evasion_scores"), ("robustnss", "robustness"), ("net benifit", "net benefit")])
def test_what_is_nearly_a_word_is_met_with_the_word(word: str, near: str, tmp_path: Path) -> None:
    got = ran(["explain", word], tmp_path)
    assert got.code == 2
    assert f"«{near}»" in got.err.splitlines()[1]


def test_a_finding_mistyped_is_met_with_the_finding(result: Path, tmp_path: Path) -> None:
    got = ran(["explain", FINDING.replace("mixup", "mixpu"), "--result", str(result)], tmp_path)
    assert (got.code, got.out) == (2, "")
    assert FINDING in got.err


@pytest.mark.parametrize("word", ["robustness.nominal.missed", "adversarial.evasion_scores-2e-50q.attack_success-missed"])
def test_a_finding_without_a_result_is_met_with_the_command_that_names_one(word: str, tmp_path: Path) -> None:
    got = ran(["explain", word], tmp_path)
    assert (got.code, got.out) == (2, "")
    assert f"keepstone explain {word} --result " in got.err.splitlines()[1]
