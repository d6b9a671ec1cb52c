"""Train the proposer of `keepstone triage`, and state what it is worth by source.

    python tools/train_proposer.py FOLDER            print the figures, which benchmarks/triage_bar.py prints too
    python tools/train_proposer.py FOLDER --write    write the numbers into the package as well

FOLDER holds aiid_dev.jsonl, mitrisk_dev.jsonl and atlas_dev.jsonl. Only numbers are written: hashed features, no text. Rows of one group stay in one fold;
calibration and threshold are chosen on other folds than those on which the figures are stated.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from keepstone.map.hashing import PLACES, features, unit
from keepstone.map.proposer import Proposer, disputed, packed

Row = dict[str, str | None]
Floats = NDArray[np.float64]
PLACE = Path(__file__).parent.parent / "src" / "keepstone" / "catalog" / "triage" / "proposer.npz"
FOLDS = 5
STRENGTHS = (0.03, 0.3, 3.0)
"""How strongly weights are held small; chosen on folds that the fit did not see, inside whatever part the figures are not stated on."""
PRECISION = 0.9
"""How often a proposal must be right on the folds where the threshold is chosen."""


@dataclass
class Texts:
    """Rows of one source.

    Attributes:
        found: Of each text, its features.
        labels: Of each text, "meant" and "hostile", 0 or 1.
        folds: Of each text, its fold.
        dispute: Of each text, whether it is disputed.
        texts: The texts.
    """

    found: list[tuple[NDArray[np.int64], Floats]]
    labels: Floats
    folds: NDArray[np.int64]
    dispute: NDArray[np.bool_]
    texts: list[str]

    def some(self, mask: NDArray[np.bool_]) -> Texts:
        """Those of a mask."""
        at = np.flatnonzero(mask)
        return Texts([self.found[k] for k in at], self.labels[at], self.folds[at], self.dispute[at], [self.texts[k] for k in at])

    def and_(self, other: Texts) -> Texts:
        """Both, one after the other."""
        return Texts(
            self.found + other.found,
            np.vstack([self.labels, other.labels]),
            np.concatenate([self.folds, other.folds]),
            np.concatenate([self.dispute, other.dispute]),
            self.texts + other.texts,
        )


def rows(folder: Path, source: str) -> list[Row]:
    """The rows of a source."""
    return [json.loads(line) for line in (folder / f"{source}_dev.jsonl").read_text("utf-8").splitlines() if line.strip()]


def read(folder: Path, source: str) -> Texts:
    """The labelled texts of a source: AIID and MIT by their label, ATLAS as meant and hostile by construction."""
    kept = [row for row in rows(folder, source) if row.get("label") in ("intentional", "unintentional", "security")]
    texts = [str(row["text"]) for row in kept]
    labels = np.array([[row["label"] != "unintentional", row["label"] != "unintentional" and hostile(row)] for row in kept], float)
    folds = np.array([crc32(f"{source} {row['group']}".encode()) % FOLDS for row in kept])
    return Texts([features(text) for text in texts], labels, folds, np.array([disputed(text) for text in texts]), texts)


def hostile(row: Row) -> bool:
    """Whether a row that was meant is about somebody hostile: malicious actors, or attacks on a system."""
    kind = str(row.get("llm_subdomain") or row.get("subdomain") or row.get("domain") or "")
    return row["source"] == "atlas" or kind.startswith(("4", "2.2")) or str(row.get("domain") or "").startswith("4")


# ---- training ----


def rarity(texts: Texts) -> Floats:
    """How rare each place is."""
    counts = np.bincount(np.concatenate([places for places, _ in texts.found]), minlength=PLACES)
    return np.log((1 + len(texts.found)) / (1 + counts)) + 1.0


def matrix(texts: Texts, rare: Floats) -> csr_matrix:
    """The texts as rows of numbers."""
    ends = np.cumsum([0, *(len(places) for places, _ in texts.found)])
    values = np.concatenate([unit(places, times.copy(), rare) for places, times in texts.found])
    return csr_matrix((values, np.concatenate([places for places, _ in texts.found]), ends), (len(texts.found), PLACES))


def fit(x: csr_matrix, y: Floats, strength: float) -> tuple[Floats, float]:
    """Logistic regression, both labels of equal weight, weights held small."""
    weight = np.where(y == 1, 0.5 / max(y.mean(), 1e-9), 0.5 / max(1 - y.mean(), 1e-9))

    def loss(at: Floats) -> tuple[float, Floats]:
        raw = x @ at[:-1] + at[-1]
        value = (weight * (np.logaddexp(0, raw) - y * raw)).sum() + 0.5 * strength * (at[:-1] ** 2).sum()
        slope = weight * (0.5 * (1 + np.tanh(0.5 * raw)) - y)
        return float(value), np.concatenate([x.T @ slope + strength * at[:-1], [slope.sum()]])

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return found[:-1], float(found[-1])


def unseen(x: csr_matrix, y: Floats, folds: NDArray[np.int64], strength: float) -> Floats:
    """Raw numbers of rows, each by a fit that saw none of its fold."""
    raw = np.zeros(len(y))
    for fold in np.unique(folds):
        out = folds == fold
        w, b = fit(x[np.flatnonzero(~out)], y[~out], strength)
        raw[out] = x[np.flatnonzero(out)] @ w + b
    return raw


def scaled(raw: Floats, y: Floats) -> tuple[float, float, float]:
    """Platt's scaling: the loss, and slope and shift that make probabilities of raw numbers."""

    def loss(at: Floats) -> float:
        told = at[0] * raw + at[1]
        return float((np.logaddexp(0, told) - y * told).sum())

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead")
    return float(found.fun), float(found.x[0]), float(found.x[1])


def train(texts: Texts) -> Proposer:
    """Train both heads on texts; strength, calibration and threshold from folds that the fit did not see."""
    rare = rarity(texts)
    x = matrix(texts, rare)
    weights, bias, seen = [], [], []
    for head in range(2):
        y = texts.labels[:, head]
        tried = {strength: unseen(x, y, texts.folds, strength) for strength in STRENGTHS}
        (_, slope, shift), strength = min((scaled(raw, y), strength) for strength, raw in tried.items())
        w, b = fit(x, y, strength)
        weights.append(slope * w)
        bias.append(slope * b + shift)
        seen.append(0.5 * (1 + np.tanh(0.5 * (slope * tried[strength] + shift))))
    threshold = [least(np.minimum(*seen), texts.labels[:, 1]), least(1 - np.maximum(*seen), 1 - texts.labels[:, 0])]
    cut = [best(seen[head], texts.labels[:, head]) for head in range(2)]
    return Proposer(rare, np.array(weights), np.array(bias), np.array(threshold), np.array(cut))


def least(p: Floats, y: Floats) -> float:
    """The least threshold of at least one half from which proposals are right often enough; 0.99 where there is none."""
    for one in np.arange(0.5, 0.99, 0.01):
        if (p >= one).sum() >= 10 and y[p >= one].mean() >= PRECISION:
            return round(float(one), 2)
    return 0.99


def best(p: Floats, y: Floats) -> float:
    """The probability from which F1 is highest."""
    grid = np.arange(0.05, 0.95, 0.01)
    return round(float(grid[np.argmax([2 * (y * (p >= one)).sum() / (y.sum() + (p >= one).sum()) for one in grid])]), 2)


def told(model: Proposer, texts: Texts) -> Floats:
    """The probabilities of texts, as the proposer gives them."""
    return np.array([[found["meant"], found["hostile"]] for found in map(model.probabilities, texts.texts)])


def held_out(texts: Texts) -> tuple[Floats, NDArray[np.bool_], list[str]]:
    """Of each text probabilities, whether each head says yes, and the proposed intent, by a proposer that saw none of its group."""
    p, said, facts = np.zeros_like(texts.labels), np.zeros(texts.labels.shape, bool), [""] * len(texts.texts)
    for fold in range(FOLDS):
        out = texts.folds == fold
        model = train(texts.some(~out))
        p[out] = told(model, texts.some(out))
        said[out] = p[out] >= model.cut
        for at in np.flatnonzero(out):
            facts[at] = model.facts(texts.texts[at]).get("intent", ("", 0.0))[0]
    return p, said, facts


def main() -> int:
    """Train, and write the numbers where that is asked for."""
    given = [word for word in sys.argv[1:] if not word.startswith("--")]
    if len(given) != 1 or not Path(given[0]).is_dir():
        print(__doc__)
        return 2
    aiid, mit, atlas = (read(Path(given[0]), source) for source in ("aiid", "mitrisk", "atlas"))
    model = train(aiid.and_(mit).and_(atlas))
    data = packed(model)
    print(f"{len(aiid.texts)} + {len(mit.texts)} + {len(atlas.texts)} texts, thresholds {model.threshold.tolist()}, {len(data):,} bytes")
    if "--write" in sys.argv:
        PLACE.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
