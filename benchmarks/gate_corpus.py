"""The gate on a corpus made at run time: what is refused on each level of disguise, what honest files are, the time of a file; peers and the floor.

A file counts as stopped where it is not clean: hostile or cannot tell; of a peer where it flags it or fails on it. Floor: hashing the same files. The last
part makes a file of safetensors of a gibibyte and compares judging it with hashing it. The peers live in an environment of their own:

    python -m venv peer && peer/bin/pip install picklescan fickling modelscan modelaudit
    python benchmarks/gate_corpus.py --peer-python peer/bin/python
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from printing import show, verdict

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from hostile.model_bombs import bombs
from hostile.model_files import Made, hostile
from hostile.model_honest import hard, plain

from keepstone.intake.gate.scan import scan

PEERS = ("picklescan", "fickling", "modelscan", "modelaudit")
GIB = 1 << 30
PEER = """
import json, sys, pathlib, time, logging, warnings
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
name, out = sys.argv[1], {}
if name == "picklescan":
    from picklescan.scanner import scan_file_path
    def stop(path):
        got = scan_file_path(str(path))
        return bool(got.infected_files or got.scan_err)
elif name == "fickling":
    import fickling
    def stop(path):
        return not fickling.is_likely_safe(str(path))
elif name == "modelscan":
    from modelscan.modelscan import ModelScan
    def stop(path):
        got = ModelScan().scan(str(path))
        return bool(got["summary"]["total_issues"] or got.get("errors"))
else:
    from modelaudit.core import scan_model_directory_or_file
    def stop(path):
        got = scan_model_directory_or_file(str(path))
        return any(str(getattr(one, "severity", "")).lower().endswith(("warning", "critical")) for one in got.issues) or bool(getattr(got, "has_errors", False))
for path in sorted(pathlib.Path(sys.argv[2]).rglob("*")):
    if path.is_file():
        start = time.perf_counter()
        try:
            out[path.parent.name + "/" + path.name] = [bool(stop(path)), time.perf_counter() - start]
        except BaseException:
            out[path.parent.name + "/" + path.name] = [True, time.perf_counter() - start]
pathlib.Path(sys.argv[3]).write_text(json.dumps(out))
"""


def laid(folder: Path) -> dict[str, tuple[str, Made]]:
    """Write the corpus; give each file's group by its place."""
    groups = {f"L{level}": [one for one in hostile() if one.level == level] for level in range(1, 6)}
    groups |= {"bombs": bombs(), "plain": plain(), "hard": hard()}
    places = {}
    for group, files in groups.items():
        for number, one in enumerate(files):
            own = folder / f"{group}-{number}"
            own.mkdir()
            (own / one.name).write_bytes(one.data)
            places[f"{own.name}/{one.name}"] = (group, one)
    return places


def ours(folder: Path, places: dict[str, tuple[str, Made]]) -> dict[str, tuple[bool, float]]:
    """Ask the gate."""
    found = {}
    for place in places:
        start = time.perf_counter()
        stopped = not scan(folder / place).outcome.passes
        found[place] = (stopped, time.perf_counter() - start)
    return found


def floor(folder: Path, places: dict[str, tuple[str, Made]]) -> dict[str, tuple[bool, float]]:
    """Hash every file."""
    found = {}
    for place in places:
        start = time.perf_counter()
        with (folder / place).open("rb") as file:
            hashlib.file_digest(file, "sha256")
        found[place] = (False, time.perf_counter() - start)
    return found


def peer(python: str, name: str, folder: Path) -> dict[str, tuple[bool, float]] | None:
    """Ask a peer in its own environment; None where it is not installed there."""
    if subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False).returncode:
        return None
    with tempfile.TemporaryDirectory() as aside:
        told = Path(aside) / "told.json"
        calm = {**os.environ, "PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1"}
        subprocess.run([python, "-c", PEER, name, str(folder), str(told)], env=calm, cwd=aside, capture_output=True, check=False, timeout=1200)
        return {place: (bool(stop), float(took)) for place, (stop, took) in json.loads(told.read_text()).items()} if told.exists() else None


def row(name: str, places: dict[str, tuple[str, Made]], got: dict[str, tuple[bool, float]]) -> list[object]:
    """A contender's line."""
    cells: list[object] = [name]
    for group in ("L1", "L2", "L3", "L4", "L5", "bombs", "plain", "hard"):
        named = [place for place, (found, _) in places.items() if found == group]
        cells.append(f"{sum(got.get(place, (True, 0.0))[0] for place in named)}/{len(named)}")
    times = [took for _, took in got.values()]
    return [*cells, 1000 * statistics.median(times), 1000 * max(times)]


def large(folder: Path) -> float:
    """How much longer judging a gibibyte of safetensors takes than hashing it; the best of three, each."""
    path = folder / "large.safetensors"
    count, each = 64, GIB // 64
    header = {f"w{k}": {"dtype": "F32", "shape": [each // 4], "data_offsets": [k * each, (k + 1) * each]} for k in range(count)}
    raw = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(raw).to_bytes(8, "little") + raw)
        for _ in range(count):
            file.write(os.urandom(1 << 20) * (each >> 20))
    hashing, judging = [], []
    for _ in range(3):
        start = time.perf_counter()
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
        hashing.append(time.perf_counter() - start)
        start = time.perf_counter()
        assert scan(path).outcome.passes
        judging.append(time.perf_counter() - start)
    path.unlink()
    print(f"\n1 GiB of safetensors: hashed in {min(hashing):.2f} s, judged and hashed in {min(judging):.2f} s")
    return min(judging) / min(hashing)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer-python", default="")
    parser.add_argument("--without-large", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "corpus"
        folder.mkdir()
        places = laid(folder)
        got = ours(folder, places)
        rows = [row("floor: hash", places, floor(folder, places)), row("keepstone scan", places, got)]
        for one in PEERS if chosen.peer_python else ():
            found = peer(chosen.peer_python, one, folder)
            rows += [row(one, places, found)] if found is not None else [[one, *["not installed"], *[""] * 9]]
        show("Stopped, of all", ["", "L1", "L2", "L3", "L4", "L5", "bombs", "plain", "hard", "median ms", "longest ms"], rows)
        missed = [place for place, (group, _) in places.items() if group[0] in "Lb" and not got[place][0]]
        alarms = [place for place, (group, _) in places.items() if group == "plain" and got[place][0]]
        met = [verdict("hostile files and bombs that pass", len(missed), 0), verdict("plain honest files refused", len(alarms), 0)]
        met.append(verdict("hard honest files refused", sum(got[place][0] for place, (group, _) in places.items() if group == "hard"), 6))
        met.append(verdict("median time of a file", 1000 * statistics.median(took for _, took in got.values()), 20, unit=" ms"))
        met.append(verdict("most memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1024, unit=" MiB"))
        if not chosen.without_large:
            met.append(verdict("1 GiB of safetensors, times hashing", large(Path(name)), 1.5))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
