"""Bar 2: the same logistic regression on breast-cancer, both halves, in less wall time than Giskard's scan of it, each as a whole process.

Floor: load, fit, predict, in a process of its own. Peer: `giskard.scan` (Giskard 2.19), which asks about the safety half only. It needs numpy
below 2, so it lives in a virtual environment of its own, whose interpreter is named by --peer-python; without one the bar is not judged.

    python -m venv peer && peer/bin/pip install "giskard==2.19.2" scikit-learn
    python benchmarks/bar_02_breast_cancer.py --peer-python peer/bin/python
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from printing import show, verdict

DATA = """
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = load_breast_cancer(as_frame=True)
malignant = (data.target == 0).astype(int)
x_train, x, y_train, y = train_test_split(data.data, malignant, test_size=0.3, random_state=0, stratify=malignant)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x_train, y_train)
"""
FLOOR = (
    DATA
    + """
print(f"{len(x)} rows predicted, {(model.predict(x) == y).mean():.3f} right")
"""
)
OURS = (
    DATA
    + """
import sys
import keepstone as ks

result = ks.assess(model, x, y, train=(x_train, y_train), threshold=0.5, mitigations=sys.argv[2:], out=sys.argv[1])
safety, security = [sum(one.side == side for one in result.findings) for side in ("safety", "security")]
print(f"{safety} criteria of safety, {security} of security, {len(result.effects())} effects, {result.document.calls.made:.0f} calls")
"""
)
PEER = (
    DATA
    + """
import sys
import warnings
warnings.simplefilter("ignore")
import giskard

rows = giskard.Dataset(df=x.assign(malignant=y), target="malignant", cat_columns=[])
asked = giskard.Model(model=model.predict_proba, model_type="classification", classification_labels=[0, 1], feature_names=list(x.columns))
found = giskard.scan(asked, rows, verbose=False)
found.to_html(sys.argv[1] + "/scan.html")
print(f"{len(found.issues)} issues of safety")
"""
)
RUNS = 3
FIXES = ("abstention", "label_only")


def timed(python: str, code: str, words: tuple[str, ...]) -> tuple[float, str]:
    """Wall time of one whole process, and the last line that it prints."""
    quiet = {**os.environ, "GSK_DISABLE_ANALYTICS": "True"}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        done = subprocess.run([python, "-c", code, folder, *words], capture_output=True, text=True, check=False, env=quiet)
        seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{python} failed:\n{done.stderr[-2000:]}")
    return seconds, done.stdout.strip().splitlines()[-1]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", default="", help="the interpreter of an environment that has giskard==2.19.2")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of each, in turns")
    chosen = parser.parse_args()
    asked: dict[str, tuple[str, str, tuple[str, ...]]] = {
        "floor: load, fit, predict": (sys.executable, FLOOR, ()),
        "Keepstone, both halves": (sys.executable, OURS, ()),
        "Keepstone, with two fixes": (sys.executable, OURS, FIXES),
    }
    if chosen.peer_python:
        asked["Giskard 2.19, safety half"] = (str(Path(chosen.peer_python).absolute()), PEER, ())
    found: dict[str, list[tuple[float, str]]] = {name: [] for name in asked}
    for _ in range(chosen.runs):  # in turns, so that a busy moment of the machine meets all of them
        for name, (python, code, words) in asked.items():
            found[name].append(timed(python, code, words))
    median = {name: statistics.median(seconds for seconds, _said in runs) for name, runs in found.items()}
    table = [[name, median[name], min(runs)[0], max(runs)[0], runs[0][1]] for name, runs in found.items()]
    show("Breast-cancer (171 cases x 30), logistic regression, whole processes", ["", "median s", "least", "most", "what came out"], table)
    floor, ours, fixed, *peer = median.values()
    print(f"        Keepstone / floor: {ours / floor:.1f} x, with two fixes {fixed / floor:.1f} x")
    if not peer:
        print("not judged  Giskard is not here: name the interpreter of an environment that has giskard==2.19.2 with --peer-python")
        return 0
    print(f"        with two fixes / Giskard's safety half: {fixed / peer[0]:.2f} x")
    return 0 if verdict("both halves / Giskard's safety half, wall time", ours / peer[0], 1.0, unit=" x") else 1


if __name__ == "__main__":
    sys.exit(main())
