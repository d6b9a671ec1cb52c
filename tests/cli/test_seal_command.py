"""`keepstone seal` and `keepstone unseal`: what a stranger types, wrong input included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keepstone.cli.main import main
from keepstone.ledger import keys
from keepstone.ledger.seal import _own, checksum

if TYPE_CHECKING:
    from collections.abc import Callable

Got = tuple[int, str, str]


@pytest.fixture
def keepstone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Got]:
    monkeypatch.chdir(tmp_path)
    keys.new("keepstone-keys")
    Path("cases.csv").write_text("a,b\n1,2\n")

    def ran(*words: str) -> Got:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


def test_a_file_is_sealed_and_intact(keepstone: Callable[..., Got]) -> None:
    assert keepstone("seal", "cases.csv")[:2] == (0, "cases.csv.seal\n")
    code, out, _err = keepstone("unseal", "--check", "cases.csv")
    assert (code, out.split()[0]) == (0, "intact")


def test_accident_and_attack_are_told_apart(keepstone: Callable[..., Got]) -> None:
    keepstone("seal", "cases.csv")
    data = Path("cases.csv").read_bytes()
    Path("cases.csv").write_bytes(data.replace(b"1", b"3"))
    code, out, _err = keepstone("unseal", "--check", "--json", "cases.csv")
    assert (code, json.loads(out)[0]["condition"]) == (3, "corrupted")
    record = json.loads(Path("cases.csv.seal").read_bytes()) | {"checksum": checksum(Path("cases.csv").read_bytes())}
    record["own"] = _own(record)
    Path("cases.csv.seal").write_text(json.dumps(record))
    assert keepstone("unseal", "--check", "cases.csv")[1].split()[0] == "tampered"


def test_one_that_is_not_intact_decides_the_exit_code(keepstone: Callable[..., Got]) -> None:
    keepstone("seal", "cases.csv")
    Path("other.csv").write_text("x")
    code, out, _err = keepstone("unseal", "--check", "cases.csv", "other.csv")
    assert code == 3
    assert [line.split()[0] for line in out.splitlines()] == ["intact", "unverifiable"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("seal", "gone.csv"), "There is no such file."),
        (("seal", "cases.csv.seal"), "There is no such file."),
        (("seal", "."), "This is a folder; a file is needed."),
        (("seal", "cases.csv", "--key", "nowhere"), "There is no key here."),
        (("unseal", "cases.csv"), "--identity must name the file"),
        (("unseal", "--check", "cases.csv", "--key", "nowhere"), "can't be read"),
        (("unseal", "--check", "a\0b"), "NUL"),
        (("seal",), "FILE"),
    ],
)
def test_wrong_input_is_one_line(keepstone: Callable[..., Got], words: tuple[str, ...], message: str) -> None:
    code, _out, err = keepstone(*words)
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_a_seal_is_not_sealed(keepstone: Callable[..., Got]) -> None:
    keepstone("seal", "cases.csv")
    assert "This is a seal" in keepstone("seal", "cases.csv.seal")[2]


def test_what_is_encrypted_is_read_by_its_identity_alone(keepstone: Callable[..., Got]) -> None:
    pyrage = pytest.importorskip("pyrage")
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    assert keepstone("seal", "cases.csv", "--encrypt-to", str(mine.to_public()))[:2] == (0, "cases.csv.age.seal\n")
    assert b"a,b" not in Path("cases.csv.age").read_bytes()
    Path("mine.txt").write_text(f"# an identity\n{mine}\n")
    Path("other.txt").write_text(f"{other}\n")
    assert "is there already" in keepstone("unseal", "cases.csv.age", "--identity", "mine.txt")[2]
    Path("cases.csv").unlink()
    code, _out, err = keepstone("unseal", "cases.csv.age", "--identity", "other.txt")
    assert (code, "can't be decrypted" in err, Path("cases.csv").exists()) == (2, True, False)
    assert keepstone("unseal", "cases.csv.age", "--identity", "mine.txt")[0] == 0
    assert Path("cases.csv").read_text() == "a,b\n1,2\n"
    assert sorted(path.name for path in Path().iterdir()) == ["cases.csv", "cases.csv.age", "cases.csv.age.seal", "keepstone-keys", "mine.txt", "other.txt"]


def test_nothing_is_decrypted_that_is_not_intact(keepstone: Callable[..., Got]) -> None:
    pyrage = pytest.importorskip("pyrage")
    mine = pyrage.x25519.Identity.generate()
    keepstone("seal", "cases.csv", "--encrypt-to", str(mine.to_public()))
    Path("mine.txt").write_text(str(mine))
    Path("cases.csv").unlink()
    Path("cases.csv.age").write_bytes(pyrage.encrypt(b"evil", [mine.to_public()]))
    assert keepstone("unseal", "cases.csv.age", "--identity", "mine.txt")[0] == 3
    assert not Path("cases.csv").exists()


def test_a_recipient_that_is_none_is_refused(keepstone: Callable[..., Got]) -> None:
    pytest.importorskip("pyrage")
    code, _out, err = keepstone("seal", "cases.csv", "--encrypt-to", "bob")
    assert (code, "must be one of age" in err, Path("cases.csv.age").exists()) == (2, True, False)
