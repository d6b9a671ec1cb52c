"""Bar 5, planted faults in real models: 20 % of a boosted model's training labels flipped, and training rows that a model holds.

Each fault is planted in a fresh model 100 times and probed by the engine as an assessment does, one criterion at alpha 5 %. The test that
knows the fault (exact binomial on all items) is the best possible; the same probe on the sound model gives the false findings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from printing import show
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier

from keepstone.core.cell import Arm, Cell, Design, Held, Plan
from keepstone.core.origin import Adversary, Area, Hazard
from keepstone.core.part import AnyCondition, Metric
from keepstone.core.probe import Probe
from keepstone.core.result import Verdict
from keepstone.core.risk import Risk
from keepstone.core.system import Affected, Harm, HarmKind, Property
from keepstone.core.table import Feature, Table
from keepstone.intake.model import CloneLearner, Guarded
from keepstone.measure.executors.local import InProcess
from keepstone.measure.judge import judge
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.rows_in_model import RowsInModel
from keepstone.parts.metrics.error import WrongDecision
from keepstone.parts.metrics.found import Found
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier

HARM = Harm(name="harm", title="a wrong decision", to=Affected.PEOPLE, kind=HarmKind.PHYSICAL, severity=3)
ROWS = 600


def table(seed: int, part: str) -> Table:
    """Cases with two columns that tell and six that do not; noise-free, so a sound model is nearly always right."""
    draw = np.random.default_rng([seed, len(part)])
    x = draw.normal(size=(ROWS, 8))
    y = (x[:, 0] + x[:, 1] > 0).astype(np.int8)
    index = np.arange(ROWS, dtype=np.int64) + (ROWS if part == "test" else 0)
    features = tuple(Feature(name=f"x{k}") for k in range(8))
    return Table(features, x, y, index, index, {}, np.zeros(ROWS, dtype=np.int64), f"sha256:{seed}-{part}")


def target(seed: int, estimator: object, *, flipped: float) -> Classifier:
    """A model trained on a share of flipped labels."""
    train, test = table(seed, "train"), table(seed, "test")
    wrong = np.random.default_rng([seed, 9]).random(ROWS) < flipped
    tampered = replace(train, y=np.where(wrong, 1 - train.y, train.y).astype(np.int8))
    learner = CloneLearner(estimator)
    scorer = Guarded(learner.fit(tampered.x, tampered.y, seed=seed))
    return Classifier(label="planted", digest=f"sha256:{seed}-{flipped}", scorer=scorer, threshold=0.5, test=test, train=tampered, learner=learner)


def verdict_of(one: Classifier, condition: AnyCondition, metric: Metric, limit: float) -> Verdict:
    """The verdict of one criterion, by the engine."""
    adversary = isinstance(condition.origin, Adversary)
    source = condition.origin if adversary else Hazard(cause="a planted fault")
    area = Area.PROTECTION if adversary else Area.ROBUSTNESS
    risk = Risk(id=f"{area.value}.planted", title="planted", area=area, source=source, harm=HARM, asset="model", loses=Property.INTEGRITY)
    probe = Probe(risk=risk, condition=condition, metric=metric, limit=limit)
    held = Held(id=probe.id, cell=Cell(Arm(one, condition, Nothing()), metric), probe=probe, limit=limit)
    plan = Plan(seed=7, alpha=0.05, design=Design.ALL_ITEMS, held=(held,), pairs=())
    return judge(run(plan, InProcess(KeptShelf())), {}).findings[0].verdict


def count(runs: int, ask: Callable[[int], Verdict]) -> tuple[int, int]:
    """How many runs say FAIL, and how many PASS."""
    seen = [ask(seed) for seed in range(runs)]
    return sum(one is Verdict.FAIL for one in seen), sum(one is Verdict.PASS for one in seen)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true", help="10 runs")
    runs = 10 if parser.parse_args().fast else 100
    boosted = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=31, early_stopping=False)
    cases = {
        "20 % labels flipped, boosted model": lambda seed: verdict_of(target(seed, boosted, flipped=0.2), Nominal(), WrongDecision(), 0.07),
        "no label flipped": lambda seed: verdict_of(target(seed, boosted, flipped=0.0), Nominal(), WrongDecision(), 0.07),
        "model that holds its training rows": lambda seed: verdict_of(target(seed, KNeighborsClassifier(1), flipped=0.0), RowsInModel(), Found(), 0.01),
        "model that holds none": lambda seed: verdict_of(target(seed, boosted, flipped=0.0), RowsInModel(), Found(), 0.01),
    }
    found = {name: count(runs, ask) for name, ask in cases.items()}
    rows = [[name, runs, fails, passes, runs - fails - passes] for name, (fails, passes) in found.items()]
    show("Planted faults, one criterion each (limit 7 % wrong; 1 % of rows found)", ["", "runs", "FAIL", "PASS", "open"], rows)
    names = list(found)
    planted = min(found[names[0]][0], found[names[2]][0]) / runs
    false = max(found[names[1]][0], found[names[3]][0]) / runs
    met = planted >= 0.9 and false <= 0.05
    print(f"{'met    ' if met else 'NOT MET'}  planted faults found in at least 90 %: {planted:.0%}; found where there is none, at most 5 %: {false:.0%}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
