"""What every target must do: play the same for any split of the trials, answer a client as it answers a trial, and say which trial is which row."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.agent import Acting
from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, Channel, Ruling, Signal, through
from keepstone.core.chat import Conversing
from keepstone.core.part import Tabular
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.checks import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import Target

NEEDED = ("truth", "score", "flagged", "ruling", "row", "unit", "x", "asked")
SAID = ("reply", "asked", "document", "prompt", "ruling", "right", "secret", "canary", "template", "tools", "row", "unit")
"""Columns of a target that is talked to."""
DID = ("done", "goal", "reply", "asked", "prompt", "content", "tools", "seen", "ruling", "row", "unit")
"""Columns of a target that acts."""
DONE = ("said", "turns", "denied", "beyond", "late", "widened", "state", "needs", "ordered")
"""Columns of one that speaks in several turns and calls tools; it may lack them."""
SEED = 3
CLOSE = 1e-9


def problems(target: Target, *, trials: int = 90) -> Iterator[str]:
    """Say what is wrong with a target, by asking it.

    Args:
        target: What is checked.
        trials: How many trials are played.

    Yields:
        One sentence for each rule that does not hold.
    """
    yield from (one for one in named.problems(target, "target") if "frozen" not in one)
    yield from behaviour(target, trials=trials)


def behaviour(target: Target, *, trials: int = 90) -> Iterator[str]:
    """Say what is wrong with how a target plays and answers, whether it is a part by itself or wrapped."""
    size = min(trials, target.size("test"))
    if not size:
        yield f"The target «{target.id}» must have trials of «test»; it has none."
        return
    whole = target.run(Trials(SEED, "test", 0, size), through)
    needed = NEEDED if isinstance(target, Tabular) else SAID if isinstance(target, Conversing) else DID if isinstance(target, Acting) else ()
    missing = [name for name in needed if name not in whole.columns]
    if missing:
        yield f"The outcome of «{target.id}» must have the columns {', '.join(missing)}."
        return
    yield from _shapes(target, whole, size)
    third = size // 3
    parts = [target.run(Trials(SEED, "test", start, stop), through) for start, stop in ((0, third), (third, size)) if stop > start]
    joined = {name: np.concatenate([np.asarray(part.columns[name]) for part in parts]) for name in whole.columns}
    split = differ(whole, Outcome(joined, np.concatenate([part.calls for part in parts]), np.concatenate([part.broken for part in parts])))
    if split:
        yield f"The target «{target.id}» must give the same outcome for any split of the trials; it gave another for «{split}»."
    if isinstance(target, Tabular):
        yield from _answers(target, whole)
        yield from _order(target, whole, size)
    if isinstance(target, Tabular | Conversing | Acting):
        yield from _refused(target, size)
    if isinstance(target, Conversing):
        yield from _texts(target, whole)


def _shapes(target: Target, whole: Outcome, size: int) -> Iterator[str]:
    for name, column in whole.columns.items():
        if len(column) != size:
            yield f"The column «{name}» of «{target.id}» must have one value a trial, {size}; got {len(column)}."
    if len(whole.calls) != size or len(whole.broken) != size:
        yield f"The «calls» and «broken» of «{target.id}» must have one value a trial."
    score = np.asarray(whole.columns.get("score", np.zeros(0)), dtype=np.float64)
    if ((score < 0) | (score > 1)).any():
        yield f"The scores of «{target.id}» must lie in [0, 1], or be NaN where it does not answer."
    flagged = np.asarray(whole.columns.get("flagged", np.zeros(0)), dtype=np.float64)
    if not (np.isnan(flagged) | (flagged == 0) | (flagged == 1)).all():
        yield f"The decisions of «{target.id}» must be 0 or 1, or NaN where it does not answer."


def _answers(target: Target, whole: Outcome) -> Iterator[str]:
    """A client who sends the rows of the trials sees what the trials saw."""
    rows = np.asarray(whole.columns["x"], dtype=np.float64)
    said = np.asarray(target.answer(Signal(rows, np.zeros(len(rows), dtype=np.int8))).values, dtype=np.float64)
    ours = np.column_stack([np.asarray(whole.columns[name], dtype=np.float64) for name in ("score", "flagged")])
    if said.shape != ours.shape or not np.allclose(said, ours, equal_nan=True, rtol=CLOSE, atol=CLOSE):
        yield f"The target «{target.id}» must answer a client as it answers in a trial: an attack would meet another target than the one that is measured."


def _order(target: Tabular, whole: Outcome, size: int) -> Iterator[str]:
    table = target.table("test")
    order = np.asarray(target.order(Trials(SEED, "test", 0, size)))
    if sorted(order.tolist()) != list(range(len(table))):
        yield f"The «order» of «{target.id}» must name each row of the stream once."
    elif not np.array_equal(table.row[order[:size]], np.asarray(whole.columns["row"])):
        yield f"The «order» of «{target.id}» must be the one in which its trials are played."


def _texts(target: Conversing, whole: Outcome) -> Iterator[str]:
    """A client is answered a text for each question, and trials say what their items say."""
    asked = [str(text) for text in whole.columns["asked"]]
    said = target.answer(Signal(asked, np.zeros(len(asked), dtype=np.int8))).values
    if len(said) != len(asked) or not all(isinstance(text, str) for text in said):
        yield f"The target «{target.id}» must answer each question of a client with a text."
    if not target.population("test"):
        yield f"The «population» of «{target.id}» must name the items that a stream is drawn from."


def _refused(target: Target, size: int) -> Iterator[str]:
    """A row that was blocked before it came is not answered."""

    def block(channel: Channel, signal: Signal) -> Signal:
        return Signal(signal.values, np.full(len(signal.rulings), Ruling.BLOCKED, dtype=np.int8), signal.last) if channel == INPUT else signal

    outcome = target.run(Trials(SEED, "test", 0, size), block)
    talks = isinstance(target, Conversing | Acting)
    said = outcome.columns["reply" if talks else "flagged"]
    answered = np.array([text != "" for text in said]) if talks else ~np.isnan(np.asarray(said, dtype=np.float64))
    if answered.any() or (np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED).any() or outcome.broken.any():
        yield f"The target «{target.id}» must not answer rows that were blocked, nor call them broken."


def differ(one: Outcome, other: Outcome) -> str:
    """The first column that is not the same in two outcomes; "" where all are.

    Numbers are compared to nine digits: a model may round by the size of a batch, and no loss is kept so finely.
    """
    for name in one.columns:
        left, right = np.asarray(one.columns[name]), np.asarray(other.columns.get(name, np.zeros(0)))
        if left.shape != right.shape:
            return name
        numbers = left.dtype.kind == right.dtype.kind == "f"
        if not (np.allclose(left, right, equal_nan=True, rtol=CLOSE, atol=CLOSE) if numbers else np.array_equal(left, right)):
            return name
    return "" if np.array_equal(one.broken, other.broken) else "broken"


def fingerprint(target: Target) -> str:
    """Digest of what a target is and holds."""
    if not isinstance(target, Tabular):
        return target.recipe
    streams = [name for name in ("test", "search", "train") if target.size(name)]
    held = hashlib.sha256()
    for name in streams:
        table = target.table(name)
        held.update(np.ascontiguousarray(table.x).tobytes() + np.ascontiguousarray(table.y).tobytes())
    return key_of(target.recipe, target.threshold, held.hexdigest())
