"""Our intervals and exact tests against those of statsmodels and scipy: the same numbers where they have the same method, no less power where they have not.

Same method, so the same numbers: the bounds of Clopper and Pearson, Wilson's interval, the slope and the intercept of recalibration with their Wald
intervals (statsmodels' GLM, with an offset), the area under the ROC curve (scipy's Mann-Whitney statistic).

Another exact method for the same claim: for two independent rates the tests of Barnard (unpooled) and Boschloo, for pairs McNemar's exact test, which
conditions on the pairs that differ. Each decides at 5 %; by enumerating every table, the exact power of each is compared, and the exact size of ours must
stay under the level whatever the common rate is.
"""

from __future__ import annotations

import sys
import warnings
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import statsmodels.api as sm
from printing import show, verdict
from scipy.special import expit, logit
from scipy.stats import barnard_exact, binom, boschloo_exact, mannwhitneyu
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from keepstone.stats.exact import lower_rate, over_pairs, over_samples, upper_rate
from keepstone.stats.modelled import auroc, calibration, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.05
NEAR = 1e-6


def rates() -> float:
    """The largest difference of Clopper and Pearson's bounds and Wilson's interval."""
    worst = 0.0
    for n in (1, 9, 59, 710, 2731):
        for k in sorted({0, 1, n // 20, n // 2, n - 1, n}):
            for level in (0.05, 0.0069, 0.00075):
                low, high = proportion_confint(k, n, alpha=2 * level, method="beta")
                worst = max(worst, abs(lower_rate(k, n, level) - low), abs(upper_rate(k, n, level) - high))
            low, high = proportion_confint(k, n, alpha=0.05, method="wilson")
            ours = wilson(k, n)
            worst = max(worst, abs(ours.lower - max(low, 0)), abs(ours.upper - min(high, 1)))
    return worst


def recalibration(times: int) -> tuple[float, float]:
    """The largest differences of slope and intercept with their intervals, and of the area, over so many samples."""
    worst = area = 0.0
    for seed in range(times):
        rng = np.random.default_rng([41, seed])
        line = rng.normal(-1, 1.3, 400)
        score, truth = expit(line), (rng.random(400) < expit(0.3 + 0.7 * line)).astype(np.int64)
        found = calibration(score, truth)
        free = sm.GLM(truth, sm.add_constant(logit(score)), family=sm.families.Binomial()).fit(tol=1e-12)
        fixed = sm.GLM(truth, np.ones((400, 1)), family=sm.families.Binomial(), offset=logit(score)).fit(tol=1e-12)
        for mine, model, at in ((found.slope, free, 1), (found.intercept, fixed, 0)):
            theirs = (model.params[at], *model.conf_int()[at])
            worst = max(worst, *(abs(one - two) for one, two in zip(mine, theirs, strict=True)))
        yes, no = score[truth == 1], score[truth == 0]
        area = max(area, abs(auroc(score, truth).value - float(mannwhitneyu(yes, no).statistic) / (yes.size * no.size)))
    return worst, area


def two_samples(sizes: tuple[int, int]) -> tuple[list[list[object]], float, float]:
    """The exact power of three tests that the first rate is over the second; how far ours is behind the better of the others, and its exact size."""
    first, second = sizes
    shape = (first + 1, second + 1)
    decides = {name: np.zeros(shape, dtype=bool) for name in ("ours", "Barnard", "Boschloo")}
    for up, down in np.ndindex(shape):
        if up * second <= down * first:
            continue  # nobody says "over" of a rate that is not
        table = [[up, down], [first - up, second - down]]
        decides["ours"][up, down] = over_samples(int(up), int(down), sizes, 0.0).p(0.0) <= LEVEL
        decides["Barnard"][up, down] = barnard_exact(table, alternative="greater", pooled=False).pvalue <= LEVEL
        decides["Boschloo"][up, down] = boschloo_exact(table, alternative="greater").pvalue <= LEVEL
    k1, k2 = np.arange(first + 1), np.arange(second + 1)

    def chance(mask: NDArray[np.bool_], p: float, q: float) -> float:
        return float(np.outer(binom.pmf(k1, first, p), binom.pmf(k2, second, q))[mask].sum())

    size = max(chance(decides["ours"], rate, rate) for rate in np.linspace(0, 1, 401))
    rows: list[list[object]] = []
    behind = 0.0
    for p, q in ((0.3, 0.05), (0.5, 0.2), (0.8, 0.5), (0.95, 0.7)):
        power = {name: 100 * chance(mask, p, q) for name, mask in decides.items()}
        behind = max(behind, max(power["Barnard"], power["Boschloo"]) - power["ours"])
        rows.append([f"two rates, {first} and {second}: {p:g} over {q:g}", *power.values()])
    return rows, behind, size


def pairs(n: int) -> tuple[list[list[object]], float, float]:
    """The same of pairs, against McNemar's exact test."""
    ours, theirs = (np.zeros((n + 1, n + 1), dtype=bool) for _ in range(2))
    for up, down in np.ndindex(n + 1, n + 1):
        if up <= down or up + down > n:
            continue
        ours[up, down] = over_pairs(int(up), int(down), n, 0.0).p(0.0) <= LEVEL
        theirs[up, down] = mcnemar([[0, up], [down, 0]], exact=True).pvalue <= 2 * LEVEL  # theirs is two-sided

    def chance(mask: NDArray[np.bool_], more: float, less: float) -> float:
        total = 0.0
        for up, down in zip(*(axis.tolist() for axis in np.nonzero(mask)), strict=True):
            total += comb(n, up) * comb(n - up, down) * more**up * less**down * (1 - more - less) ** (n - up - down)
        return total

    size = max(chance(ours, rate, rate) for rate in np.linspace(0, 0.5, 101))
    rows: list[list[object]] = []
    behind = 0.0
    for more, less in ((0.2, 0.02), (0.3, 0.1), (0.5, 0.25)):
        mine, other = 100 * chance(ours, more, less), 100 * chance(theirs, more, less)
        behind = max(behind, other - mine)
        rows.append([f"pairs, {n}: {more:g} over {less:g}", mine, "-", "-", other])
    return rows, behind, size


def main() -> int:
    """Print the tables."""
    warnings.simplefilter("ignore")
    fast = "--fast" in sys.argv
    slope, area = recalibration(5 if fast else 100)
    same = [["Clopper-Pearson and Wilson", "statsmodels", rates()], ["recalibration and its intervals", "statsmodels", slope], ["area", "scipy", area]]
    show("The same methods, largest difference", ["what", "oracle", "apart"], same)
    first, behind, size = two_samples((10, 8) if fast else (25, 15))
    second, late, wide = pairs(15 if fast else 40)
    rows = [[*row, "-"] for row in first] + second
    show(f"Other exact methods, power at {LEVEL:g}, %", ["claim", "ours", "Barnard", "Boschloo", "McNemar"], rows)
    met = [
        verdict("largest difference where the method is the same", max(float(str(row[2])) for row in same), NEAR),
        verdict("exact size of ours, any common rate", max(size, wide), LEVEL),
        verdict("power behind the best of the others", max(behind, late), 5.0, unit=" points"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
