"""The gate on a corpus that is made at run time: what is hostile or a bomb never passes, plain honest files do."""

from __future__ import annotations

import resource
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hostile.model_bombs import bombs
from hostile.model_files import Made, hostile
from hostile.model_honest import hard, plain

from keepstone.intake.gate.outcome import RULES, Outcome, Report
from keepstone.intake.gate.scan import scan

HOSTILE, BOMBS, PLAIN, HARD = hostile(), bombs(), plain(), hard()
MOST_HARD = 6


def told(one: Made, folder: Path) -> Report:
    path = folder / one.name
    path.write_bytes(one.data)
    return scan(path)


def test_the_corpus_is_large_enough() -> None:
    assert len(HOSTILE) >= 120
    assert {one.level for one in HOSTILE} == {1, 2, 3, 4, 5}
    assert len(BOMBS) >= 17
    assert len(PLAIN) >= 50
    assert len(HARD) >= 20


@pytest.mark.parametrize("one", [*HOSTILE, *BOMBS], ids=lambda one: one.name)
def test_what_is_hostile_never_passes(one: Made, tmp_path: Path) -> None:
    report = told(one, tmp_path)
    assert not report.outcome.passes
    assert all(reason.rule in RULES and reason.what and reason.what.isprintable() for reason in report.reasons)
    assert [path.name for path in tmp_path.iterdir()] == [one.name], "the file was read, and nothing ran"


@pytest.mark.parametrize("one", PLAIN, ids=lambda one: one.name)
def test_what_is_plain_and_honest_passes(one: Made, tmp_path: Path) -> None:
    report = told(one, tmp_path)
    assert report.reasons == ()


def test_few_of_the_hard_honest_are_refused_and_a_pin_is_the_way_out(tmp_path: Path) -> None:
    refused = [(one, report) for one in HARD if not (report := told(one, tmp_path)).outcome.passes]
    assert len(refused) <= MOST_HARD
    for one, report in refused:
        again = scan(tmp_path / one.name, pins={report.sha256: "looked at (me)"})
        assert again.outcome is Outcome.CLEAN
        assert again.reasons == report.reasons


def test_a_file_takes_a_few_milliseconds_and_little_memory(tmp_path: Path) -> None:
    before, took = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
    for one in [*HOSTILE, *BOMBS, *PLAIN, *HARD]:
        start = time.perf_counter()
        told(one, tmp_path)
        took.append(time.perf_counter() - start)
    assert statistics.median(took) < 0.02
    assert max(took) < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 512 * 1024


def test_every_cut_of_a_file_is_read_to_a_verdict(tmp_path: Path) -> None:
    for one in [*PLAIN[::6], *HOSTILE[::9]]:
        for share in (0.1, 0.5, 0.9, 0.99):
            cut = Made(one.name, one.data[: int(len(one.data) * share)])
            assert told(cut, tmp_path).outcome in Outcome
            flipped = bytearray(one.data)
            flipped[int(len(flipped) * share)] ^= 0xFF
            assert told(Made(one.name, bytes(flipped)), tmp_path).outcome in Outcome


def test_no_part_of_a_hostile_pickle_passes_that_still_runs(tmp_path: Path) -> None:
    evil = next(one for one in HOSTILE if one.name == "plain_os.system.pkl").data
    for end in range(len(evil) - 1, len(evil)):
        assert not told(Made("a.pkl", evil[:end]), tmp_path).outcome.passes


def test_no_network_and_the_same_verdict_without_other_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    for one in [*PLAIN, *HARD]:
        told(one, tmp_path)
    code = (
        "import sys, pathlib\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'numpy', 'sklearn', 'scipy', 'joblib', 'skops', 'pandas', 'torch', 'onnx', 'h5py', 'lz4', 'yaml'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "from keepstone.intake.gate.scan import scan\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    print(path.name, scan(path).outcome.value)\n"
    )
    got = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert got == "".join(f"{path.name} {scan(path).outcome.value}\n" for path in sorted(tmp_path.iterdir()))
