"""Bar 5 with 1 000 runs: wrong claims in null batteries, false shares in mixed ones, hostile peeks, planted faults; 12 minutes on a quiet core.

    python benchmarks/soak_validity.py [--runs 1000]

Floor, peer and bars are those of `bar_05_validity.py`, at five times its runs, so that a rate twice as high as it should be could hardly hide.
"""

from __future__ import annotations

import argparse
import sys

from bar_05_validity import batteries, faults, peeks


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    return 0 if all([*batteries(runs), *peeks(runs), *faults(max(runs // 2, 10))]) else 1


if __name__ == "__main__":
    sys.exit(main())
