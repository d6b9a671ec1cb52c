"""`keepstone ledger`, as a stranger uses it: found, run, keep a checkpoint, export, check; wrong input is one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keepstone.cli.main import main
from keepstone.ledger import keys
from keepstone.ledger.canonical import digest_file, encode
from keepstone.ledger.envelope import statement
from keepstone.lifecycle import registry

if TYPE_CHECKING:
    from collections.abc import Callable

    Got = tuple[int, str, str]
    Command = Callable[..., Got]

ORIGIN = "example.org/keepstone"


@pytest.fixture
def keepstone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    for name in ("keepstone-keys", "witness-keys"):
        keys.new(name)

    def ran(*words: str) -> Got:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    assert ran("ledger", "new", "ledger.db", "--origin", ORIGIN)[0] == 0
    return ran


def run_folder(name: str, *, seed: int) -> dict[str, str]:
    """A folder that stands for a run: what the ledger reads of it is digests."""
    Path(name).mkdir()
    for file in ("plan.json", "losses.jsonl", "result.json"):
        (Path(name) / file).write_bytes(encode({"file": file, "seed": seed}))
    return {file: digest_file(Path(name) / file) for file in ("plan.json", "losses.jsonl", "result.json")}


def add(kind: str, subjects: dict[str, str]) -> None:
    ledger = registry.opened("ledger.db", keys.load("keepstone-keys"))
    ledger.append([statement(subjects, kind, {})])
    ledger.store.close()


def test_a_run_that_was_registered_first_is_told_from_one_that_was_not(keepstone: Command) -> None:
    before, after = run_folder("before", seed=1), run_folder("after", seed=2)
    add(registry.PLAN, {"plan.json": before["plan.json"]})
    add(registry.RESULT, {"result.json": before["result.json"]})
    add(registry.RESULT, {"result.json": after["result.json"]})
    add(registry.PLAN, {"plan.json": after["plan.json"]})
    assert keepstone("ledger", "export", "ledger.db", "out")[0] == 0
    code, out, _err = keepstone("ledger", "check", "out", "--key", "keepstone-keys", "--run", "before")
    assert (code, "was registered (entry 0) before its result (entry 1)" in out) == (0, True)
    code, out, _err = keepstone("ledger", "check", "out", "--key", "keepstone-keys", "--run", "after", "--json")
    assert (code, json.loads(out)["runs"]) == (3, [{"concluded": 2, "exploratory": True, "planned": 3}])


def test_each_use_of_the_same_cases_is_counted(keepstone: Command) -> None:
    del keepstone
    ledger = registry.opened("ledger.db", keys.load("keepstone-keys"))
    digests = [f"sha256:{k:064x}" for k in range(4)]
    assert [registry.registered(ledger, plan, system="s", data=digests[3], criteria=1) for plan in (digests[0], digests[1], digests[1])] == [0, 1, 1]
    assert registry.registered(ledger, digests[2], system="s", data=digests[0], criteria=1) == 0
    assert ledger.store.size == 3
    ledger.store.close()


def test_a_checkpoint_that_left_the_house_is_an_anchor(keepstone: Command) -> None:
    add("urn:test:a", {"x": "sha256:" + "0" * 64})
    Path("checkpoint.txt").write_text(keepstone("ledger", "checkpoint", "ledger.db")[1])
    add("urn:test:b", {"x": "sha256:" + "1" * 64})
    keepstone("ledger", "export", "ledger.db", "out")
    code, out, _err = keepstone("ledger", "check", "out", "--key", "keepstone-keys", "--anchor", "checkpoint.txt")
    assert (code, "«checkpoint.txt» saw the first 1" in out) == (0, True)
    assert "could have rewritten all of it" in keepstone("ledger", "check", "out", "--key", "keepstone-keys")[1]


def test_a_witness_signs_what_goes_on_and_nothing_else(keepstone: Command) -> None:
    words = ("--name", "witness.example", "--ledger-key", "keepstone-keys", "--key", "witness-keys", "--seen", "seen.txt")
    for number in range(2):
        add("urn:test:a", {"x": f"sha256:{number:064x}"})
        Path(f"checkpoint{number}.txt").write_text(keepstone("ledger", "checkpoint", "ledger.db")[1])
        keepstone("ledger", "export", "ledger.db", f"out{number}")
    code, signed, _err = keepstone("ledger", "witness", "checkpoint0.txt", *words)
    assert (code, Path("seen.txt").read_text()) == (0, signed)
    assert "must be shown" in keepstone("ledger", "witness", "checkpoint1.txt", *words)[2]
    assert "another checkpoint" in keepstone("ledger", "witness", "checkpoint1.txt", *words, "--export", "out0")[2]
    code, signed, _err = keepstone("ledger", "witness", "checkpoint1.txt", *words, "--export", "out1")
    assert code == 0
    Path("witnessed.txt").write_text(signed)
    checked = ("ledger", "check", "out1", "--key", "keepstone-keys", "--anchor", "witnessed.txt")
    assert keepstone(*checked, "--witness", "witness.example=witness-keys")[0] == 0
    assert keepstone(*checked, "--witness", "witness.example=keepstone-keys")[0] == 3
    assert keepstone("ledger", "witness", "checkpoint0.txt", *words, "--export", "out0")[0] == 3


def test_a_copy_is_made_of_an_export_that_verifies(keepstone: Command) -> None:
    add("urn:test:a", {"x": "sha256:" + "0" * 64})
    keepstone("ledger", "export", "ledger.db", "out")
    words = ("--origin", ORIGIN, "--key", "keepstone-keys")
    assert keepstone("ledger", "import", "out", "copy.db", *words)[0] == 0
    assert keepstone("ledger", "checkpoint", "copy.db")[1] == keepstone("ledger", "checkpoint", "ledger.db")[1]
    (Path("out") / "entries.jsonl").write_bytes(b"{}\n")
    assert keepstone("ledger", "import", "out", "other.db", *words)[0] == 3
    assert not Path("other.db").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("show", "gone.db"), 2, "There is no ledger here."),
        (("show", "."), 2, "must be a file's path"),
        (("show", "a\0b"), 2, "must be a file's path"),
        (("new", "ledger.db", "--origin", ORIGIN), 2, "There is a ledger here already"),
        (("new", "other.db", "--origin", "two words"), 2, "without blanks"),
        (("show", "ledger.db", "--key", "witness-keys"), 3, "no signature"),
        (("export", "ledger.db", "keepstone-keys"), 2, "must be empty"),
        (("check", "gone", "--key", "keepstone-keys"), 2, "no such file"),
        (("check", "keepstone-keys", "--key", "keepstone-keys"), 2, "no such file"),
        (("witness", "gone.txt", "--name", "w", "--ledger-key", "keepstone-keys"), 2, "no such file"),
        (("show", "postgresql://nobody:secret@127.0.0.1:1/none"), 2, ""),
    ],
)
def test_wrong_input_is_one_line(keepstone: Command, words: tuple[str, ...], code: int, message: str) -> None:
    got, _out, err = keepstone("ledger", *words)
    assert (got, message in err) == (code, True) or (words[-1].startswith("postgresql") and got in {2, 3})
    assert "Traceback" not in err
    assert "secret" not in err


def test_a_file_that_is_no_database_is_told(keepstone: Command) -> None:
    Path("other.db").write_bytes(b"no database at all" * 100)
    code, _out, err = keepstone("ledger", "show", "other.db")
    assert (code, "can't be opened as a ledger" in err) == (3, True)
