"""Weak slices: parts of the cases, told by one or two tests, that are served worse than the rest.

They are searched here on rows that no claim is made on, and claimed elsewhere on others (STATISTICS: search, then test). So a slice that was only luck does
no harm but to come out well; what matters is that a real one is among the few that are kept. The whole grid of one and two tests is counted by three matrix
products, and ranked by a bound of the excess that three standard errors can't explain: many pairs are tried, and small parts vary most (compare Slice Finder,
Chung et al. 2019, and SliceLine, Sagadeeva and Boehm 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.errors import InputError
from keepstone.core.table import Rule
from keepstone.stats.chance import order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.table import Feature, Table

    Bools = NDArray[np.bool_]
    Test = tuple[int, str, str, float]

MOST = 5
"""Slices that are kept: each is a claim to pay for."""
SHARES = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
LEAST_SHARE = 0.05
LEAST_ROWS, ENOUGH_ROWS, LEAST_COUNTED, ENOUGH_COUNTED = 60, 120, 20, 40
ERRORS = 3.0  # standard errors that luck may take
SIMPLER = 0.02  # a second test must add so much
ALIKE = 0.5  # of two slices that share more than this of their rows the weaker one is kept alone
MOST_TESTS, MOST_ROWS = 400, 50_000


def weak_slices(table: Table, scores: Floats, threshold: float, seed: int, *, of: str = "missed") -> tuple[Rule, ...]:
    """Find the parts of a table that are served worst.

    Args:
        table: The rows that may be looked at.
        scores: Honest scores of these rows, out of fold where they were trained on, float64 (rows,); rows without one are left out.
        threshold: Score from which a case is flagged.
        seed: Draws 50 000 of the rows where there are more.
        of: What is worse: "missed" (outcomes not flagged), "alarms" (flagged without the outcome) or "error" (either).

    Returns:
        At most five rules, worst first: of at least 60 rows (and a twentieth of all, or 120), 20 of them counted (and a twentieth of all that are, or 40:
        fewer can hardly be decided about elsewhere), and with a rate that is over that of all rows by more than three standard errors; where there is
        none, the one that comes nearest, so that the question is asked. Thresholds are rounded to three digits, so that a rule repeats nobody's value.

    Raises:
        InputError: If `of` is another word.

    Example:
        >>> from keepstone.areas import controls
        >>> target = controls.unfair()
        >>> [str(rule) for rule in weak_slices(target.test, target.scorer(target.test.x).scores, target.threshold, 7)]
        ['ward is 0']
    """
    rows = np.flatnonzero(np.isfinite(scores))
    if len(rows) > MOST_ROWS:
        rows = np.sort(rows[order(seed, "weak slices", len(rows))[:MOST_ROWS]])
    flagged, truth = scores[rows] >= threshold, table.y[rows] == 1
    counted = {"missed": truth, "alarms": ~truth, "error": np.ones(len(rows), dtype=bool)}.get(of)
    if counted is None:
        raise InputError(f"The «of» of weak slices must be missed, alarms or error; got {of!r}.")
    if counted.sum() < 2 * LEAST_COUNTED:
        return ()
    wrong = flagged != truth
    tests, masks = _tests(table.features, table.x[rows])
    if not tests:
        return ()
    grid = _Grid(masks, counted, wrong & counted)
    keep = np.sort(np.argsort(-np.diag(grid.bound), kind="stable")[:MOST_TESTS])
    grid, tests = _Grid(masks[:, keep], counted, wrong & counted), [tests[at] for at in keep]
    return tuple(Rule(tuple(tests[at] for at in dict.fromkeys(pair))) for pair in _kept(grid))


def overconfident(table: Table, scores: Floats, threshold: float, seed: int) -> Rule | None:
    """Find where flags claim the most beyond what came: the part of the flagged rows in which the scores exceed the rate of outcomes most.

    Args:
        table: The rows that may be looked at.
        scores: Honest scores of these rows, as for `weak_slices`.
        threshold: Score from which a case is flagged.
        seed: Draws 50 000 of the rows where there are more.

    Returns:
        A rule of one test, of at least 60 rows and 40 flags, that is not most of the rows, ranked by the excess of mean score over rate that one standard
        error can't explain; the one that comes nearest where there is none. None where no part is large enough. Only flags are looked at, since
        an attack on an overlooked outcome has nothing to turn.

    Example:
        >>> from keepstone.areas import controls
        >>> target = controls.unfair(0.98)
        >>> rule = overconfident(target.test, target.scorer(target.test.x).scores, target.threshold, 7)
        >>> rule is not None and len(rule.tests)
        1
    """
    rows = np.flatnonzero(np.isfinite(scores))
    if len(rows) > MOST_ROWS:
        rows = np.sort(rows[order(seed, "overconfident", len(rows))[:MOST_ROWS]])
    tests, masks = _tests(table.features, table.x[rows])
    flagged = scores[rows] >= threshold
    if not tests or not flagged.any():
        return None
    inside = masks[flagged]
    over = np.where(flagged, scores[rows] - table.y[rows], 0.0)[flagged]
    number = inside.sum(axis=0)
    mean = over @ inside / np.maximum(number, 1)
    spread = np.sqrt(np.maximum(over**2 @ inside / np.maximum(number, 1) - mean**2, 0.0) / np.maximum(number, 1))
    fits = (number >= ENOUGH_COUNTED) & (number <= len(over) / 2)
    if not fits.any():
        return None
    return Rule((tests[int(np.argmax(np.where(fits, mean - spread, -np.inf)))],))


@dataclass(frozen=True, eq=False)
class _Grid:
    """Every pair of tests, counted. The diagonal is a test by itself.

    Attributes:
        masks: bool (rows, tests).
        counted: Rows that count.
        lost: Rows that count and are wrong.
    """

    masks: Bools
    counted: Bools
    lost: Bools

    @property
    def bound(self) -> Floats:
        """By how much the rate of each pair is over that of all rows, less what luck explains; -1 where a pair is too small, (tests, tests)."""
        every, some, bad = (self._pairs(rows) for rows in (np.ones(len(self.masks), dtype=bool), self.counted, self.lost))
        least = max(LEAST_ROWS, min(LEAST_SHARE * len(self.masks), ENOUGH_ROWS))
        rate, usual = bad / np.maximum(some, 1), self.lost.sum() / self.counted.sum()
        spread = (bad + 2 * usual) / (some + 2)  # never without any spread
        excess = rate - usual - ERRORS * np.sqrt(spread * (1 - spread) / np.maximum(some, 1))
        enough = max(LEAST_COUNTED, min(LEAST_SHARE * float(self.counted.sum()), ENOUGH_COUNTED))
        return np.where((every >= least) & (some >= enough), excess, -1.0)

    def _pairs(self, rows: Bools) -> Floats:
        masks = self.masks[rows].astype(np.float32)
        return np.asarray(masks.T @ masks, dtype=np.float64)


def _kept(grid: _Grid) -> Iterator[tuple[int, int]]:
    """The worst pairs, worst first, none much like one before."""
    bound = grid.bound
    alone = np.diag(bound)
    pairs = np.where(bound > np.maximum(alone[:, None], alone[None, :]) + SIMPLER, bound, -1.0)
    np.fill_diagonal(pairs, alone)
    upper = np.triu(pairs) - np.tril(np.ones_like(pairs), -1)
    seen: list[Bools] = []
    for place in np.argsort(-upper, axis=None, kind="stable"):
        first, second = (int(at) for at in np.unravel_index(place, upper.shape))
        if upper[first, second] <= -1 or (upper[first, second] <= 0 and seen) or len(seen) == MOST:
            return
        rows = grid.masks[:, first] & grid.masks[:, second]
        if all((rows & other).sum() <= ALIKE * min(rows.sum(), other.sum()) for other in seen):
            seen.append(rows)
            yield first, second


def _tests(features: tuple[Feature, ...], x: Floats) -> tuple[list[Test], Bools]:
    """Every test of every column that tells some rows from others, and the rows for which it holds."""
    tests = [(at, feature.name, how, value) for at, feature in enumerate(features) for how, value in _ways(feature, x[:, at])]
    masks = [Rule((test,)).holds(x) for test in tests]
    useful = [at for at, mask in enumerate(masks) if LEAST_ROWS <= mask.sum() < len(x)]
    return [tests[at] for at in useful], np.array([masks[at] for at in useful], dtype=bool).reshape(len(useful), len(x)).T


def _ways(feature: Feature, values: Floats) -> Iterator[tuple[str, float]]:
    """Ways to ask about one column: cuts at shares of its present values, each of its codes, and whether it is missing."""
    present = np.sort(values[~np.isnan(values)])
    if len(present) < len(values):
        yield "missing", 0.0
    if not len(present):
        return
    names = np.unique(present)
    if feature.kind in ("category", "binary") or len(names) == 2:
        yield from (("is", float(name)) for name in names[:50])
        return
    cuts = dict.fromkeys(float(f"{present[int(share * (len(present) - 1))]:.3g}") for share in SHARES)
    yield from ((how, cut) for cut in cuts for how in ("<=", ">"))
