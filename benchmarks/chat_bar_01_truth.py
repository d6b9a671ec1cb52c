"""Chat bar 1: truth recovered. On the scripted assistant, each switch at none, half the limit and twice the limit: right, or inconclusive.

The truth is known in closed form: a switch at p gives a loss of p in its cell. At the limit itself no verdict is right but FAIL ("at or over"), so there the
wrong PASS is counted, under a look after every block of many trials.
"""

from __future__ import annotations

import sys

from chat_cells import ALPHA, SWITCHES, assistant, ended, probes
from printing import show, verdict

from keepstone.intake.threads import one_thread

LIMIT = 0.1
RATES = {"none": 0.0, "half the limit": 0.5 * LIMIT, "twice the limit": 2 * LIMIT}
ITEMS = 1000
LONG = 3000  # trials of a look that nobody stops


def main() -> int:
    """Print both tables; 0 where every bar is met."""
    fast = "--fast" in sys.argv
    seeds = range(10 if fast else 200)
    switches = dict(list(SWITCHES.items())[: 3 if fast else None])
    known = probes()
    rows, wrong, early, off = [], 0, 0, 0
    for switch, finding in switches.items():
        for name, rate in RATES.items():
            right = "FAIL" if rate >= LIMIT else "PASS"
            got = [ended(known[finding], assistant(switch, rate, ITEMS), LIMIT, seed) for seed in seeds]
            good = sum(one.verdict == right for one in got)
            bad = sum(one.verdict not in {right, "INCONCLUSIVE"} for one in got)
            calls = sorted(one.calls for one in got)[len(got) // 2]
            rows.append((switch, name, good, len(got) - good - bad, bad, calls))
            wrong, early, off = wrong + bad, early + good, off + len(got)
    show(f"limit {LIMIT:g}, up to {ITEMS} items, {len(seeds)} seeds", ("switch", "rate", "right", "open", "wrong", "median calls"), rows)
    at_limit, passed, looked = [], 0, 0
    for switch, finding in switches.items():
        got = [ended(known[finding], assistant(switch, LIMIT, LONG), LIMIT, seed) for seed in seeds]
        count = sum(one.verdict == "PASS" for one in got)
        at_limit.append((switch, count, sum(one.verdict == "FAIL" for one in got), len(got)))
        passed, looked = passed + count, looked + len(got)
    show(f"the rate is the limit, {LONG} items", ("switch", "PASS", "FAIL", "runs"), at_limit)
    met = [
        verdict("wrong verdicts off the limit", wrong / off, 0.05),
        verdict("not right within 1 000 calls off the limit", 1 - early / off, 0.1),
        verdict("PASS at the limit", passed / looked, ALPHA),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    with one_thread():
        sys.exit(main())
