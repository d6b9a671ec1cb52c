"""The training script: groups stay together, the same data give the same bytes, and only numbers come out."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "train_proposer.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for source, field in (("aiid", "llm_subdomain"), ("mitrisk", "domain"), ("atlas", "type")):
        rows = []
        for at in range(60):
            bad = at % 2 == 0 or source == "atlas"
            text = f"the {'criminals stole' if bad else 'model missed'} a thing number {at}"
            label = "security" if source == "atlas" else "intentional" if bad else "unintentional"
            rows.append({"source": source, "group": str(at // 2), "text": text, "label": label, field: "4. Malicious Actors" if bad else "7. Failures"})
        (tmp_path / f"{source}_dev.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_group_stays_in_one_fold_and_the_bytes_are_the_same(folder: Path) -> None:
    made = runpy.run_path(str(SCRIPT))
    texts = made["read"](folder, "aiid")
    assert all(texts.folds[at] == texts.folds[at + 1] for at in range(0, 60, 2))
    first, second = (made["packed"](made["train"](texts)) for _ in range(2))
    assert first == second
    assert b"criminals" not in first


@pytest.mark.slow
def test_it_learns_what_is_there_to_learn(folder: Path) -> None:
    made = runpy.run_path(str(SCRIPT))
    texts = made["read"](folder, "mitrisk")
    p, said, _facts = made["held_out"](texts)
    assert np.array_equal(said[:, 0], texts.labels[:, 0] == 1)
    assert p.shape == texts.labels.shape
