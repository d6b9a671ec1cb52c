"""A target behind screens: what is measured in the grid is what a guard deploys.

The screens sit on the channels like layers around the model. What comes in passes the outermost first, what goes out the innermost
first, and for one batch each screen is one tap, so that it can carry what it saw on INPUT to OUTPUT. A condition sits outside of what
comes in and next to the model on what goes out; whoever asks (`answer`) passes the same layers as the trials (`run`), so an attack goes
through the mitigation and knows it.

    INPUT     condition -> last screen -> ... -> first screen -> model
    OUTPUT    model -> condition -> first screen -> ... -> last screen

The wrapper keeps the abilities of what it wraps (`Tabular`, `Trainable`, `Parametric`), no more and no fewer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from keepstone.core.agent import Acting
from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, OUTPUT, SEAL, Ruling, Signal
from keepstone.core.chat import Conversing
from keepstone.core.part import Parametric, Tabular, Trainable

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    import numpy as np
    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Channel, Floats, Ints, Tap
    from keepstone.core.chat import Assistant, Corpus, Replaceable
    from keepstone.core.part import Learner, Mitigation, Screen, Target
    from keepstone.core.table import Feature, Table
    from keepstone.core.trial import Outcome, Trials


@runtime_checkable
class Metered(Protocol):
    """A screen that answers each client a limited number of times."""

    @property
    def allowance(self) -> int:
        """How many answers a client gets."""


@runtime_checkable
class Sealing(Protocol):
    """A screen that knows the parameters of its target again."""

    def seal(self, parameters: bytes) -> str:
        """What is kept beside them."""

    def fits(self, parameters: bytes, seal: str) -> bool:
        """Whether they are those that were sealed."""


@dataclass(frozen=True)
class Refusing:
    """Lets no row in: the parameters are not those that were sealed, so nothing is loaded."""

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Stop each row."""
        del rows, memory

        def tap(channel: Channel, signal: Signal) -> Signal:
            return signal if channel != INPUT else Signal(signal.values, (signal.rulings * 0 + Ruling.STOPPED).astype("int8"), signal.last)

        return tap


@dataclass(frozen=True)
class Layer:
    """A screen in place.

    Attributes:
        screen: What flows passes it; its numbers are found.
        by: The mitigation that put it there, which finds them anew where the target is trained another way.
    """

    screen: Screen
    by: Mitigation


@dataclass(frozen=True, eq=False)
class Screened:
    """A target behind screens. Made by `screened`, which gives it the abilities of the target.

    Attributes:
        target: What is behind the screens; itself not screened.
        layers: From the model outwards.
    """

    target: Target
    layers: tuple[Layer, ...]

    @property
    def id(self) -> str:
        """The name of the target."""
        return self.target.id

    @property
    def recipe(self) -> str:
        """The target and its screens."""
        return key_of("screened", self.target.recipe, self.screens)

    @property
    def channels(self) -> frozenset[Channel]:
        """Those of the target."""
        return self.target.channels

    @property
    def screens(self) -> tuple[Screen, ...]:
        """What a guard runs, from the model outwards."""
        return tuple(layer.screen for layer in self.layers)

    def size(self, stream: str) -> int:
        """How many trials a stream holds."""
        return self.target.size(stream)

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        """Play the trials; what flows passes the condition's tap, then the screens."""
        behind = self._begin(len(trials))
        return self.target.run(trials, lambda channel, signal: behind(channel, tap(channel, signal)))

    def answer(self, signal: Signal) -> Signal:
        """Answer rows as for clients, each row another one: through the same screens."""
        tap = self._begin(len(signal.rulings))
        return tap(OUTPUT, self.target.answer(tap(INPUT, signal)))

    def _begin(self, rows: int) -> Tap:
        """Open every screen for a batch. Nothing is remembered from one batch to the next: batches may be split and repeated."""
        memory: list[MutableMapping[str, bytes]] = [{} for _ in self.layers]
        taps = tuple(screen.begin(rows, kept) for screen, kept in zip(self.screens, memory, strict=True))

        def tap(channel: Channel, signal: Signal) -> Signal:
            for one in taps if channel == OUTPUT else taps[::-1]:
                signal = one(channel, signal)
            return signal

        return tap


class ScreenedChat(Screened):
    """Behind screens: a target that is talked to."""

    @property
    def assistant(self) -> Assistant:
        """What answers behind the screens."""
        return cast("Conversing", self.target).assistant

    @property
    def corpus(self) -> Corpus:
        """What it is asked about."""
        return cast("Conversing", self.target).corpus

    def population(self, stream: str) -> str:
        """Which items a stream is drawn from."""
        return cast("Conversing", self.target).population(stream)

    def answered_by(self, assistant: Assistant) -> Target:
        """The same screens around the target, answered by another assistant."""
        return replace(self, target=cast("Replaceable", self.target).answered_by(assistant))


class ScreenedActing(Screened):
    """Behind screens: a target that acts by tools."""

    @property
    def most(self) -> int:
        """Most calls that one trial may cost."""
        return cast("Acting", self.target).most

    @property
    def tasks(self) -> int:
        """How many units of independence there are."""
        return cast("Acting", self.target).tasks

    def orders(self, trials: Trials, attack: str) -> list[str]:
        """What an attacker writes, one text a trial."""
        return cast("Acting", self.target).orders(trials, attack)


class ScreenedTabular(Screened):
    """Behind screens: a target whose cases are rows of a table."""

    @property
    def _inner(self) -> Tabular:
        return cast("Tabular", self.target)

    @property
    def features(self) -> tuple[Feature, ...]:
        """One a column."""
        return self._inner.features

    @property
    def threshold(self) -> float:
        """Score from which the target behind the screens flags a case."""
        return self._inner.threshold

    def table(self, stream: str) -> Table:
        """The rows of a stream, as the target has them."""
        return self._inner.table(stream)

    def held_out(self, shelf: Shelf) -> Floats:
        """Honest scores of the rows of "search" as a client sees them: they pass the screens in place of the model's own; NaN where not answered."""
        honest, table = self._inner.held_out(shelf), self.table("search")
        tap = self._begin(len(table))
        asked = tap(INPUT, Signal(table.x, (table.y * 0).astype("int8")))
        said = self.target.answer(asked)
        values = cast("Floats", said.values).copy()
        unanswered = values[:, 0] * 0  # NaN where the row was not let through
        values[:, 0], values[:, 1] = honest + unanswered, (honest >= self.threshold) + unanswered
        passed: Floats = cast("Floats", tap(OUTPUT, Signal(values, said.rulings)).values)[:, 0]
        return passed

    def order(self, trials: Trials) -> Ints:
        """The order in which a stream's rows are played, where the target has one."""
        return cast("Callable[[Trials], Ints]", getattr(self.target, "order"))(trials)  # noqa: B009  not part of the protocol

    def cut(self, trials: Trials, at: int) -> int:
        """The first place at or after `at` where a batch may end; `at` where the target does not mind."""
        cut = cast("Callable[[Trials, int], int] | None", getattr(self.target, "cut", None))
        return at if cut is None else cut(trials, at)


class ScreenedTrainable(ScreenedTabular):
    """Behind screens: a target that can be trained again."""

    @property
    def learner(self) -> Learner:
        """How the target behind the screens is trained."""
        return cast("Trainable", self.target).learner

    def fit(self, tap: Tap, seed: int) -> Target:
        """Train it again on data that passed the tap; operating point and screens stay as they are."""
        return replace(self, target=cast("Trainable", self.target).fit(tap, seed))

    def relearned(self, learner: Learner, shelf: Shelf) -> Target:
        """Train it another way; the operating point and the numbers of the screens are found anew."""
        fresh = cast("Trainable", self.target).relearned(learner, shelf)
        for layer in self.layers:
            fresh = layer.by.wrap(fresh, shelf)
        return fresh


class _Written(Screened):
    """Behind screens: a target whose parameters can be read and written."""

    def parameters(self) -> NDArray[np.float64]:
        """All of them, flat."""
        return cast("Parametric", self.target).parameters()

    def altered(self, tap: Tap) -> Target:
        """A copy whose parameters passed the tap, behind the same screens; a screen that sealed them lets nothing in where they are others."""
        inner = cast("Parametric", self.target)
        before, fresh = inner.parameters(), replace(self, target=inner.altered(tap))
        after = fresh.parameters().tobytes()
        for screen in self.screens:
            if isinstance(screen, Sealing):
                kept = tap(SEAL, Signal([screen.seal(before.tobytes())], (before[:1] * 0).astype("int8")))
                if not screen.fits(after, str(kept.values[0])):
                    refusing = cast("Screen", Refusing())
                    return replace(fresh, layers=(*fresh.layers, Layer(refusing, cast("Mitigation", refusing))))
        return fresh


class _WrittenTabular(ScreenedTabular, _Written):
    pass


class _WrittenTrainable(ScreenedTrainable, _Written):
    pass


def screened(target: Target, screen: Screen, *, by: Mitigation | None = None) -> Screened:
    """Put a screen around a target, outside of those that are there.

    Args:
        target: The target, screened or not. It is left as it is.
        screen: What flows passes it.
        by: The mitigation that the screen comes from, asked again where the target is trained another way; the screen itself if not given.

    Returns:
        The target behind the screen, with its abilities.
    """
    layer = Layer(screen, screen if by is None else by)
    if isinstance(target, Screened):
        return replace(target, layers=(*target.layers, layer))
    if isinstance(target, Conversing):
        return ScreenedChat(target, (layer,))
    if isinstance(target, Acting):
        return ScreenedActing(target, (layer,))
    shape = (1 if isinstance(target, Tabular) else 0) + (1 if isinstance(target, Trainable) else 0)
    plain = (Screened, ScreenedTabular, ScreenedTrainable)
    written = (_Written, _WrittenTabular, _WrittenTrainable)
    return (written if isinstance(target, Parametric) else plain)[shape](target, (layer,))


def allowed(target: Target, queries: int) -> int:
    """How many answers a client gets who would ask so often: fewer where a screen counts.

    Args:
        target: Screened or not.
        queries: How often the client would ask.
    """
    screens = target.screens if isinstance(target, Screened) else ()
    return min([queries, *(screen.allowance for screen in screens if isinstance(screen, Metered))])
