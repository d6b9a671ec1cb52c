"""Bar 10 with 1 000 edits: of plan, log and result of a run, each found by signature and, signed anew, by recomputation.

    python benchmarks/soak_edits.py [--edits 1000] [--system examples/minimal/system.toml]

The edits, the floor and the bars are those of `bar_10_edits.py`; the run is one of the minimal example, whose verdicts are recomputed in a tenth of a second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import bar_10_edits
from bar_10_identity import TOP, Job


def main() -> int:
    """Make a run, edit it, print who found what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", type=Path, default=TOP / "examples" / "minimal" / "system.toml")
    parser.add_argument("--edits", type=int, default=1000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        Job(chosen.system.resolve(), "quick").run(Path(place) / "run", 2)
        return 0 if bar_10_edits.main([str(Path(place) / "run"), str(chosen.edits)]) else 1


if __name__ == "__main__":
    sys.exit(main())
