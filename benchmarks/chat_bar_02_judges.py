"""Chat bar 2: a fallible judge, corrected. Coverage of a nominal 95 % interval at every look together, its width, and what others do with the same labels.

Five judges of 500 replies with 50 labelled 1s and 50 labelled 0s. Peers, each at 500 alone: sensitivity and specificity taken as known (as garak does), and
Rogan and Gladen's estimate with the variance of both (as Lee et al. 2025 have it). Without the judge: the exact interval of the 100 labels alone. Floor: the
width of a normal interval around the truth, cut to [0, 1], whose variance is known beforehand; it is looked at once.
"""

from __future__ import annotations

import sys
from math import log, sqrt

import numpy as np
from printing import show, verdict

from keepstone.core.claim import Bounds
from keepstone.intake.threads import one_thread
from keepstone.stats.judged import Corrected, Judged, Seen, alone, interval, worth

SETTINGS = ((0.05, 0.92, 0.385), (0.05, 0.90, 0.95), (0.30, 0.90, 0.90), (0.30, 0.80, 0.70), (0.01, 0.90, 0.98))  # truth, sensitivity, specificity
WIDEST = (0.92, 0.22, 0.60, 0.92, 0.10)
JUDGED, EACH, LEVEL = 500, 50, 0.05
FURTHEST = 20_000
Z = 1.959964
SHARED = ((20, 2000, 500), (1, 500, 50))  # cells that share the labels, judged in each, labels of each kind


def fixed(said: Seen, se: float, sp: float) -> Bounds:
    """Sensitivity and specificity as if they were known; the judged rate by Wilson's interval."""
    n, rate = said.all, said.ones / said.all
    middle, half = (rate + Z**2 / (2 * n)) / (1 + Z**2 / n), Z * sqrt(rate * (1 - rate) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    gain = se + sp - 1
    if gain <= 0:
        return Bounds(0.0, 1.0)
    return Bounds(*(min(max((end + sp - 1) / gain, 0.0), 1.0) for end in (middle - half, middle + half)))


def varied(said: Seen, caught: Seen, cleared: Seen) -> Bounds:
    """Rogan and Gladen with the variance of all three rates, each with the counts that Lee et al. add."""
    q = (said.ones + Z**2 / 2) / (said.all + Z**2)
    se, sp = (caught.ones + 1) / (caught.all + 2), (cleared.ones + 1) / (cleared.all + 2)
    gain = se + sp - 1
    if gain <= 0:
        return Bounds(0.0, 1.0)
    rate = min(max((q + sp - 1) / gain, 0.0), 1.0)
    of_se, of_sp = se * (1 - se) / (caught.all + 2), sp * (1 - sp) / (cleared.all + 2)
    middle = rate + 2 * Z**2 * (rate * of_se - (1 - rate) * of_sp)
    half = Z * sqrt(q * (1 - q) / (said.all + Z**2) + (1 - rate) ** 2 * of_sp + rate**2 * of_se) / gain
    return Bounds(min(max(middle - half, 0.0), 1.0), min(max(middle + half, 0.0), 1.0))


def floor(p: float, se: float, sp: float) -> float:
    """The width where the variance is known."""
    q = p * se + (1 - p) * (1 - sp)
    half = Z * sqrt(q * (1 - q) / JUDGED + (p**2 * se * (1 - se) + (1 - p) ** 2 * sp * (1 - sp)) / EACH) / (se + sp - 1)
    return min(p + half, 1.0) - max(p - half, 0.0)


def always(stream: np.ndarray, caught: Seen, cleared: Seen, truth: float) -> bool:
    """Whether the interval covers at every one of many looks."""
    ends = sorted({int(one) for one in np.geomspace(1, FURTHEST, 60)})
    looks = [Seen(float(stream[:end].sum()), end) for end in ends]
    most = log(2 / LEVEL)
    return Corrected.over(looks, caught, cleared).log_e(truth) < most and Corrected.under(looks, caught, cleared).log_e(1 - truth) < most


def one(setting: tuple[float, float, float], chance: np.random.Generator) -> np.ndarray:
    """One repeat: per method whether it covers, then its width."""
    p, se, sp = setting
    caught, cleared = Seen(float(chance.binomial(EACH, se)), EACH), Seen(float(chance.binomial(EACH, sp)), EACH)
    stream = chance.random(FURTHEST) < p * se + (1 - p) * (1 - sp)
    said = Seen(float(stream[:JUDGED].sum()), JUDGED)
    ours = interval(said, caught, cleared, LEVEL)
    others = [
        fixed(said, caught.ones / EACH, cleared.ones / EACH),
        varied(said, caught, cleared),
        alone(float(chance.binomial(2 * EACH, p)), 2 * EACH, LEVEL),
    ]
    covers = [always(stream, caught, cleared, p), *(low <= p <= high for low, high in others)]
    return np.array([*covers, *(high - low for low, high in (ours, *others))], dtype=np.float64)


def main() -> int:
    """Print the tables; 0 where every bar is met."""
    repeats = 100 if "--fast" in sys.argv else 1500
    chance = np.random.default_rng(2)
    rows, met, wider = [], [], {}
    for setting, most in zip(SETTINGS, WIDEST, strict=True):
        got = np.mean([one(setting, chance) for _repeat in range(repeats)], axis=0)
        name, wider[setting] = _name(setting), bool(got[4] >= got[7])
        rows.append((name, *(f"{got[k]:.3f} / {got[k + 4]:.2f}" for k in range(4)), f"{floor(*setting):.2f}"))
        met += [(f"misses of {name} at any of its looks", 1 - float(got[0]), 0.06), (f"width of {name} at {JUDGED}", float(got[4]), most)]
    columns = ("truth, Se, Sp", "ours, any look", "fixed Se and Sp", "Lee et al.", "labels alone", "floor")
    show(f"coverage / width of nominal 95 %, {JUDGED} judged, {EACH} + {EACH} labels, {repeats} repeats", columns, rows)
    wide = [
        (setting, cells, worth(_claim(setting, each), trials=trials, cells=cells, limit=2 * setting[0]))
        for setting in SETTINGS
        for cells, trials, each in SHARED
    ]
    told = [
        (" ".join(f"{value:g}" for value in s), cells, w.labels, f"{w.judged:.2f}", f"{w.alone:.2f}", "refused" if w.why else "kept") for s, cells, w in wide
    ]
    show("what a judge is worth beside its labels", ("truth, Se, Sp", "cells", "labels a cell", "judged", "alone", "so"), told)
    wrong = sum(bool(w.why) != wider[setting] for setting, cells, w in wide if cells == 1)
    met.append(("judges whose refusal the simulated widths contradict", float(wrong), 0))
    return 0 if all(verdict(*bar) for bar in met) else 1


def _name(setting: tuple[float, float, float]) -> str:
    return " ".join(f"{value:g}" for value in setting)


def _claim(setting: tuple[float, float, float], each: int) -> Judged:
    _p, se, sp = setting
    return Judged(caught=(round(se * each), each), cleared=(round(sp * each), each))


if __name__ == "__main__":
    with one_thread():
        sys.exit(main())
