"""Robustness (paper, section 5.1): does it hold when the world is not as it was in training, with nobody meaning harm?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.areas import controls
from keepstone.areas.asking import cases, limit, smallest_held, words
from keepstone.areas.ward import Ward
from keepstone.core.origin import Area
from keepstone.core.part import Tabular
from keepstone.core.probe import Control, Probe, Unasked
from keepstone.parts.conditions.hazards.misjoined_records import MisjoinedRecords
from keepstone.parts.conditions.hazards.missing_in_group import MissingInGroup
from keepstone.parts.conditions.hazards.missing_values import MissingValues
from keepstone.parts.conditions.hazards.misuse import Misuse
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.hazards.out_of_range import OutOfRange
from keepstone.parts.conditions.hazards.rare_cases import RareCases
from keepstone.parts.conditions.hazards.retraining import Retraining
from keepstone.parts.conditions.hazards.sensor_noise import SensorNoise
from keepstone.parts.conditions.hazards.shift import Shift
from keepstone.parts.conditions.hazards.unit_mixup import UnitMixup
from keepstone.parts.metrics.alarms import Alarms
from keepstone.parts.metrics.answered import Answered
from keepstone.parts.metrics.brier import Brier
from keepstone.parts.metrics.error import WrongDecision
from keepstone.parts.metrics.flips import Flips
from keepstone.parts.metrics.mismatch import Mismatch
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.within import Within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import AnyCondition, Metric, Target
    from keepstone.core.probe import Exposure, Scope
    from keepstone.core.table import Table

AREA = Area.ROBUSTNESS
FULL = "full"


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Ask about ordinary use, bad values, other people and places, training, and the records themselves."""
    yield from _ordinary_use(scope)
    yield from _bad_values(scope)
    yield from _other_people(scope)
    yield from _weak_slices(scope)
    yield from _training_and_records(scope)


def _probe(scope: Scope, risk: str, condition: AnyCondition, metric: Metric, control: Control, **more: object) -> Probe:
    held = limit(scope, AREA, condition, metric)
    return Probe(risk=scope.risk(f"robustness.{risk}"), condition=condition, metric=metric, limit=held, control=control, **more)  # type: ignore[arg-type]


def _ordinary_use(scope: Scope) -> Iterator[Probe]:
    missed = Control(bad=controls.constant(0.0), good=controls.perfect(), limit=0.25)
    alarms = Control(bad=controls.constant(1.0), good=controls.perfect(), limit=0.25)
    brier = Control(bad=controls.mistaken(), good=controls.perfect(), limit=0.25)
    more = "More or better data on the outcomes that are missed; a lower threshold only trades them for alarms."
    yield _probe(
        scope, "ordinary_use", Nominal(), Missed(), missed, paired=Missed(), guard=True, floor=f"{AREA.value}.{Nominal().id}.{Alarms().id}", advice=more
    )
    yield _probe(scope, "ordinary_use", Nominal(), Alarms(), alarms, paired=Alarms(), guard=True, advice="A higher threshold, or better separating features.")
    yield _probe(
        scope, "ordinary_use", Nominal(), Brier(), brier, paired=Brier(), column=scope.profile == FULL, advice="Calibrate the scores on cases of their own."
    )


def _bad_values(scope: Scope) -> Iterator[Probe | Unasked]:
    loud = controls.linear(kept=Ward(error=12.0))
    bad: list[tuple[str, AnyCondition, Target, str, bool]] = [
        ("sensor_noise", SensorNoise(errors=0.5), loud, "Train with the noise that measurements have, or hand over cases near the threshold.", True),
        ("unit_mixup", UnitMixup(), controls.linear(), "Check units and bounds before the model sees a value.", False),
        ("missing_values", MissingValues(share=0.2), controls.linear(fill=0.0), "Train with values withheld, or hand over cases with little known.", True),
        ("out_of_range", OutOfRange(), controls.linear(), "Refuse values outside what is plausible.", False),
    ]
    if scope.profile == FULL:
        bad.insert(1, ("sensor_noise", SensorNoise(errors=2.0), loud, bad[0][3], False))
    for risk, condition, weak, advice, guard in bad:
        missed = Control(bad=weak, good=controls.immutable_only(), limit=0.1)
        alarms = Control(bad=controls.constant(1.0), good=controls.immutable_only(), limit=0.25)
        yield _probe(scope, risk, condition, Missed(), missed, paired=Missed(), guard=guard, advice=advice)
        shown = scope.profile == FULL or risk != "out_of_range"
        yield _probe(scope, risk, condition, Alarms(), alarms, paired=Alarms(), column=shown, advice=advice)
    yield from _missing_in_group(scope)


def _missing_in_group(scope: Scope) -> Iterator[Probe | Unasked]:
    found = smallest_held(scope)
    if found is None:
        why = "give `groups`: the group that each case belongs to"
        yield Unasked(risk=scope.risk("robustness.missing_in_group"), what="missing_in_group.missed", why=why)
        return
    attribute, group = found
    metric = Within(inner=Missed(), label=f"{attribute}-{group}", column=f"group:{attribute}", value=group)
    ward = Ward(attribute=attribute, names=(group, "others"))
    control = Control(bad=controls.linear(fill=0.0, kept=ward), good=controls.immutable_only(kept=ward), limit=0.25)
    advice = "See that this group is examined as the others are; train with its values withheld."
    yield _probe(scope, "missing_in_group", MissingInGroup(attribute=attribute, group=group), metric, control, paired=metric, advice=advice)


def _other_people(scope: Scope) -> Iterator[Probe | Unasked]:
    rare = Control(bad=controls.constant(0.0), good=controls.perfect(), limit=0.5)
    loud = Control(bad=controls.constant(1.0), good=controls.perfect(), limit=0.5)
    for metric, control in ((Missed(), rare), (Alarms(), loud)):
        inside = Within(inner=metric, label="rare", column="rare", told="in the twentieth of the cases that are least like the others")
        yield _probe(scope, "rare_cases", RareCases(), inside, control, advice="Hand over cases that are unlike nearly all that it was trained on.")
    yield from _shifts(scope)
    yield from _misuse(scope)


def _shifts(scope: Scope) -> Iterator[Probe | Unasked]:
    table = cases(scope)
    if table is None:
        return
    batches = _batches(scope, table)
    if not batches:
        why = f"give `batch`: the site, period or file that each case came with; two of {SMALL_BATCH} cases at least are needed"
        yield Unasked(risk=scope.risk("robustness.shift"), what="shift-batch.missed", why=why)
    for batch in batches:
        yield from _unseen(scope, Shift(of="batch", value=str(batch)), "batch", Ward(batch=batch))
    found = smallest_held(scope)
    if found is not None:
        attribute, group = found
        yield from _unseen(scope, Shift(of=attribute, value=group), f"group:{attribute}", Ward(attribute=attribute, names=(group, "others")))
    now = float(table.y.mean())
    condition = Shift(of="prevalence", to=round(min(2 * now, 0.5) if now < 0.4 else now / 2, 2))
    metric = Within(inner=WrongDecision(), label="kept", column="kept", told="at that prevalence")
    control = Control(bad=controls.mistaken(), good=controls.perfect(), limit=0.25)
    yield _probe(scope, "shift", condition, metric, control, advice="Choose the operating point anew where the outcome is more or less frequent.")


SMALL_BATCH = 100


def _batches(scope: Scope, table: Table) -> list[int]:
    """The batches that are left out of the training in turn; in the quick profile the one whose training rows have the most unusual share of outcomes."""
    train = cases(scope, "train")
    numbers, sizes = np.unique(table.batch, return_counts=True)
    large = [int(number) for number, size in zip(numbers, sizes, strict=True) if size >= SMALL_BATCH]
    if len(numbers) < 2 or train is None or scope.profile == FULL:
        return large if len(numbers) > 1 else []
    return sorted(
        large, key=lambda number: (-abs(float(train.y[train.batch == number].mean() if (train.batch == number).any() else 0) - train.y.mean()), number)
    )[:1]


def _unseen(scope: Scope, condition: Shift, column: str, ward: Ward) -> Iterator[Probe]:
    told = f"where {condition.of} is {condition.value}, unseen in training"
    for inner, bad in ((Missed(), 0.0), (Alarms(), 1.0)):
        metric = Within(inner=inner, label=f"{condition.of}-{condition.value}", column=column, value=condition.value, told=told)
        control = Control(bad=controls.constant(bad, kept=ward), good=controls.perfect(kept=ward), limit=0.25)
        yield _probe(scope, "shift", condition, metric, control, advice="Do not use it in a new place before it was tried there.")


def _misuse(scope: Scope) -> Iterator[Probe | Unasked]:
    features = scope.target.features if isinstance(scope.target, Tabular) else ()
    known = [one for one in features if one.immutable and one.kind in ("number", "integer") and (0 < one.lower < np.inf or np.isfinite(one.upper))]
    if not known:
        why = "give `lower` or `upper` of an immutable feature: whom the target is made for (the least age, say)"
        yield Unasked(risk=scope.risk("robustness.misuse"), what="misuse.answered", why=why)
        return
    ward = Ward(fact=known[0].name)
    control = Control(bad=controls.immutable_only(kept=ward), good=controls.guarded(kept=ward), limit=0.25)
    advice = "Refuse to answer people that it was not made for."
    yield _probe(scope, "misuse", Misuse(feature=known[0].name), Answered(), control, paired=Answered(), column=scope.profile == FULL, advice=advice)


def _weak_slices(scope: Scope) -> Iterator[Probe | Unasked]:
    table = cases(scope)
    if table is None or not scope.slices:
        found = table is not None and cases(scope, "search") is not None
        why = (
            "the search found no part of the cases that is served clearly worse" if found else "give `train`: slices are searched on other rows than the cases"
        )
        yield Unasked(risk=scope.risk("robustness.weak_slice"), what="nominal.missed-within-slice", why=why)
        return
    for at, rule in enumerate(scope.slices, 1):
        metric = Within(inner=Missed(), label=f"slice-{at}", rule=rule, told=f"where {words(rule, table.features)}")
        weak, good = (controls.sliced(rule, len(table.features), weak=weak) for weak in (True, False))
        control = Control(bad=weak, good=good, limit=0.25)
        advice = "Hand these cases over, or learn more about them before it speaks of them."
        yield _probe(scope, "weak_slice", Nominal(), metric, control, paired=metric if at == 1 else None, column=scope.profile == FULL, advice=advice)


def _training_and_records(scope: Scope) -> Iterator[Probe]:
    luck = Control(bad=controls.memorising(), good=controls.immutable_only(), limit=0.03)
    told = "Average several models, regularise, or hand over the cases that flip."
    yield _probe(scope, "retraining", Retraining(), Flips(), luck, paired=Flips() if scope.profile == FULL else None, advice=told)
    records = Control(bad=controls.misjoined(roll=14), good=controls.misjoined(roll=0), limit=0.3)
    told = "Join the tables again by a key, and check values that should go together; do not train on these rows before."
    yield _probe(scope, "misjoined_records", MisjoinedRecords(), Mismatch(), records, advice=told)
