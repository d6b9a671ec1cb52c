"""What every mitigation must do: give back a target with the same abilities, leave the one it was given alone, and answer a client as it answers a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.agent import Acting
from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal, through
from keepstone.core.chat import DOCUMENT, PROMPT, Conversing
from keepstone.core.errors import KeepstoneError
from keepstone.core.part import Parametric, Screen, Tabular, Trainable
from keepstone.core.trial import Trials
from keepstone.measure.checks import named, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Mitigation, Target

ABILITIES = (Tabular, Trainable, Parametric, Conversing, Acting)


def problems(mitigation: Mitigation, target: Target, shelf: Shelf, *, trials: int = 90) -> Iterator[str]:
    """Say what is wrong with a mitigation, by wrapping a target in it.

    Args:
        mitigation: What is checked.
        target: A target that it fits.
        shelf: Where what it needs is kept.
        trials: How many trials are played.

    Yields:
        One sentence for each rule that does not hold.
    """
    yield from named.problems(mitigation, "mitigation")
    why = mitigation.unfit(target)
    if why:
        yield f"The mitigation «{mitigation.id}» can't be checked on «{target.id}»: {why}"
        return
    span = Trials(3, "test", 0, min(trials, target.size("test")))
    before = (targets.fingerprint(target), target.run(span, through))
    try:
        wrapped = mitigation.wrap(target, shelf)
        again = mitigation.wrap(target, shelf)
    except KeepstoneError as error:
        yield f"The mitigation «{mitigation.id}» broke its contract: {error}"
        return
    after = (targets.fingerprint(target), target.run(span, through))
    if before[0] != after[0] or targets.differ(before[1], after[1]):
        yield f"The mitigation «{mitigation.id}» must leave the target that it is given as it is; it changed it."
    if wrapped.recipe != again.recipe or targets.differ(wrapped.run(span, through), again.run(span, through)):
        yield f"The mitigation «{mitigation.id}» must give the same target each time."
    yield from _abilities(mitigation, target, wrapped)
    yield from targets.behaviour(wrapped, trials=trials)
    if isinstance(mitigation, Screen):
        yield from _screens(mitigation, target, span)


def _abilities(mitigation: Mitigation, target: Target, wrapped: Target) -> Iterator[str]:
    for ability in ABILITIES:
        if isinstance(target, ability) and not isinstance(wrapped, ability):
            yield f"The mitigation «{mitigation.id}» must keep the abilities of its target; the wrapped one is no {ability.__name__}."
    if target.channels - wrapped.channels:
        lost = ", ".join(sorted(channel.name for channel in target.channels - wrapped.channels))
        yield f"The mitigation «{mitigation.id}» must keep the channels of its target; it lost {lost}."
    for stream in ("test", "search", "train", "pool", "records", *(target.corpus.streams if isinstance(target, Conversing) else ())):
        if wrapped.size(stream) != target.size(stream):
            yield f"The mitigation «{mitigation.id}» must keep the trials of «{stream}»: {target.size(stream)}; got {wrapped.size(stream)}."


def _screens(screen: Screen, target: Target, span: Trials) -> Iterator[str]:
    """What a screen lets through has the shape that came in, and a ruling is never taken back."""
    if isinstance(target, Conversing):
        yield from _texts(screen, target, span)
    if not isinstance(target, Tabular):
        return
    rows = target.table("test").x[: len(span)]
    rulings = np.zeros(len(rows), dtype=np.int8)
    rulings[::7] = Ruling.BLOCKED
    passed = screen.begin(len(rows), {})(INPUT, Signal(rows, rulings))
    if np.asarray(passed.values).shape != rows.shape or len(passed.rulings) != len(rows):
        yield f"The screen «{screen.id}» must let through as many rows and columns as came in."
    elif (np.asarray(passed.rulings) < rulings).any():
        yield f"The screen «{screen.id}» must not take back a ruling."


def _texts(screen: Screen, target: Target, span: Trials) -> Iterator[str]:
    """The same on every channel of a conversation, in the order in which it flows."""
    calm = target.run(span, through)
    tap = screen.begin(len(span), {})
    for channel, column in ((PROMPT, "prompt"), (DOCUMENT, "document"), (INPUT, "asked"), (OUTPUT, "reply")):
        rulings = np.zeros(len(span), dtype=np.int8)
        rulings[::7] = Ruling.BLOCKED
        passed = tap(channel, Signal(calm.columns[column], rulings))
        if len(passed.values) != len(span) or not all(isinstance(text, str) for text in passed.values):
            yield f"The screen «{screen.id}» must let through as many texts on «{channel.name}» as came in."
        elif (np.asarray(passed.rulings) < rulings).any():
            yield f"The screen «{screen.id}» must not take back a ruling."
        elif channel not in screen.channels and list(passed.values) != list(calm.columns[column]):
            yield f"The screen «{screen.id}» must leave «{channel.name}» alone, which it does not name."
