"""What could be measured of a system that has no model or no data yet: per risk, which questions there are and which argument lets each be asked.

It is not a list that somebody keeps: the areas are asked about a stand-in that lacks nothing, and about stand-ins that lack one thing each. What a
part says it needs there is what a reader is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from keepstone.areas import controls
from keepstone.areas.ward import SEXES, WARDS, Ward
from keepstone.catalog.load import load
from keepstone.core.probe import Exposure, Probe, Scope, Unasked
from keepstone.core.table import Rule
from keepstone.intake.model import Given, Guarded
from keepstone.lifecycle import inventory
from keepstone.map import derive
from keepstone.map.plan import unreachable

if TYPE_CHECKING:
    from keepstone.core.system import System
    from keepstone.parts.targets.classifier import Classifier

SCHEMA = "keepstone/foresight/1"
GROUPS = (("sex", SEXES), ("ward", WARDS))
SLICE = Rule(((0, "age", ">", 60.0),))
BASIC = "any target and cases with their outcomes"


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """One risk of the register.

    Attributes:
        id: The risk's id.
        title: In plain words.
        area: Which area answers for it.
        side: Which half.
        harm: What it ends in.
        severity: How bad that is.
        questions: What would be asked, in plain words.
        needs: What must be given so that it can be asked; empty where nothing measures it.
        unmeasured: Why nothing measures it, or "".
        excluded: By whom and why its area was left out, or "".
    """

    id: str
    title: str
    area: str
    side: str
    harm: str
    severity: int
    questions: tuple[str, ...]
    needs: tuple[str, ...]
    unmeasured: str
    excluded: str


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """What could be measured, and what the register holds beside it.

    Attributes:
        risks: In the order of the catalogue.
        cases: Known cases that nobody has answered: id and title.
        lacking: Tables that the system file does not have yet.
    """

    risks: tuple[Foreseen, ...]
    cases: tuple[tuple[str, str], ...]
    lacking: tuple[str, ...]


def foresee(system: System, *, profile: str = "quick", only: frozenset[str] = frozenset()) -> Foresight:
    """Tell what could be measured of a system by its description alone.

    Args:
        system: As described; without [target] or [data].
        profile: "quick" or "full".
        only: Areas to tell of, or none for all.
    """
    register = derive.derive(system, load())
    asked = _asked(system, register.risk, profile)
    missing = {name: _asked(system, register.risk, profile, lack) for name, lack in LACKS.items()}
    excluded = {area.value: f"{one.by}: {one.reason}" for area, one in register.exclusions.items()}
    risks = []
    for risk in register.risks.values():
        if only and risk.area.value not in only:
            continue
        mine = [probe for probe in asked.probes.values() if probe.risk.id == risk.id]
        risks.append(
            Foreseen(
                id=risk.id,
                title=risk.title,
                area=risk.area.value,
                side=risk.side.value,
                harm=risk.harm.title,
                severity=risk.harm.severity,
                questions=tuple(dict.fromkeys(f"{probe.metric.title}, {probe.condition.title}" for probe in mine)),
                needs=tuple(_needs(mine, missing)) if mine else (),
                unmeasured="" if mine else register.unmeasured.get(risk.id, "") or asked.why.get(risk.id, ""),
                excluded=excluded.get(risk.area.value, ""),
            )
        )
    lacking = tuple(name for name, there in (("target", system.target), ("data", system.data)) if there is None)
    return Foresight(risks=tuple(risks), cases=tuple((one.id, one.title) for one in register.cases if one.state == "proposed"), lacking=lacking)


# ---- stand-ins that lack something ----


@dataclass(frozen=True)
class _Standing:
    """A target and the groups that are known of its cases."""

    target: Classifier
    groups: tuple[tuple[str, tuple[str, ...]], ...] = GROUPS


def _whole() -> _Standing:
    return _Standing(controls.linear(kept=Ward(meant=True)))


def _no_model(whole: _Standing) -> _Standing:
    target = whole.target
    scores = target.scorer(target.test.x).scores
    return replace(
        whole, target=replace(target, scorer=Guarded(Given(np.resize(scores, int(target.test.row.max()) + 1))), train=None, learner=None, search=None)
    )


def _no_training(whole: _Standing) -> _Standing:
    return replace(whole, target=replace(whole.target, train=None, learner=None, search=whole.target.train))


def _function_only(whole: _Standing) -> _Standing:
    asked = whole.target.scorer.call
    return replace(whole, target=replace(whole.target, scorer=Guarded(lambda x: asked(x))))  # noqa: PLW0108  what hides the model inside


def _nothing_known_of_columns(whole: _Standing) -> _Standing:
    bare = tuple(replace(one, lower=float("-inf"), upper=float("inf"), error_abs=0.0, error_rel=0.0, missing=False, units=()) for one in whole.target.features)
    return _columned(whole, lambda target: replace(target.test, features=bare), lambda target: target.train and replace(target.train, features=bare))


def _nothing_meant(whole: _Standing) -> _Standing:
    return _columned(whole, lambda target: replace(target.test, meant=None), lambda target: target.train and replace(target.train, meant=None))


def _one_batch(whole: _Standing) -> _Standing:
    return _columned(
        whole,
        lambda target: replace(target.test, batch=np.zeros_like(target.test.batch)),
        lambda target: target.train and replace(target.train, batch=np.zeros_like(target.train.batch)),
    )


def _columned(whole: _Standing, test: Callable[[Classifier], object], train: Callable[[Classifier], object]) -> _Standing:
    """The stand-in with other tables."""
    target = whole.target
    return replace(whole, target=replace(target, test=test(target), train=train(target)))  # type: ignore[arg-type]


def _no_groups(whole: _Standing) -> _Standing:
    return replace(whole, groups=())


LACKS: Mapping[str, Callable[[_Standing], _Standing]] = {
    "a model or function that can be asked": _no_model,
    "training rows, and `fit` to train on them": _no_training,
    "the model itself, not a function": _function_only,
    "bounds, errors, units and what may be missing, per feature": _nothing_known_of_columns,
    "`batch`: site, period or file of each row": _one_batch,
    "`meant`: the outcome that was meant": _nothing_meant,
    "`group`: how people are told apart": _no_groups,
}


# ---- asking the areas ----


@dataclass(frozen=True)
class _Answers:
    """What the areas ask of a stand-in.

    Attributes:
        probes: Those that can be asked, by the id of their finding.
        why: Per risk, why something of it can't be asked.
    """

    probes: Mapping[str, Probe]
    why: Mapping[str, str]


def _asked(system: System, risk: Callable[[str], object], profile: str, lack: Callable[[_Standing], _Standing] | None = None) -> _Answers:
    standing = _whole() if lack is None else lack(_whole())
    scope = Scope(
        system=system,
        target=standing.target,
        risk=risk,  # type: ignore[arg-type]
        limit=lambda _area, _condition, _metric: 0.5,
        profile=profile,
        slices=(SLICE,) if standing.target.size("search") else (),
        groups=standing.groups,
    )
    probes: dict[str, Probe] = {}
    why: dict[str, str] = {}
    for one in _declared(scope):
        if isinstance(one, Probe):
            unfit = unreachable(one.condition, standing.target) or one.condition.unfit(standing.target) or one.metric.unfit(standing.target)
            if unfit:
                why.setdefault(one.risk.id, unfit)
            else:
                probes[one.id] = one
        elif isinstance(one, Unasked):
            why.setdefault(one.risk.id, one.why)
    return _Answers(probes, why)


def _declared(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    for module in inventory.areas():
        yield from module.probes(scope)


def _needs(whole: list[Probe], missing: Mapping[str, _Answers]) -> Iterator[str]:
    """What a risk can't be asked about without; what only some of its questions need says so."""
    named = False
    for name, answers in missing.items():
        left = sum(probe.id in answers.probes for probe in whole)
        if left < len(whole):
            named = True
            yield name if not left else f"{name} (for {len(whole) - left} of {len(whole)} questions)"
    if not named:
        yield BASIC
