"""Bar 11: whatever comes from outside and is wrong is told in one clear line with file, line and field; no traceback, nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile.malformed import ALL, CALLABLES
from hostile.spoil import ASSESS, OUT, ROWS, SYSTEM, USAGE, Case, both, ran, saved, sound, write
from hypothesis import given, settings
from hypothesis import strategies as st

WRITTEN = ("result.json", "report.html", "report.md", "run.json", "losses.jsonl")


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder; what the interpreter keeps beside code is left out."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def inert(text: str) -> bool:
    """Whether a text can do nothing to a terminal."""
    return all(letter.isprintable() or letter == "\n" for letter in text)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_it_is_told_in_a_clear_line(case: Case, tmp_path: Path) -> None:
    sound(tmp_path)
    case.build(tmp_path)
    before = files(tmp_path)
    got = ran(case.words, tmp_path)
    said = got.out + got.err
    assert got.code in case.codes, said
    assert [piece for piece in case.says if piece not in said] == []
    assert "Traceback" not in said
    assert "unforeseen" not in said
    assert inert(said)
    if got.code in USAGE:
        assert got.out == ""
        assert got.first.startswith("keepstone: ")
        assert files(tmp_path) == before, "nothing half-written"
        assert not (tmp_path / OUT).exists() or OUT in before


def test_there_are_more_than_sixty() -> None:
    assert len(ALL) >= 60
    assert len({case.name for case in ALL}) == len(ALL)


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    sound(tmp_path)
    got = ran(ASSESS, tmp_path)
    assert got.code in {0, 4}, got.err
    assert set(WRITTEN) <= {path.name for path in (tmp_path / OUT).iterdir()}


@pytest.mark.parametrize("case", CALLABLES, ids=lambda case: case.name)
def test_a_target_that_misbehaves_is_a_finding_in_error(case: Case, tmp_path: Path) -> None:
    sound(tmp_path)
    case.build(tmp_path)
    got = ran([word for word in case.words if word != "--json"], tmp_path)
    assert got.code == 4
    assert "error" in got.out
    assert set(WRITTEN) <= {path.name for path in (tmp_path / OUT).iterdir()}


def test_a_pickle_is_loaded_only_where_a_person_says_so(tmp_path: Path) -> None:
    case = next(one for one in ALL if one.name == "model: a pickle")
    sound(tmp_path)
    case.build(tmp_path)
    ran(case.words, tmp_path)
    assert not (tmp_path / "loaded").exists()
    ran([*case.words, "--trust-pickle"], tmp_path)
    assert (tmp_path / "loaded").exists()


def test_a_run_that_is_there_is_kept_where_the_next_one_is_refused(tmp_path: Path) -> None:
    sound(tmp_path)
    ran(ASSESS, tmp_path)
    before = files(tmp_path / OUT)
    write("cases.csv", "age,lab,died\n1,2\n")(tmp_path)
    assert ran(ASSESS, tmp_path).code == 2
    assert files(tmp_path / OUT) == before


def test_several_workers_leave_nothing_behind_either(tmp_path: Path) -> None:
    sound(tmp_path)
    both(write("m.skops", b""), saved("m.skops", b""))(tmp_path)
    got = ran([word if word != "1" else "2" for word in ASSESS], tmp_path)
    assert got.code == 2
    assert not (tmp_path / OUT).exists()


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    sound(tmp_path)
    write("system.toml", SYSTEM.replace("0.5", "2").replace('"triage"', "7").replace("seconds = 0.3", "seconds = 0"))(tmp_path)
    got = ran(ASSESS, tmp_path)
    assert [line.removeprefix("keepstone:").strip().split(":")[1] for line in got.err.splitlines()] == ["2", "9", "10"]


# ---- anything at all ----


def sane(words: tuple[str, ...], folder: Path) -> None:
    """Run a command on what may be anything; it ends as commands end."""
    got = ran(words, folder)
    said = got.out + got.err
    assert got.code in {0, 1, 2, 3, 4}
    assert "Traceback" not in said
    assert "unforeseen" not in said, said
    assert inert(said)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_for_a_system(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    sound(folder)
    write("system.toml", data)(folder)
    sane(("plan", "system.toml"), folder)


@settings(max_examples=60)
@given(st.integers(0, len(SYSTEM) - 1), st.integers(0, 12), st.text(max_size=6))
def test_a_system_with_a_piece_of_something_else(tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str) -> None:
    folder = tmp_path_factory.mktemp("piece")
    sound(folder)
    write("system.toml", (SYSTEM[:at] + put + SYSTEM[at + cut :]).encode("utf-8", "surrogatepass"))(folder)
    sane(("plan", "system.toml", "--only", "control"), folder)


@settings(max_examples=40)
@given(st.integers(0, 400), st.integers(0, 12), st.binary(max_size=6))
def test_data_with_a_piece_of_something_else(tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: bytes) -> None:
    folder = tmp_path_factory.mktemp("data")
    sound(folder)
    rows = ROWS.encode()[:2000].rpartition(b"\n")[0] + b"\n"
    write("cases.csv", rows[:at] + put + rows[at + cut :])(folder)
    sane(("plan", "system.toml", "--only", "control"), folder)


@settings(max_examples=80)
@given(st.lists(st.text(max_size=12), max_size=4), st.sampled_from(["assess", "plan", "report", "explain", "list", "diff", "keys", "check", "init", "help"]))
def test_any_words(tmp_path_factory: pytest.TempPathFactory, words: list[str], command: str) -> None:
    sane((command, *words), tmp_path_factory.mktemp("words"))
