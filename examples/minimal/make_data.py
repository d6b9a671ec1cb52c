"""Make cells.csv from the copy of the Wisconsin diagnostic data that scikit-learn carries: ten measures of cell nuclei, and the diagnosis.

Data: Wolberg W, Mangasarian O, Street N, Street W (1995), Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository, CC BY 4.0.
Left out: the standard errors and the worst values, so that the example stays small. A third of each diagnosis, by a hash of the row number, is the test part.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer

MEASURES = 10
"""The means come first in the data."""


def main() -> None:
    """Write the file beside this script."""
    data = load_breast_cancer()
    names = [name.removeprefix("mean ").replace(" ", "_") for name in data.feature_names[:MEASURES]]
    ranked = sorted(range(len(data.target)), key=lambda row: hashlib.sha256(f"keepstone minimal 1:{row}".encode()).digest())
    test = {row for kind in (0, 1) for row in [row for row in ranked if data.target[row] == kind][: sum(data.target == kind) // 3]}
    with Path(__file__).with_name("cells.csv").open("w", encoding="ascii", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["part", *names, "diagnosis"])
        for row, (values, kind) in enumerate(zip(data.data, data.target, strict=True)):
            writer.writerow(["test" if row in test else "train", *(f"{value:.10g}" for value in values[:MEASURES]), ("malignant", "benign")[kind]])
    sys.stdout.write(f"{len(data.target)} rows, {len(test)} of them for testing\n")


if __name__ == "__main__":
    main()
