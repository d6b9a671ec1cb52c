"""`keepstone keys`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hostile.spoil import ASSESS, ran, sound

from keepstone.core.errors import InputError
from keepstone.ledger import keys


def test_a_key_is_made_and_shown_and_its_private_half_is_not(tmp_path: Path) -> None:
    made = ran(["keys", "new"], tmp_path)
    assert made.code == 0
    private = (tmp_path / "keepstone-keys" / keys.PRIVATE).read_text(encoding="ascii")
    secret = "".join(private.splitlines()[1:-1])
    assert secret not in made.out.replace("\n", "")
    assert "not encrypted" in made.out
    shown = json.loads(ran(["keys", "show", "--json"], tmp_path).out)
    assert shown["id"] == keys.load(tmp_path / "keepstone-keys").public.id
    assert shown["id"] in made.out


def test_another_is_never_written_over_it(tmp_path: Path) -> None:
    ran(["keys", "new", "--dir", "k"], tmp_path)
    before = (tmp_path / "k" / keys.PRIVATE).read_bytes()
    got = ran(["keys", "new", "--dir", "k"], tmp_path)
    assert got.code == 2
    assert "There is a key here already" in got.err
    assert (tmp_path / "k" / keys.PRIVATE).read_bytes() == before


def test_a_passphrase_comes_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("open sesame\nnot this\n", encoding="utf-8")
    got = ran(["keys", "new", "--dir", "k", "--passphrase-file", "p"], tmp_path)
    assert "encrypted with your passphrase" in got.out
    assert keys.load(tmp_path / "k", passphrase="open sesame").public.id in got.out
    with pytest.raises(InputError):
        keys.load(tmp_path / "k", passphrase="not this")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    ran(["keys", "new", "--dir", "k"], tmp_path)
    assert (tmp_path / "k" / keys.PRIVATE).stat().st_mode & 0o077 == 0


def test_an_encrypted_key_signs_a_plan(tmp_path: Path) -> None:
    sound(tmp_path)
    (tmp_path / "p").write_text("open sesame\n", encoding="utf-8")
    ran(["keys", "new", "--dir", "k", "--passphrase-file", "p"], tmp_path)
    shut = ran([*ASSESS, "--key", "k"], tmp_path)
    assert shut.code == 2
    assert "encrypted" in shut.err
    alone = ran([*ASSESS, "--passphrase-file", "p"], tmp_path)
    assert alone.code == 2
    assert "--key" in alone.err
    assert ran([*ASSESS, "--key", "k", "--passphrase-file", "p"], tmp_path).code == 4
    signed = json.loads((tmp_path / "out" / "plan.sig.json").read_bytes())
    assert signed["key"]["id"] == keys.load_public(tmp_path / "k").id
    assert signed["key"]["insecure"] is False


def test_no_key_no_show(tmp_path: Path) -> None:
    got = ran(["keys", "show"], tmp_path)
    assert (got.code, got.out) == (2, "")
    assert "can't be read" in got.err
