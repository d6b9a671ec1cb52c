"""One batch of one arm: the whole engine of a trial, for every kind of target.

Built    the arm's target: trained or altered through what sits at rest, then wrapped by its mitigation
Played   the losses of a batch, by metric: an artefact, so that resuming is finding it on the shelf
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from keepstone.core.artefact import Artefact, key_of
from keepstone.core.channel import PARAMETERS, TRAINING, Ruling, Signal, through
from keepstone.core.chat import Conversing, Meter
from keepstone.core.claim import NOT_COUNTED, UNIT
from keepstone.core.errors import KeepstoneError, PartError
from keepstone.core.origin import Adversary, Origin
from keepstone.core.screened import allowed
from keepstone.core.talked import calls
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.outside import told
from keepstone.measure.said import pack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.cell import Arm
    from keepstone.core.channel import Floats, Ints, Tap
    from keepstone.core.claim import Losses
    from keepstone.core.part import Metric, Parametric, Target, Trainable


class Counted:
    """An oracle over the mitigated target: counts queries a trial, shows no more than the origin's access."""

    def __init__(self, target: Target, origin: Origin, trials: int) -> None:
        """Open for a batch of so many trials."""
        self.target, self.origin = target, origin
        self.spent = np.zeros(trials, dtype=np.int64)

    def ask(self, signal: Signal, of: Ints) -> Signal:
        """Answer rows of INPUT; `of` is the trial that each row is asked for. What a query budget of the target no longer allows is blocked.

        Raises:
            PartError: If the origin is chance, or a trial's queries are used up.
        """
        if not isinstance(self.origin, Adversary):
            msg = "Chance does not look: a hazard asked the oracle."
            raise PartError(msg)
        np.add.at(self.spent, of, 1)
        if len(of) and self.spent.max() > self.origin.queries:
            msg = f"The queries of a trial must be at most {self.origin.queries}; got {int(self.spent.max())}."
            raise PartError(msg)
        most = allowed(self.target, self.origin.queries)
        said = self.target.answer(signal)
        if len(of) and self.spent.max() > most:
            said = _unanswered(said, self.spent[of] > most)
        if isinstance(self.target, Conversing):
            return said
        if "scores" in self.origin.access:
            return said
        values = np.array(said.values, dtype=np.float64)
        values[:, 0] = values[:, 1]
        return Signal(values, said.rulings, said.last)

    def left(self) -> Ints:
        """Queries left, one a trial."""
        most = self.origin.queries if isinstance(self.origin, Adversary) else 0
        return most - self.spent


def _unanswered(said: Signal, late: NDArray[np.bool_]) -> Signal:
    """Answers without those that came too late, which are blocked."""
    rulings = np.where(late, Ruling.BLOCKED, said.rulings).astype(np.int8)
    if all(isinstance(value, str) for value in said.values):
        return Signal(["" if gone else str(text) for text, gone in zip(said.values, late.tolist(), strict=True)], rulings, said.last)
    values = np.array(said.values, dtype=np.float64)
    values[late] = np.nan
    return Signal(values, rulings, said.last)


@dataclass(frozen=True, eq=False)
class Built:
    """The target of an arm, ready to be asked. Shared by all batches and metrics of the arm."""

    arm: Arm
    seed: int

    @cached_property
    def key(self) -> str:
        """What is built, and the seed."""
        return key_of("built", self.arm.build, self.seed)

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """What the mitigation needs."""
        return self.arm.mitigation.needs(self.arm.target)

    @property
    def home(self) -> str:
        """Kept in one worker's memory."""
        return self.key

    @property
    def lasting(self) -> bool:
        """A model is not kept on disk: reading one back would mean loading a pickle."""
        return False

    def make(self, shelf: Shelf) -> Target:
        """Train on what passes at rest, wrap, then alter: tampering with parameters comes after every training."""
        target, condition, mitigation = self.arm.target, self.arm.condition, self.arm.mitigation
        if TRAINING in condition.channels:
            target = cast("Trainable", target).fit(self._tap(target, shelf), self.arm.unit)
        wrapped = mitigation.wrap(target, shelf)
        if PARAMETERS in condition.channels:
            return cast("Parametric", wrapped).altered(self._tap(wrapped, shelf))
        return wrapped

    def _tap(self, target: Target, shelf: Shelf) -> Tap:
        condition = self.arm.condition
        trials = Trials(self.seed, f"rest.{condition.id}", 0, 1, self.arm.unit)
        return condition.begin(trials, Counted(target, condition.origin, 1), shelf, target).tap


@dataclass(frozen=True, eq=False)
class Played:
    """The losses of one batch of one arm, by metric."""

    arm: Arm
    trials: Trials
    metrics: tuple[Metric, ...]
    named: str = ""  # digest of the metrics, where it is known
    silent: bool = False  # whether nothing of what is said is kept

    @cached_property
    def built(self) -> Built:
        """The arm's target."""
        return Built(self.arm, self.trials.seed)

    @cached_property
    def key(self) -> str:
        """Target, condition, mitigation, trials and metrics."""
        return key_of("played", self.arm.key, self.trials, self.named or key_of(*self.metrics), *(("silent",) if self.silent else ()))

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """What condition and mitigation need."""
        return tuple(self.built.needs)

    @property
    def home(self) -> str:
        """With its target."""
        return self.built.home

    @property
    def lasting(self) -> bool:
        """Losses are arrays."""
        return True

    def make(self, shelf: Shelf) -> dict[str, np.ndarray]:
        """Play the trials and read every metric.

        Returns:
            "loss:METRIC" int16 (trials, parts) in thousandths, "calls", "broken", "row", "unit", "why" and "why_row"; of a target that is talked to
            "said" (`said.pack`) and "tokens" (read, written).
            A part that broke its contract gives "error" alone.
        """
        meter: Meter = getattr(self.arm.target, "meter", None) or Meter()
        before = (meter.read, meter.written)
        try:
            target = shelf.get(self.built)
            outcome = play(target, self.arm, self.trials, shelf)
            losses = {metric.id: self._loss(metric, outcome, target, shelf) for metric in self.metrics}
            talked = self._said(outcome, losses) if isinstance(self.arm.target, Conversing) and not self.silent else {}
        except KeepstoneError as error:
            return {"error": np.array([str(error)])}
        except Exception as error:  # noqa: BLE001  a part, a model or a learner from outside may raise anything
            return {"error": np.array([f"{told(error, 'A part')}; what it said may hold values of rows, and is on the terminal alone."])}
        why = sorted(outcome.why.items())[:20]
        spent = {"tokens": np.array([meter.read - before[0], meter.written - before[1]], dtype=np.int64)} if talked else {}
        return {f"loss:{name}": loss for name, loss in losses.items()} | {
            "calls": np.asarray(outcome.calls),
            "broken": np.asarray(outcome.broken),
            "row": np.asarray(outcome.columns.get("row", np.arange(len(outcome.calls)))),
            "unit": np.asarray(outcome.columns.get("unit", np.arange(len(outcome.calls)))),
            "why_row": np.array([row for row, _ in why], dtype=np.int64),
            "why": np.array([text for _, text in why], dtype=np.str_),
            "size": np.asarray(outcome.columns.get("size", np.zeros(0))),
            **talked,
            **spent,
        }

    def _said(self, outcome: Outcome, losses: Mapping[str, Losses]) -> dict[str, np.ndarray]:
        return {"said": pack(outcome, self.trials, losses, self.metrics, whole=bool(getattr(self.arm.target, "whole", False)))}

    def _loss(self, metric: Metric, outcome: Outcome, target: Target, shelf: Shelf) -> Losses:
        return thousandths(metric.loss(outcome, self._calm(target, shelf)), outcome.broken)

    def _calm(self, target: Target, shelf: Shelf) -> Callable[[], Outcome]:
        return lambda: shelf.get(Calm(self.built, self.trials, target))


@dataclass(frozen=True, eq=False)
class Calm:
    """The same trials under ordinary use, on the same mitigated target. Kept in memory for the arms that share it."""

    built: Built
    trials: Trials
    target: Target

    @property
    def key(self) -> str:
        """Target and trials."""
        return key_of("calm", self.built.key, self.trials)

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """Nothing more."""
        return ()

    @property
    def home(self) -> str:
        """With its target."""
        return self.built.home

    @property
    def lasting(self) -> bool:
        """Holds rows: never written to disk."""
        return False

    def make(self, shelf: Shelf) -> Outcome:
        """Play with nothing on any channel."""
        del shelf
        return self.target.run(self.trials, through)


def play(target: Target, arm: Arm, trials: Trials, shelf: Shelf) -> Outcome:
    """Play a batch: the condition sits on the channels of the mitigated target, and says afterwards what it did."""
    oracle = Counted(target, arm.condition.origin, len(trials))
    act = arm.condition.begin(trials, oracle, shelf, target)
    outcome = target.run(trials, act.tap)
    notes: Mapping[str, object] = act.notes()
    columns = {**outcome.columns, "queries": oracle.spent.astype(np.float64), **notes}
    return Outcome(cast("Mapping[str, np.ndarray]", columns), outcome.calls + oracle.spent * calls(arm.mitigation), outcome.broken, outcome.why)


def thousandths(loss: Floats, broken: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Losses:
    """Round losses to thousandths (the claim is about the rounded loss); NaN is not counted; a broken trial counts the worst way wherever it may count.

    Raises:
        PartError: If a loss is outside [0, 1].
    """
    values = np.asarray(loss, dtype=np.float64)
    if values.ndim != 2 or np.any((values < 0) | (values > 1)):
        msg = "The «loss» of a metric must be (trials, parts) in [0, 1] or NaN."
        raise PartError(msg)
    out = np.where(np.isnan(values), NOT_COUNTED, np.rint(values * UNIT)).astype(np.int16)
    if broken.any():
        out[broken[:, None] & (out != NOT_COUNTED)] = UNIT
    return out
