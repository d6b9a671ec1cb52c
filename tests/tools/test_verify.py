"""The verifier agrees with the engine wherever the engine is right, and with nobody who changes a byte, with the key or without."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
import numpy as np
import pytest
from fakes import Coin, Lost, held, pair, plan

from keepstone.core.cell import Arm, Cell, Design, Held, Pair, Plan, Role
from keepstone.core.claim import Claim
from keepstone.core.system import Autonomy, Stage, System
from keepstone.core.trial import Outcome
from keepstone.govern import document as doc
from keepstone.govern.summary import Facts, summarise
from keepstone.ledger.canonical import digest_bytes, encode
from keepstone.ledger.keys import InsecureDevelopmentKey, Key
from keepstone.lifecycle.record import Record
from keepstone.lifecycle.written import plan_document
from keepstone.measure.compare import rows
from keepstone.measure.executors.local import InProcess
from keepstone.measure.families import NULLS
from keepstone.measure.judge import judge
from keepstone.measure.log import lines
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.stats.claims import Advantage, Both, Difference, Gap, Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.part import Target

TOOL = pathlib.Path(__file__).parent.parent.parent / "tools" / "verify.py"
SYSTEM = System(name="a coin", purpose="", domain="general", autonomy=Autonomy.ADVISES, stage=Stage.RELEASE, population="", affected=())


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFY: Any = loaded()


@dataclass(frozen=True)
class Parted:
    """The coin's loss, told apart by the row's number: the k-th part loses `shares[k]` of it."""

    claim: Claim
    shares: tuple[float, ...]
    apart: bool = True
    sizes: tuple[int, ...] = ()
    word: str = "parted"
    name: ClassVar[str] = "parted"
    title: ClassVar[str] = "losses by part"

    @property
    def id(self) -> str:
        return self.word

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(f"part {k}" for k in range(len(self.shares)))

    def unfit(self, target: Target) -> str:
        del target
        return ""

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        del calm
        loss, row = outcome.columns["loss"], outcome.columns["row"]
        count = len(self.shares)
        chosen = row // 3 * 7919 % 1000 / 1000  # the same for all rows of a unit
        values = np.stack([loss * share for share in self.shares], axis=1)
        if self.apart:
            weights = np.cumsum(self.sizes or (1,) * count) / sum(self.sizes or (1,) * count)
            of = np.searchsorted(weights, chosen, side="right")
            values[np.arange(count)[None, :] != of[:, None]] = np.nan
        return np.asarray(values, dtype=np.float64)


def write(folder: pathlib.Path, made: Plan, key: Key, failed: frozenset[str] = frozenset(), rounds: int | None = None) -> pathlib.Path:
    """Run a plan as an assessment does, and write and seal what it writes."""
    record = Record(folder)
    written = plan_document(made, failed)
    digest = record.begin(written, key, resume=False)
    shelf = KeptShelf(record.shelf)
    state = run(made, InProcess(shelf), failed_controls=failed, most_rounds=rounds)
    measured = judge(state, {one.probe.id: "it passed the bad target" if one.probe.id in failed else "" for one in made.held})
    facts = Facts(
        data=doc.DataFacts(),
        target="a coin",
        digests={**made.digests, "plan": digest},
        key=doc.Key(id="" if key.public.insecure else key.public.id, insecure=key.public.insecure),
        effect_nulls=NULLS * sum(effect.estimate is not None for effect in measured.effects),
    )
    record.stream("losses.jsonl", lines(state, shelf))
    record.write("result.json", encode(msgspec.to_builtins(summarise(SYSTEM, made, measured, rows(measured.effects), facts))))
    record.seal(key)
    return folder


def of(rate: float, limit: float, metric: Any, word: str, target: Coin, **more: Any) -> Held:  # noqa: ANN401  a fake metric
    """A criterion read by such a metric, its finding's id unlike every other's."""
    one = held(rate, limit, target=target, metric=metric, word=word, **more)
    probe = replace(one.probe)
    return replace(one, id=probe.id, probe=probe)


def mixed(seed: int, design: Design = Design.ALL_ITEMS) -> Plan:
    """A plan with every claim, at rates and limits that the seed draws."""
    random = np.random.default_rng(seed)
    target = Coin(int(random.choice([150, 400, 1000])), rows_a_unit=int(random.choice([1, 1, 3])))
    metrics: list[Any] = [
        Lost(),
        Lost(0.5),
        Parted(Gap(minimum=20), (1.0, 0.0, 1.0), word="gap3", sizes=(4, 3, 1)),
        Parted(Gap(minimum=20), (1.0, 0.0), word="gap2"),
        Parted(Gap(minimum=20), (0.5, 0.25, 1.0), word="real-gap"),
        Parted(Advantage(), (1.0, 0.0), word="adv", sizes=(1, 3)),
        Parted(Advantage(block=2), (0.25, 1.0), word="real-adv"),
        Parted(Both(f=0.1), (1.0, 0.0, 1.0, 0.0), word="both", apart=False),
        Parted(Mean(real=True), (1.0,), word="real", apart=False),
    ]
    if target.rows_a_unit > 1:
        metrics = [one for one in metrics if one.id != "both"]  # it takes no mean of a unit's rows
    criteria = []
    for k, metric in enumerate(metrics):
        for j in range(2):
            rate, limit = float(random.choice([0.0, 0.02, 0.1, 0.3, 0.6, 0.97])), float(random.choice([0.05, 0.1, 0.15, 0.333, 0.5]))
            criteria.append(of(rate, limit, metric, f"w{k}{j}", target, critical=bool(random.random() < 0.2), provisional=("a guess",) * int(random.random() < 0.1)))
    criteria[1] = replace(criteria[1], floor=criteria[0].id)
    cells = [one.cell for one in criteria if one.cell.metric.parts in (("all",), ("part 0",))]
    pairs = []
    for k in range(6):
        a, b = (cells[int(random.integers(len(cells)))] for _ in range(2))
        if a.id != b.id:
            about = {"mitigation": "none", "column": f"c{k}", "block": "safety", "guard": "yes"}
            pairs.append(Pair(id=f"p{k}", role=Role.MITIGATION, of=a, against=b, margin=0.05, claim=Difference(), about=about))
    cell = next(one.cell for one in criteria if one.cell.metric.id == "adv")
    pairs.append(Pair(id="door", role=Role.EXPOSED_BY_FLAW, of=cell, against=None, margin=0.05, claim=Advantage(), about={"flaw": "f", "title": "a flaw", "threat": cell.arm.condition.id}))
    return plan(*criteria, pairs=pairs, design=design, seed=seed)


if __name__ == "__main__":
    import sys

    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        for design in Design:
            folder = write(pathlib.Path(f"/tmp/v/fuzz{seed}{design.name}"), mixed(seed, design), InsecureDevelopmentKey())
            report = VERIFY.check(folder)
            print(seed, design.name, len(report.problems), report.notes[1:])
            for one in report.problems:
                print("   ", one)
