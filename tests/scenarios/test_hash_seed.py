"""The order in which a process keeps its sets depends on PYTHONHASHSEED; no byte of a result does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import sys
import numpy as np
import keepstone as ks

rows = 420
luck = np.random.default_rng(3)
x = np.column_stack([luck.integers(0, 5, rows), luck.normal(size=rows), luck.normal(size=rows)]).astype(float)
y = (x[:, 1] + 0.7 * luck.normal(size=rows) > 0).astype(int)
sex, site = luck.choice(["f", "m"], rows), luck.choice(["north", "south", "east", "west"], rows)


def model(some):
    return 1 / (1 + np.exp(-3 * some[:, 1]))


ks.assess(
    model, x, y, groups={"sex": sex, "site": site}, batch=site, threshold=0.5, only=["fairness", "robustness", "adversarial"], out=sys.argv[1],
    exclude={"alignment": {"by": "A", "reason": "a test"}}, mitigations=["coarse_output", "label_only"],
)
"""


def test_a_result_is_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    seeds = ("0", "1", "12345")
    running = [
        subprocess.Popen([sys.executable, "-c", CODE, str(tmp_path / seed)], env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"})
        for seed in seeds
    ]
    assert [one.wait(timeout=240) for one in running] == [0, 0, 0]
    for name in ("plan.json", "losses.jsonl", "result.json", "report.html", "report.md"):
        assert len({(tmp_path / seed / name).read_bytes() for seed in seeds}) == 1, name
