"""Integrity (paper, section 5.2): what becomes of it when somebody has written to its training data, its parameters or its records?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas import controls
from keepstone.areas.asking import limit
from keepstone.catalog.load import load
from keepstone.core.origin import Area
from keepstone.core.probe import Control, Probe, Unasked
from keepstone.parts.conditions.threats.label_flip import LabelFlip
from keepstone.parts.conditions.threats.moved_records import MovedRecords
from keepstone.parts.conditions.threats.tampered_join import TamperedJoin
from keepstone.parts.conditions.threats.tampered_parameters import TamperedParameters
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.mismatch import Mismatch
from keepstone.parts.metrics.missed import Missed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Scope

AREA = Area.INTEGRITY
FULL = "full"
FLOOR = "robustness.nominal.alarms"

LABELS = "Have labels written by two hands; hold a clean set back to choose the operating point on; drop rows whose label all others contradict."
NUMBERS = "Sign the model file and check the signature when it is loaded; compare a digest of the parameters at run time."
JOINS = "Join by a signed key, and let the bedside see whose values it is told of; no check of plausibility sees another person's true values."
RECORDS = "Join the tables again by a key, and keep who wrote to them; do not train on these rows before."


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Ask what a writer can do to labels, parameters and records."""
    yield from _labels(scope)
    yield from _parameters(scope)
    yield from _records(scope)
    yield Unasked(risk=scope.risk("integrity.backdoor"), what="backdoor", why=load().risks["integrity.backdoor"].unmeasured)


def _labels(scope: Scope) -> Iterator[Probe]:
    shares = (0.01, 0.03, 0.05, 0.1) if scope.profile == FULL else (0.01, 0.05)
    for share in shares:
        threat, metric = LabelFlip(share=share), Missed()
        yield Probe(
            risk=scope.risk("integrity.label_flip"),
            condition=threat,
            metric=metric,
            limit=limit(scope, AREA, threat, metric),
            control=Control(bad=controls.memorising(), good=controls.immutable_only(), limit=0.25),
            paired=metric,
            column=scope.profile == FULL or share == 0.05,
            guard=share == 0.05,
            floor=FLOOR,
            advice=LABELS,
        )


def _parameters(scope: Scope) -> Iterator[Probe]:
    for edits in (1, 10) if scope.profile == FULL else (1,):
        threat, metric = TamperedParameters(edits=edits), Missed()
        yield Probe(
            risk=scope.risk("integrity.tampered_parameters"),
            condition=threat,
            metric=metric,
            limit=limit(scope, AREA, threat, metric),
            control=Control(bad=controls.linear(), good=controls.immutable_only(), limit=0.25),
            paired=metric,
            column=scope.profile == FULL,
            floor=FLOOR,
            advice=NUMBERS,
        )


def _records(scope: Scope) -> Iterator[Probe]:
    join, success = TamperedJoin(), AttackSuccess(scope="missed")
    yield Probe(
        risk=scope.risk("integrity.tampered_join"),
        condition=join,
        metric=success,
        limit=limit(scope, AREA, join, success),
        control=Control(bad=controls.linear(), good=controls.immutable_only(), limit=0.25),
        paired=Missed(),
        column=scope.profile == FULL,
        floor=FLOOR,
        advice=JOINS,
    )
    moved, mismatch = MovedRecords(), Mismatch()
    yield Probe(
        risk=scope.risk("integrity.tampered_join"),
        condition=moved,
        metric=mismatch,
        limit=limit(scope, AREA, moved, mismatch),
        control=Control(bad=controls.misjoined(roll=14), good=controls.misjoined(roll=0), limit=0.3),
        advice=RECORDS,
    )
