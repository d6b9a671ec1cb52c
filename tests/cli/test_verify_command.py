"""The face of the verifier: exit codes, one line for what is missing, JSON for a machine."""

from __future__ import annotations

import json
import pathlib

import pytest

from keepstone.cli.main import main
from keepstone.cli.verify_command import verifier
from keepstone.ledger import keys
from keepstone.lifecycle.record import Record
from keepstone.lifecycle.written import plan_document

TOOL = pathlib.Path(__file__).parent.parent.parent / "tools" / "verify.py"


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder whose signatures hold and whose plan holds nothing: enough for a face."""
    from fakes import plan

    record, key = Record(tmp_path / "run"), keys.new(tmp_path / "key")
    record.begin(plan_document(plan(), frozenset()), key, resume=False)
    record.write("losses.jsonl", b"\n")
    record.write("result.json", b"{}")
    record.seal(key)
    return record.folder


def test_it_is_the_tool_and_no_copy_of_it() -> None:
    assert pathlib.Path(str(verifier().__file__)).samefile(TOOL)


def test_what_does_not_verify_ends_with_3(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder)]) == 3
    said = capsys.readouterr().out
    assert "recomputation: " in said
    assert "signature: " not in said
    assert said.splitlines()[-1].startswith("It does not verify")


def test_a_key_that_did_not_sign_is_named(folder: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys.new(tmp_path / "other")
    for name, layers in (("key", {"recomputation"}), ("other", {"signature", "recomputation"})):
        assert main(["verify", str(folder), "--json", "--key", str(tmp_path / name)]) == 3
        found = json.loads(capsys.readouterr().out)
        assert found["verifies"] is False
        assert {one["layer"] for one in found["problems"]} == layers


def test_a_missing_file_is_one_line_and_code_2(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plan.sig.json").unlink()
    assert main(["verify", str(folder)]) == 2
    assert "plan.sig.json" in capsys.readouterr().err
    assert main(["verify", str(folder / "nowhere")]) == 2


def test_a_run_of_an_assessment_verifies(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = TOOL.parent.parent / "examples" / "minimal" / "system.toml"
    assert main(["assess", str(system), "--out", str(tmp_path), "--only", "robustness", "--workers", "1", "--json"]) in (0, 1, 4)
    capsys.readouterr()
    assert main(["verify", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["criteria"] > 0
