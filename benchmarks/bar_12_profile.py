"""Bar 12: how long the healthcare example takes, quick and full, and where the time goes. Floor: fitting the model and asking it once."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from printing import show, verdict

TOP = Path(__file__).parent.parent
FLOOR = """
import sys, time
sys.path.insert(0, {folder!r})
import numpy as np, model
t = model.read({data!r}, "train"); x = model.read({data!r}, "test")
began = time.perf_counter()
model.fit(t.X, t.y, seed=0).predict_proba(x.X)
print(time.perf_counter() - began)
"""


def assess(profile: str, out: str) -> tuple[float, dict[str, Any]]:
    """Seconds of the whole process, and the facts of the run."""
    system = str(TOP / "examples" / "healthcare" / "system.toml")
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "keepstone.cli.main", "assess", system, "--out", out, "--profile", profile], capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 1, 4):
        print(done.stderr.decode()[-800:])
        sys.exit(2)
    return seconds, json.loads((Path(out) / "run.json").read_text())


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true", help="the quick profile only")
    fast = parser.parse_args().fast
    folder = TOP / "examples" / "healthcare"
    code = FLOOR.format(folder=str(folder), data=str(folder / "data" / "careful.csv.gz"))
    floor = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    met = []
    for profile, most in (("quick", 60.0), ("full", 360.0))[: 1 if fast else 2]:
        with tempfile.TemporaryDirectory() as out:
            seconds, run = assess(profile, out)
            plan = json.loads((Path(out) / "plan.json").read_text())
        arms: dict[str, int] = {}
        for arm in plan["arms"]:
            name = arm["id"].partition("+")[0].partition("-")[0]
            arms[name] = arms.get(name, 0) + 1
        spent = run["seconds_by_kind"]
        rows = [[name, arms.get(name, 0), took, took / max(arms.get(name, 1), 1)] for name, took in sorted(spent.items(), key=lambda one: -one[1])]
        show(f"{profile}: seconds by kind of condition (all workers together)", ["condition", "arms", "seconds", "an arm"], rows)
        cells, calls, workers = run["cells"], run["calls"], run["workers"]
        print(f"{cells} cells, {len(plan['criteria'])} criteria, {len(plan['pairs'])} comparisons, {calls} calls, {workers} workers")
        print(f"floor, one fit and one answer to every case: {floor:.2f} s")
        met.append(verdict(f"{profile} profile, whole process", seconds, most, unit=" s"))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
