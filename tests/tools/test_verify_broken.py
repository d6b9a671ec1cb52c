"""The verifier agrees with the engine where trials that broke only widen the bounds, and not with a plan that says otherwise."""

from __future__ import annotations

import json
import pathlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fakes import Coin, Lost, plan
from tools.test_verify import EDITS, VERIFY, Parted, fix, of, write

from keepstone.core.cell import Design
from keepstone.ledger.keys import InsecureDevelopmentKey, Key
from keepstone.stats.claims import Gap, Mean


@pytest.fixture(scope="module")
def key() -> Key:
    return InsecureDevelopmentKey()


@pytest.mark.parametrize("design", list(Design))
@pytest.mark.parametrize("seed", range(7, 13))
def test_where_broken_trials_only_widen_bounds_it_finds_the_same(seed: int, design: Design, key: Key, tmp_path: pathlib.Path) -> None:
    random = np.random.default_rng(seed)
    target = Coin(int(random.choice([150, 400])), rows_a_unit=int(random.choice([1, 3])), broken_from=int(random.choice([0, 20, 60, 120, 140, 10**9])))
    metrics: list[Any] = [Lost(), Lost(0.5), Parted(Gap(minimum=20), (1.0, 0.0), word="gap2"), Parted(Mean(real=True), (1.0,), word="real", apart=False)]
    criteria = [of(float(random.choice([0.0, 0.05, 0.5, 0.97])), float(random.choice([0.1, 0.3])), metrics[k % 4], f"w{k}", target) for k in range(8)]
    cells = [one.cell for one in criteria if one.cell.metric.id != "gap2"]
    pairs = [fix(f"p{k}", cells[k], cells[(k + 3) % len(cells)]) for k in range(4)]
    folder = write(tmp_path, replace(plan(*criteria, pairs=pairs, design=design, seed=seed), bounded=True), key)
    assert VERIFY.check(folder).problems == []


def test_a_run_that_bounds_what_broke_is_not_one_that_makes_errors_of_it(key: Key, tmp_path: pathlib.Path) -> None:
    made = plan(of(0.0, 0.2, Lost(), "low", Coin(100, broken_from=98)), of(0.9, 0.2, Lost(), "high", Coin(100, broken_from=98)))
    folder = write(tmp_path, replace(made, bounded=True), key)
    assert [row["verdict"] for row in json.loads((folder / "result.json").read_bytes())["findings"]] == ["pass", "fail"]
    genuine = {name: (folder / name).read_bytes() for name in VERIFY.FILES}
    edited = {**genuine, "plan.json": genuine["plan.json"].replace(b'"bounded"', b'"error"')}
    assert "recomputation" in EDITS.layers(VERIFY, EDITS.sealed_anew(edited, key), folder)
