"""Bar 10: the same bytes from 5 runs, from 1, 2 and 4 workers, and from a run that is killed at 20 random moments and resumed.

Floor and peer: none applies; the number of different digests must be one. `bar_10_edits.py` does the edits.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from printing import show, verdict

TOP = Path(__file__).parent.parent
SYSTEM = TOP / "examples" / "minimal" / "system.toml"


def command(out: Path, *more: str) -> list[str]:
    """The command of a run."""
    return [sys.executable, "-m", "keepstone.cli.main", "assess", str(SYSTEM), "--out", str(out), *more]


def digest(out: Path) -> str:
    """Digest of what must be the same: plan, log and result."""
    total = hashlib.sha256()
    for name in ("plan.json", "losses.jsonl", "result.json"):
        total.update((out / name).read_bytes())
    return total.hexdigest()[:16]


def run(out: Path, *more: str) -> str:
    """Run to the end; give the digest."""
    done = subprocess.run(command(out, *more), capture_output=True, check=False)
    if done.returncode not in (0, 1, 4):
        print(done.stderr.decode()[-800:])
        sys.exit(2)
    return digest(out)


def killed(out: Path, kills: int, whole: float) -> tuple[str, int]:
    """Start, kill -9 at a random moment, resume, kill again; give the digest of the end and how many kills hit."""
    draw = random.Random(7)  # noqa: S311  moments, not secrets
    hits = 0
    resume: tuple[str, ...] = ()
    for _ in range(kills):
        process = subprocess.Popen(command(out, "--workers", "2", *resume), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            process.wait(timeout=draw.uniform(0.2, 0.9) * whole)
        except subprocess.TimeoutExpired:
            hits += 1
            process.send_signal(signal.SIGKILL)
            process.wait()
        time.sleep(0.2)
        resume = ("--resume",) if (out / "plan.sig.json").is_file() else ()
    return run(out, "--workers", "2", *resume), hits


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true", help="2 runs and 3 kills")
    fast = parser.parse_args().fast
    folder = Path(tempfile.mkdtemp())
    rows = []
    began = time.perf_counter()
    rows.append(["run 1, 2 workers", run(folder / "first", "--workers", "2")])
    whole = time.perf_counter() - began
    rows += [[f"run {number}, 2 workers", run(folder / f"run{number}", "--workers", "2")] for number in range(2, 3 if fast else 6)]
    rows += [[f"{workers} workers", run(folder / f"w{workers}", "--workers", workers)] for workers in ("1", "4")]
    found, hits = killed(folder / "killed", 3 if fast else 20, whole)
    rows.append([f"killed -9 {hits} times and resumed", found])
    show("Digest of plan, log and result", ["run", "digest"], rows)
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if verdict("different digests", len({row[1] for row in rows}), 1) else 1


if __name__ == "__main__":
    sys.exit(main())
