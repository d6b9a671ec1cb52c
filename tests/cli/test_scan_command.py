"""`keepstone scan`."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

from hostile.model_files import EVIL
from hostile.spoil import ran


def test_outcomes_lines_and_codes(tmp_path: Path) -> None:
    (tmp_path / "good.pkl").write_bytes(pickle.dumps([1]))
    assert ran(["scan", "good.pkl"], tmp_path).code == 0
    (tmp_path / "unknown.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    got = ran(["scan", "."], tmp_path)
    assert got.code == 4
    assert "cannot tell  unknown.7z  file.format" in got.out
    (tmp_path / "evil.pkl").write_bytes(EVIL)
    got = ran(["scan", ".", "--quiet"], tmp_path)
    assert got.code == 1
    assert "hostile      evil.pkl  pickle.name: os.system" in got.out
    assert "good.pkl" not in got.out
    assert "1 clean, 1 cannot tell, 1 hostile." in got.out


def test_json_sarif_and_a_pin(tmp_path: Path) -> None:
    (tmp_path / "evil.pkl").write_bytes(EVIL)
    got = ran(["scan", "evil.pkl", "--json", "--sarif", "s.json"], tmp_path)
    told = json.loads(got.out)["files"][0]
    assert (got.code, told["outcome"], told["reasons"][0]["rule"]) == (1, "hostile", "pickle.name")
    run = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["runs"][0]
    assert run["results"][0]["ruleId"] == run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"]
    assert run["results"][0]["level"] == "error"
    (tmp_path / "pins.toml").write_text(f'[[pin]]\nsha256 = "{told["sha256"]}"\nreason = "a test of ours"\nby = "me"\n', encoding="utf-8")
    got = ran(["scan", "evil.pkl", "--pin", "pins.toml"], tmp_path)
    assert got.code == 0
    assert "pinned: a test of ours (me); else hostile" in got.out
    with (tmp_path / "evil.pkl").open("ab") as file:
        file.write(b".")
    assert ran(["scan", "evil.pkl", "--pin", "pins.toml"], tmp_path).code == 1


def test_wrong_usage(tmp_path: Path) -> None:
    assert "There is no such file or folder" in ran(["scan", "nothing"], tmp_path).err
    assert ran(["scan", "nothing"], tmp_path).code == 2
    assert ran(["scan"], tmp_path).code == 2
    (tmp_path / "pins.toml").write_text('[[pin]]\nsha256 = "abc"\nreason = "r"\nby = "me"\n', encoding="utf-8")
    got = ran(["scan", "pins.toml", "--pin", "pins.toml"], tmp_path)
    assert got.code == 2
    assert "64 hexadecimal digits" in got.err


def test_pipes_and_links(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "blob").write_bytes(pickle.dumps([1]))
    (folder / "a.pkl").symlink_to("blob")
    assert ran(["scan", "hub"], tmp_path).code == 0
    os.mkfifo(folder / "pipe")
    assert ran(["scan", "hub"], tmp_path).code == 4
    (folder / "out").symlink_to("/etc/passwd")
    got = ran(["scan", "hub"], tmp_path)
    assert got.code == 1
    assert "leads out of the folder" in got.out
