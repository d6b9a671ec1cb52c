"""Bar 10 with up to 200 kills: a run that is killed -9 over and over, at random moments of its whole life, and resumed, ends with the same bytes.

    python benchmarks/soak_kills.py [--kills 200] [--rounds 10] [--minutes 16] [--system examples/minimal/system.toml]

Each round is a run of its own with its share of the kills, at other moments. No round is begun when the minutes are over. Floor and peer: none applies.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bar_10_identity import TOP, Job, accepted, digest, killed, lived
from printing import show, verdict


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", type=Path, default=TOP / "examples" / "minimal" / "system.toml")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=16.0)
    chosen = parser.parse_args()
    job, began = Job(chosen.system.resolve(), "quick"), time.perf_counter()
    rows: list[list[object]] = []
    fine, hits, due = True, 0, 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        life = lived(job, folder / "whole")
        rows.append(["never killed", "", digest(folder / "whole")])
        for number in range(chosen.rounds):
            if time.perf_counter() - began > 60 * chosen.minutes:
                break
            each = chosen.kills // chosen.rounds
            found, hit = killed(job, life, folder / f"killed{number}", each, seed=number)
            fine &= accepted(folder / f"killed{number}")
            hits, due = hits + sum(hit.values()), due + each
            rows.append([f"round {number + 1}", f"{sum(hit.values())} ({', '.join(f'{many} in {phase}' for phase, many in hit.items())})", found])
    show(f"Digest of plan, log and result: {job.system.parent.name}", ["run", "killed", "digest"], rows)
    print(f"        {hits} kills of {chosen.kills} asked for, in {time.perf_counter() - began:.0f} s")
    print(f"{'met    ' if fine else 'NOT MET'}  tools/verify.py accepts every round")
    late = verdict("kills that came too late", due - hits, due // 5)
    return 0 if verdict("different digests", len({str(row[2]) for row in rows}), 1) and fine and late else 1


if __name__ == "__main__":
    sys.exit(main())
