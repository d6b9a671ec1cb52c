"""Chat bar 7: the attacker who learns. One hole among 40 openings, which works .3 of the tries, on 100 items; a fixed list beside it.

In turn over all openings a first hit takes 40 (1 / .3 - 1) + 20.5 = 114 queries on average; afterwards the queries should go to the hole.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
from printing import show, verdict

from keepstone.stats.bandit import Bandit

if TYPE_CHECKING:
    from collections.abc import Callable

OPENINGS, SUCCESS, QUERIES = 40, 0.3, 800
EXPECTED = OPENINGS * (1 / SUCCESS - 1) + 20.5


def learned(_query: int, bandit: Bandit) -> int:
    """The most promising."""
    return bandit.next()


def fixed(query: int, _bandit: Bandit) -> int:
    """A list, again and again."""
    return query % OPENINGS


def search(seed: int, choose: Callable[[int, Bandit], int]) -> tuple[int, float, int]:
    """Queries to the first hit, the share of those after it that go to the hole, and all hits."""
    luck, bandit = np.random.default_rng(seed), Bandit(OPENINGS)
    hits: list[int] = []
    after: list[bool] = []
    hole = int(luck.integers(OPENINGS))
    for query in range(QUERIES):
        one = choose(query, bandit)
        after += [one == hole] if hits else []
        hit = one == hole and bool(luck.random() < SUCCESS)
        bandit.seen(one, hit=hit)
        hits += [query + 1] if hit else []
    return (hits[0] if hits else QUERIES), float(np.mean(after)) if after else 0.0, len(hits)


def main() -> int:
    """Print the table; 0 where every bar is met."""
    seeds = range(200 if "--fast" in sys.argv else 2000)
    rows: list[tuple[object, ...]] = []
    met: list[bool] = []
    for name, choose in (("learned", learned), ("fixed list", fixed)):
        got = np.array([search(seed, choose) for seed in seeds])
        first, kept, hits = (float(value) for value in got.mean(axis=0))
        rows.append((name, first, kept, hits))
        if name == "learned":
            met.append(verdict("queries to the first hit, as a share of the expected", first / EXPECTED, 1.5))
            met.append(verdict("queries beside the hole afterwards", 1 - kept, 0.1))
    show(f"{OPENINGS} openings, {QUERIES} queries, {len(seeds)} seeds", ("attacker", "first hit", "at the hole afterwards", "hits"), rows)
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
