"""From facts to safety, security, both or undetermined, by the decision table of the catalogue; and what would change the answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from keepstone.catalog.intent import decision
from keepstone.catalog.load import load
from keepstone.core.incident import UNKNOWN, Home, Incident, Outcome, Triage, Value
from keepstone.core.origin import Area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.catalog.intent import DirectionText, RuleText, When

DIRECTIONS = ("security->safety", "safety->security", "cycle")
CLASSES = ("safety", "security", "both", "undetermined")
Given = tuple[str, ...]  # values of the deciding facts, in their order


def triage(incident: Incident, *, owners: Mapping[str, str] | None = None, proposed: Mapping[str, float] | None = None) -> Triage:
    """Say what a case is, where it belongs and what would change the answer.

    Args:
        incident: What is known.
        owners: By area, who answers for it in this system; where nobody is named the catalogue's default holds.
        proposed: By fact that a proposer gave, how probable it is.

    >>> triage(Incident(facts={"intent": "none", "exploitable": "yes"})).outcome.class_
    'both'
    """
    outcome = decide(incident)
    return Triage(
        incident=incident,
        outcome=outcome,
        homes=_homes(incident, outcome, owners or {}),
        flips=flips(incident),
        question=next_question(incident),
        proposed=MappingProxyType(dict(proposed or {})),
    )


def decide(incident: Incident) -> Outcome:
    """Give class, directions and flags: the first rule that fits, and all directions that fit."""
    outcome = _decided(_given(incident))
    flags = [one.name for one in decision().flag if outcome.class_ in one.of and fits(one.when, incident)]
    return replace(outcome, flags=(*outcome.flags, *flags)) if flags else outcome


def fits(when: When, incident: Incident) -> bool:
    """Say whether a case satisfies a condition: each of its facts has one of the values."""
    return all(_has(incident.fact(name), values, free=name in _free()) for name, values in when.items())


def contradictions(incident: Incident) -> list[str]:
    """Name the facts of a case that can't stand together, a sentence each."""
    told = []
    for one in decision().contradiction:
        if fits(one.when, incident):
            facts = " and ".join(f"«{name} = {incident.fact(name)}»" for name in one.when)
            told.append(f"The facts {facts} contradict each other: {one.says}.")
    return told


def flips(incident: Incident) -> Mapping[str, Mapping[str, str]]:
    """Say of each deciding fact which other values would give another class."""
    return _flipped(_given(incident))


def next_question(incident: Incident, passed: Collection[str] = ()) -> str:
    """Give the unknown fact whose answer is worth most; "" where none tells anything.

    A fact without which there is no class comes first; then the one that is expected to tell most of class and directions, were all completions alike.

    Args:
        incident: What is known.
        passed: Facts that were asked and can't be answered.

    >>> next_question(Incident()), next_question(Incident(facts={"intent": "harm"}))
    ('intent', 'relation')
    """
    return _asked(_given(incident), frozenset(passed))


# ---- the table ----


@cache
def _deciding() -> tuple[str, ...]:
    return tuple(one.name for one in decision().deciding)


@cache
def _free() -> frozenset[str]:
    return frozenset(one.name for one in decision().fact if one.free)


def _given(incident: Incident) -> Given:
    return tuple(str(incident.fact(name)) for name in _deciding())


def _has(value: Value, values: Iterable[str], *, free: bool) -> bool:
    """Whether a fact has one of the values; of free words, whether one of them stands among them."""
    held = (value,) if isinstance(value, str) else value
    if free:
        return any(word in one.casefold() for word in values for one in held if one != UNKNOWN)
    return any(one in values for one in held)


@lru_cache(maxsize=65536)
def _decided(given: Given) -> Outcome:
    incident = Incident(facts=dict(zip(_deciding(), given, strict=True)))
    rule = next(one for one in decision().rule if fits(one.when, incident))
    added = [one for one in decision().direction if not rule.closed and rule.class_ in one.of and fits(one.when, incident)]
    real = [one for one in added if not one.potential]
    return Outcome(
        class_="both" if real else rule.class_,
        directions=tuple(one.name for one in real),
        potential=tuple(one.name for one in added if one.potential),
        flags=rule.flags,
        rule=rule.name,
        says=(rule.says, *(one.says for one in added)),
        decided=tuple(dict.fromkeys(name for when in (rule.when, *(one.when for one in real)) for name in when)),
        missing=rule.names,
    )


@lru_cache(maxsize=65536)
def _flipped(given: Given) -> Mapping[str, Mapping[str, str]]:
    now, told = _decided(given).class_, {}
    for at, fact in enumerate(decision().deciding):
        others = {value: _decided((*given[:at], value, *given[at + 1 :])).class_ for value in (*fact.values, UNKNOWN) if value != given[at]}
        told[fact.name] = MappingProxyType({value: one for value, one in others.items() if one != now})
    return MappingProxyType(told)


# ---- the question worth most ----


@cache
def grid() -> NDArray[np.int16]:
    """Outcome of every combination of the deciding facts, each axis "unknown" first and then the values in order: class, and a bit for each direction."""
    axes = [(UNKNOWN, *one.values) for one in decision().deciding]
    shape = tuple(len(axis) for axis in axes)
    codes, open_ = np.full(shape, -1, np.int16), np.ones(shape, bool)
    for rule in decision().rule:
        here = open_ & _mask(rule, axes)
        codes[here] = CLASSES.index(rule.class_)
        open_ &= ~here
        if not rule.closed:
            _add(codes, here, rule.class_, axes)
    return codes


def _mask(one: RuleText | DirectionText, axes: list[tuple[str, ...]]) -> NDArray[np.bool_]:
    mask = np.ones([1] * len(axes), bool)
    for at, (name, axis) in enumerate(zip(_deciding(), axes, strict=True)):
        if name in one.when:
            mask = mask & np.array([value in one.when[name] for value in axis]).reshape([-1 if k == at else 1 for k in range(len(axes))])
    return mask


def _add(codes: NDArray[np.int16], here: NDArray[np.bool_], base: str, axes: list[tuple[str, ...]]) -> None:
    for one in decision().direction:
        if base in one.of and not one.potential:
            where = here & _mask(one, axes)
            codes[where] = (codes[where] & ~3) | (4 << DIRECTIONS.index(one.name)) | CLASSES.index("both")


@lru_cache(maxsize=65536)
def _asked(given: Given, passed: frozenset[str]) -> str:
    missing = _decided(given).missing
    if missing:
        return "" if missing in passed else missing
    axes: list[tuple[str, list[int]]] = []
    for fact, value in zip(decision().deciding, given, strict=True):
        known = [0] if value == UNKNOWN else [list(fact.values).index(value) + 1]
        axes.append((fact.name, known if value != UNKNOWN or fact.name in passed else list(range(1, len(fact.values) + 1))))
    codes = grid()[np.ix_(*(places for _, places in axes))]
    total = _entropy(codes)
    gains = [(total - float(np.mean([_entropy(part) for part in np.moveaxis(codes, at, 0)])), name) for at, (name, _) in enumerate(axes)]
    best = max(gains, key=lambda one: one[0])
    return best[1] if best[0] > 1e-9 else ""


def _entropy(codes: NDArray[np.int16]) -> float:
    counts = np.bincount(codes.ravel())
    shares = counts[counts > 0] / codes.size
    return float(-(shares * np.log2(shares)).sum())


def combinations() -> Iterable[Incident]:
    """Every combination of the deciding facts, in the order of `grid`."""
    for values in product(*((UNKNOWN, *one.values) for one in decision().deciding)):
        yield Incident(facts=dict(zip(_deciding(), values, strict=True)))


# ---- where it belongs ----


def _homes(incident: Incident, outcome: Outcome, owners: Mapping[str, str]) -> tuple[Home, ...]:
    """One of each half that the class holds; where a property of an asset is lost by accident, its control has an owner too."""
    sides = {"both": ("safety", "security"), "undetermined": ()}.get(outcome.class_, (outcome.class_,))
    if any(flag.startswith("latent_") for flag in outcome.flags):
        sides = (*sides, "security")
    return tuple(_home(incident, side, owners) for side in sides)


def _home(incident: Incident, side: str, owners: Mapping[str, str]) -> Home:
    area = next(one for one in decision().area if Area(one.name).side.value == side and fits(one.when, incident))
    references = tuple(load().reference(name) for name in area.references)
    owner = owners.get(area.name) or decision().owner[area.name]
    return Home(area=area.name, side=side, owner=owner, references=references, mit=area.mit)
