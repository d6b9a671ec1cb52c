"""The pen writes whole files, and resumes only the same run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keepstone.core.errors import InputError, KeepstoneError
from keepstone.ledger.canonical import decode, digest_bytes, encode
from keepstone.ledger.keys import InsecureDevelopmentKey, PublicKey, verify
from keepstone.lifecycle.record import Record

PLAN: dict[str, object] = {"seed": 7}


def test_the_plan_is_signed_before_anything_else_is_there(tmp_path: Path) -> None:
    record = Record(tmp_path / "out")
    digest = record.begin(PLAN, InsecureDevelopmentKey(), resume=False)
    signed = decode((record.folder / "plan.sig.json").read_bytes())
    assert isinstance(signed, dict)
    verify(PublicKey.from_record(signed["key"]), encode(PLAN), bytes.fromhex(signed["signature"]))
    assert digest.startswith("sha256:")
    assert sorted(path.name for path in record.folder.iterdir()) == ["plan.json", "plan.sig.json"]


def test_a_seal_signs_the_digests_of_what_was_written(tmp_path: Path) -> None:
    record, key = Record(tmp_path), InsecureDevelopmentKey()
    record.begin(PLAN, key, resume=False)
    for name in ("losses.jsonl", "result.json"):
        record.write(name, name.encode())
    sealed = decode(record.seal(key).read_bytes())
    assert isinstance(sealed, dict)
    verify(PublicKey.from_record(sealed["key"]), encode(sealed["digests"]), bytes.fromhex(sealed["signature"]))
    assert sealed["digests"] == {"plan": digest_bytes(encode(PLAN)), "losses": digest_bytes(b"losses.jsonl"), "result": digest_bytes(b"result.json")}
    record.begin(PLAN, key, resume=True)
    assert not (tmp_path / "evidence.sig.json").exists(), "a run that goes on is not sealed yet"


def test_a_new_run_clears_the_last_one(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.write("result.json", b"old")
    record.shelf.mkdir()
    record.begin(PLAN, InsecureDevelopmentKey(), resume=False)
    assert not (tmp_path / "result.json").exists()
    assert not record.shelf.exists()


def test_only_the_same_run_is_resumed(tmp_path: Path) -> None:
    record = Record(tmp_path)
    with pytest.raises(InputError, match="no run to resume"):
        record.begin(PLAN, InsecureDevelopmentKey(), resume=True)
    record.begin(PLAN, InsecureDevelopmentKey(), resume=False)
    record.shelf.mkdir()
    record.begin(PLAN, InsecureDevelopmentKey(), resume=True)
    assert record.shelf.exists()
    with pytest.raises(InputError, match="another plan"):
        record.begin({"seed": 8}, InsecureDevelopmentKey(), resume=True)


def test_a_folder_that_can_not_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be made"):
        Record(tmp_path / "file" / "out")


def test_half_a_file_is_never_left(tmp_path: Path) -> None:
    record = Record(tmp_path)

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(KeepstoneError, match="No space left"):
        record.stream("losses.jsonl", pieces())
    assert list(tmp_path.iterdir()) == []
