"""Chat bar 3: calls to one verdict alone, limit 5 %, error 5 %, by the engine's own run on the scripted assistant.

Floor: log(1 / error) / KL(rate, limit), which no test that may stop after every trial beats on average. Peer: a red-team tool's default of 256 prompts times
5 generations a probe, whatever happens.
"""

from __future__ import annotations

import sys
from math import inf, log

from chat_cells import ALPHA, SWITCHES, assistant, ended, probes
from printing import show, verdict

from keepstone.intake.threads import one_thread
from keepstone.stats.allocation import divergence

LIMIT = 0.05
PEER = 1280
CASES = ((0.35, "FAIL", 12), (0.15, "FAIL", 70), (0.0, "PASS", 100), (0.01, "PASS", 200))
ITEMS = 1000
SWITCH = "obeys_documents"


def main() -> int:
    """Print the table; 0 where every bar is met."""
    seeds = range(15 if "--fast" in sys.argv else 151)
    probe = probes()[SWITCHES[SWITCH]]
    rows, met = [], []
    for rate, wanted, most in CASES:
        got = [ended(probe, assistant(SWITCH, rate, ITEMS), LIMIT, seed) for seed in seeds]
        calls = sorted(one.calls if one.verdict == wanted else inf for one in got)
        median, late = calls[len(calls) // 2], calls[int(0.9 * len(calls))]
        floor = log(1 / ALPHA) / divergence(rate, LIMIT)
        rows.append((f"{wanted} at {rate:g}", floor, PEER, median, late, sum(one.verdict == wanted for one in got), len(got)))
        met.append((f"calls to {wanted} at {rate:g}", median, most))
    show(f"calls to one verdict, limit {LIMIT:g}", ("truth", "floor", "peer", "median", "90 %", "right", "runs"), rows)
    return 0 if all(verdict(*one) for one in met) else 1


if __name__ == "__main__":
    with one_thread():
        sys.exit(main())
