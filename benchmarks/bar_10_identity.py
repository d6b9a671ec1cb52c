"""Bar 10: the same bytes from 5 runs, from 1, 2 and 4 workers, and from a run that is killed at 20 random moments and resumed; `verify.py` accepts them.

    python benchmarks/bar_10_identity.py [--system examples/minimal/system.toml] [--fast]

The kills fall over the whole life of the run. A resumed run goes on where the killed one stood, so a moment is not a time but a place in its life: a
fifth of the kills come while it opens (a random part of the time until the plan is signed), three fifths during the trials (as soon as a random share of
the batches is kept, so that each starts where the one before ended), a fifth while results and report are written. `bar_10_edits.py` does the edits.

Floor and peer: none applies; the number of different digests must be one.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from printing import show, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parent.parent
SYSTEM = TOP / "examples" / "healthcare" / "system.toml"
OPENING, TRIALS, WRITING = "opening", "trials", "writing"
SHARES = (OPENING, TRIALS, TRIALS, TRIALS, WRITING)
LOOK = 0.02
"""Seconds between two looks at the folder."""


class Life(NamedTuple):
    """How a whole run went: seconds until its plan was signed, batches kept in the end, seconds from the last of them to the end."""

    opening: float
    kept: int
    writing: float


class Moment(NamedTuple):
    """Where in a run's life it is killed: a phase, and how far in it, from 0 to 1."""

    phase: str
    share: float


class Job(NamedTuple):
    """What is run: a system file and its profile."""

    system: Path
    profile: str

    def command(self, out: Path, workers: int, *more: str) -> list[str]:
        """The command of a run."""
        words = ["assess", str(self.system), "--out", str(out), "--profile", self.profile, "--workers", str(workers)]
        return [sys.executable, "-m", "keepstone.cli.main", *words, *more]

    def start(self, out: Path, workers: int, *more: str) -> subprocess.Popen[bytes]:
        """Start a run in a session of its own, so that a kill hits only this one."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(self.command(out, workers, *more), stdout=quiet, stderr=quiet, start_new_session=True)

    def run(self, out: Path, workers: int, *more: str) -> str:
        """Run to the end; give the digest."""
        done = subprocess.run(self.command(out, workers, *more), capture_output=True, check=False)
        if done.returncode not in (0, 1, 4):
            print(done.stderr.decode()[-800:])
            sys.exit(2)
        return digest(out)


def digest(out: Path) -> str:
    """Digest of what must be the same: plan, log and result."""
    total = hashlib.sha256()
    for name in ("plan.json", "losses.jsonl", "result.json"):
        total.update((out / name).read_bytes())
    return total.hexdigest()[:16]


def kept(out: Path) -> int:
    """How many batches and artefacts are kept so far."""
    return sum(1 for _ in (out / "shelf").glob("*/*.npz"))


def lived(job: Job, out: Path) -> Life:
    """Run to the end and see when each phase began."""
    began = planned = last = time.perf_counter()
    process, many = job.start(out, 2), 0
    while process.poll() is None:
        now, found = time.perf_counter(), kept(out)
        if not (out / "plan.sig.json").is_file():
            planned = now
        if found != many:
            many, last = found, now
        time.sleep(LOOK)
    if process.returncode not in (0, 1, 4):
        sys.exit(f"the run ended with {process.returncode}")
    return Life(planned - began, many, time.perf_counter() - max(last, planned))


def moments(kills: int, seed: int) -> Iterator[Moment]:
    """Give random moments, each phase cut evenly with one moment in each part, in the order of a run's life."""
    draw = random.Random(seed)  # noqa: S311  moments, not secrets
    counts = dict.fromkeys(dict.fromkeys(SHARES), 0)
    for k in range(kills):
        counts[SHARES[(k * 3 + 1) % len(SHARES)]] += 1
    for phase, number in counts.items():
        for k in range(number):
            yield Moment(phase, (k + draw.random()) / number)


def reached(moment: Moment, life: Life, out: Path, since: float, full: float | None) -> bool:
    """Say whether a run that started so many seconds ago, and has kept everything for `full` seconds (None: not yet), is at this moment of its life."""
    if moment.phase == OPENING:
        return since >= moment.share * life.opening
    if moment.phase == TRIALS:
        return (out / "plan.sig.json").is_file() and kept(out) >= moment.share * life.kept and since > 0.5 * life.opening
    return full is not None and full >= moment.share * life.writing


def killed(job: Job, life: Life, out: Path, kills: int, *, seed: int = 7) -> tuple[str, dict[str, int]]:
    """Start, kill -9 at each moment, resume; give the digest of the end and how many kills hit in each phase."""
    hits = dict.fromkeys(dict.fromkeys(SHARES), 0)
    for moment in moments(kills, seed):
        resume = ("--resume",) if (out / "plan.sig.json").is_file() else ()
        process, began, full = job.start(out, 2, *resume), time.perf_counter(), None
        while process.poll() is None:
            now = time.perf_counter()
            if full is None and kept(out) >= life.kept and now - began > life.opening * 0.5:
                full = now
            if reached(moment, life, out, now - began, None if full is None else now - full):
                process.send_signal(signal.SIGKILL)
                hits[moment.phase] += 1
                break
            time.sleep(LOOK)
        process.wait()
        time.sleep(0.2)  # its workers see that it is gone
    return job.run(out, 2, *(("--resume",) if (out / "plan.sig.json").is_file() else ())), hits


def accepted(out: Path) -> bool:
    """Say whether the stand-alone verifier accepts a run."""
    done = subprocess.run([sys.executable, str(TOP / "tools" / "verify.py"), str(out)], capture_output=True, check=False)
    if done.returncode:
        print(done.stdout.decode()[-800:])
    return done.returncode == 0


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", type=Path, default=SYSTEM, help="the system file that is assessed")
    parser.add_argument("--profile", default="quick", help="quick or full")
    parser.add_argument("--fast", action="store_true", help="2 runs and 5 kills")
    chosen = parser.parse_args()
    job, kills = Job(chosen.system.resolve(), chosen.profile), 5 if chosen.fast else 20
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        life = lived(job, folder / "run1")
        rows.append(["run 1, 2 workers", digest(folder / "run1")])
        rows += [[f"run {number}, 2 workers", job.run(folder / f"run{number}", 2)] for number in range(2, 3 if chosen.fast else 6)]
        rows += [[f"{workers} workers", job.run(folder / f"w{workers}", workers)] for workers in (1, 4)]
        found, hits = killed(job, life, folder / "killed", kills)
        said = ", ".join(f"{number} in {phase}" for phase, number in hits.items())
        rows.append([f"killed -9 {sum(hits.values())} times ({said}) and resumed", found])
        fine = accepted(folder / "run1") and accepted(folder / "killed")
    show(f"Digest of plan, log and result: {job.system.parent.name}, {job.profile}", ["run", "digest"], rows)
    print(f"        a run opens for {life.opening:.1f} s, keeps {life.kept} batches and artefacts, and writes for {life.writing:.1f} s")
    print(f"{'met    ' if fine else 'NOT MET'}  tools/verify.py accepts the first run and the killed one")
    hit = verdict("kills that came too late", kills - sum(hits.values()), kills // 5)
    return 0 if verdict("different digests", len({row[1] for row in rows}), 1) and fine and hit else 1


if __name__ == "__main__":
    sys.exit(main())
