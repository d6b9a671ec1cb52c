"""What every condition must do: act the same for any split of the trials, look only where it may, spend no more than it has, change nobody's data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.agent import CONTENT, Acting
from keepstone.core.cell import Arm
from keepstone.core.channel import INPUT, PARAMETERS, TRAINING, through
from keepstone.core.chat import DOCUMENT, PROMPT, Conversing
from keepstone.core.errors import KeepstoneError
from keepstone.core.origin import Adversary, Hazard
from keepstone.core.part import Tabular
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.checks import named
from keepstone.measure.checks.targets import DID, DONE, NEEDED, SAID, SEED, differ, fingerprint
from keepstone.measure.play import Built, play

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.artefact import Shelf
    from keepstone.core.part import AnyCondition, Mitigation, Target

FROM_TARGET = frozenset({*NEEDED, *SAID, *DID, *DONE, "checks", "batch", "meant", "forecast", "member", "earlier", "sent", "raw"})
"""Columns that are the target's to give; a note of one of these names would hide it."""
IN_WORDS = frozenset({"carrier", "encoding", "path"})
"""Notes that are texts: what an attack said, in which dress, and what it tried."""
AT_REST = (TRAINING, PARAMETERS)
SEEN = {INPUT: "asked", DOCUMENT: "document", PROMPT: "prompt", CONTENT: "content"}
"""Where what came out of a channel of a conversation or an agent can be read."""


def problems(condition: AnyCondition, target: Target, none: Mitigation, shelf: Shelf, *, trials: int = 90) -> Iterator[str]:
    """Say what is wrong with a condition, by playing it.

    Args:
        condition: What is checked.
        target: A target that it fits.
        none: No mitigation.
        shelf: Where its artefacts are kept.
        trials: How many trials are played.

    Yields:
        One sentence for each rule that does not hold.
    """
    yield from named.problems(condition, "condition")
    yield from _described(condition)
    why = condition.unfit(target)
    if why:
        yield f"The condition «{condition.id}» can't be checked on «{target.id}»: {why}"
        return
    before = fingerprint(target)
    try:
        yield from _played(condition, target, none, shelf, trials)
    except KeepstoneError as error:
        yield f"The condition «{condition.id}» broke its contract: {error}"
    if fingerprint(target) != before:
        yield f"The condition «{condition.id}» must leave the target that it is given as it is; it changed it."


def _described(condition: AnyCondition) -> Iterator[str]:
    who = f"of «{condition.id}»"
    if not isinstance(condition.origin, Hazard | Adversary):
        yield f"The «origin» {who} must be a Hazard or an Adversary; got {type(condition.origin).__name__}."
    if not condition.strength >= 0:
        yield f"The «strength» {who} must be 0 or more; got {condition.strength!r}."
    if len({channel.at_rest for channel in condition.channels}) > 1:
        yield f"The «channels» {who} must be all in motion or all at rest."
    if isinstance(condition.origin, Adversary):
        yield from _counterparts(condition, who)


def _counterparts(threat: AnyCondition, who: str) -> Iterator[str]:
    counterpart = getattr(threat, "counterpart", None)
    if isinstance(counterpart, str):
        if not counterpart:
            yield f"The «counterpart» {who} must be a hazard, or say why there can be none."
    elif counterpart is None or not isinstance(counterpart.origin, Hazard):
        yield f"The «counterpart» {who} must be a hazard, or say why there can be none; got {counterpart!r}."
    elif counterpart.channels != threat.channels or counterpart.stream != threat.stream:
        yield f"The «counterpart» {who} must act on the same channels and stream."
    retried = getattr(threat, "retried", None)
    if retried is not None and not isinstance(retried.origin, Hazard):
        yield f"The «retried» {who} must be a hazard or None."


def _played(condition: AnyCondition, target: Target, none: Mitigation, shelf: Shelf, trials: int) -> Iterator[str]:
    arm = Arm(target, condition, none)
    size = min(trials, target.size(condition.stream))
    whole = _play(arm, (0, size), shelf)
    yield from _shapes(condition, whole, size)
    again = differ(whole, _play(arm, (0, size), shelf))
    if again:
        yield f"The condition «{condition.id}» must give the same outcome each time; it gave another for «{again}»."
    cuts = sorted({0, 1, size // 3, size - 1, size})
    parts = [_play(arm, (start, stop), shelf) for start, stop in pairwise(cuts)]
    wrong = differ(whole, Outcome(_joined(parts), np.concatenate([part.calls for part in parts]), np.concatenate([part.broken for part in parts])))
    if wrong:
        yield f"The condition «{condition.id}» must give the same outcome for any split of the trials; it gave another for «{wrong}»."
    yield from _within_means(condition, target, whole)
    if condition.strength == 0 and differ(target.run(Trials(SEED, condition.stream, 0, size), through), whole):
        yield f"The condition «{condition.id}» has strength 0 and must change nothing."


def _play(arm: Arm, span: tuple[int, int], shelf: Shelf) -> Outcome:
    return play(shelf.get(Built(arm, SEED)), arm, Trials(SEED, arm.condition.stream, *span), shelf)


def _shapes(condition: AnyCondition, outcome: Outcome, size: int) -> Iterator[str]:
    for name, column in outcome.columns.items():
        if len(column) != size:
            yield f"The note «{name}» of «{condition.id}» must have one value a trial, {size}; got {len(column)}."
    for name, note in _notes(outcome).items():
        if name not in IN_WORDS and np.asarray(note).dtype.kind not in "fiub":
            yield f"The note «{name}» of «{condition.id}» must be numbers; got {np.asarray(note).dtype}."


def _notes(outcome: Outcome) -> dict[str, object]:
    """The columns that are not the target's."""
    return {name: column for name, column in outcome.columns.items() if name not in FROM_TARGET and not name.startswith("group:")}


def _within_means(condition: AnyCondition, target: Target, outcome: Outcome) -> Iterator[str]:
    """A hazard asks nothing; an adversary asks no more than its budget, and writes only what can be written."""
    spent = np.asarray(outcome.columns["queries"], dtype=np.float64)
    most = condition.origin.queries if isinstance(condition.origin, Adversary) else 0
    if spent.max(initial=0) > most:
        yield f"The condition «{condition.id}» must ask at most {most} times a trial; it asked {spent.max():g} times."
    if isinstance(target, Conversing | Acting):
        yield from _elsewhere(condition, target, outcome)
    if not isinstance(target, Tabular) or any(channel in AT_REST for channel in condition.channels):
        return
    x, asked = (np.asarray(outcome.columns[name], dtype=np.float64) for name in ("x", "asked"))
    same = (x == asked) | (np.isnan(x) & np.isnan(asked))
    if not condition.channels and not same.all():
        yield f"The condition «{condition.id}» has no channel and must change no row."
    fixed = np.array([feature.immutable for feature in target.features])
    if isinstance(condition.origin, Adversary) and not same[:, fixed].all():
        yield f"The threat «{condition.id}» must leave immutable columns as they are."
    hidden = np.isnan(asked) & ~np.isnan(x)
    unhideable = np.array([not feature.missing for feature in target.features])
    if hidden[:, unhideable].any():
        yield f"The condition «{condition.id}» must not hide values of columns that are never missing."


def _elsewhere(condition: AnyCondition, target: Target, outcome: Outcome) -> Iterator[str]:
    """A condition changes nothing on a channel that it does not name."""
    calm = target.run(Trials(SEED, condition.stream, 0, len(outcome.calls)), through)
    for channel, column in SEEN.items():
        if column in calm.columns and channel not in condition.channels and list(outcome.columns[column]) != list(calm.columns[column]):
            yield f"The condition «{condition.id}» must change nothing on the channel «{channel.name}», which it does not name."


def _joined(parts: list[Outcome]) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    return {name: np.concatenate([np.asarray(part.columns[name]) for part in parts]) for name in parts[0].columns}
