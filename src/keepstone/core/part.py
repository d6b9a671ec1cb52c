"""What people add, one file each: targets, conditions, mitigations, metrics. Protocols; conformance is checked by behaviour.

A part is a frozen dataclass marked with `@part`. Its fields are its parameters, so its recipe names it.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, TypeVar, runtime_checkable

from keepstone.core.origin import Adversary, O_co

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Act, Channel, Floats, Ints, Signal, Tap
    from keepstone.core.claim import Claim
    from keepstone.core.origin import Hazard, Origin
    from keepstone.core.table import Feature, Table
    from keepstone.core.trial import Outcome, Trials

C = TypeVar("C", bound=type)
KINDS = ("target", "condition", "mitigation", "metric", "assistant", "corpus", "judge")


def part(kind: str) -> Callable[[C], C]:
    """Mark a class as a part. It only marks: `lifecycle.inventory` finds it by its file's name or an entry point.

    Args:
        kind: "target", "condition", "mitigation", "metric", "assistant", "corpus" or "judge".

    Raises:
        ValueError: If the kind is another word.
    """
    if kind not in KINDS:
        msg = f"The «kind» of a part must be one of {', '.join(KINDS)}; got {kind!r}."
        raise ValueError(msg)

    def mark(cls: C) -> C:
        cls.__keepstone_part__ = kind  # type: ignore[attr-defined]
        return cls

    return mark


class Part(Protocol):
    """What every part has.

    Attributes:
        name: Its file's name.
        title: In plain words, with its parameters: "noise of half a measurement error".
        channels: A target has them, a condition acts on them, a mitigation reads (trusts) them.
    """

    name: ClassVar[str]

    @property
    def id(self) -> str:
        """The name, with what tells two of one kind apart: "evasion_scores-2e-50q". Letters, digits, `_`, `-` only."""

    @property
    def title(self) -> str:
        """In plain words."""

    @property
    def channels(self) -> frozenset[Channel]:
        """Where it sits."""


# ---- targets ----


class Target(Protocol):
    """Something that is asked and answers."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def recipe(self) -> str:
        """What makes it this one and no other: digests of model, code and data."""

    @property
    def channels(self) -> frozenset[Channel]:
        """Where something flows."""

    def size(self, stream: str) -> int:
        """How many trials a stream holds; 0 where it has none."""

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        """Play the trials; all that flows in motion passes the tap."""

    def answer(self, signal: Signal) -> Signal:
        """Answer rows of INPUT with OUTPUT, as for a client."""


Scorer: TypeAlias = "Callable[[Floats], Floats]"
"""From float64 (rows, features) to scores in [0, 1], float64 (rows,)."""


class Learner(Protocol):
    """A way to train a scorer. Mitigations wrap one in another."""

    @property
    def recipe(self) -> str:
        """What makes it this one."""

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train. Same arguments, same scorer."""


@runtime_checkable
class Tabular(Target, Protocol):
    """A target whose cases are rows of a table."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """One a column."""

    @property
    def threshold(self) -> float:
        """Score from which a case is flagged."""

    def table(self, stream: str) -> Table:
        """The rows of a stream in the order of the file: "test" (claimed on), "search" (looked at beforehand), "train"."""

    def order(self, trials: Trials) -> Ints:
        """The order in which the rows of the trials' stream are played: places in `table(trials.stream)`, of the whole stream."""

    def held_out(self, shelf: Shelf) -> Floats:
        """Honest scores of the rows of "search": out of fold where the target was trained on them."""


@runtime_checkable
class Trainable(Tabular, Protocol):
    """A target that can be trained again."""

    @property
    def learner(self) -> Learner:
        """How it is trained."""

    def fit(self, tap: Tap, seed: int) -> Target:
        """Train it again on training data that passed the tap (float64 (rows, features + 1)); threshold unchanged."""

    def relearned(self, learner: Learner, shelf: Shelf) -> Target:
        """Train it another way on its training data; the operating point is found anew by the same rule on the clean rows."""


@runtime_checkable
class Parametric(Target, Protocol):
    """A target whose parameters can be read and written."""

    def parameters(self) -> Floats:
        """All of them, flat; raises PartError for a kind of model that is not known."""

    def altered(self, tap: Tap) -> Target:
        """A copy whose parameters passed the tap."""


# ---- conditions ----


class Oracle(Protocol):
    """What an origin may see of the mitigated target, counted. A hazard's raises: chance doesn't look."""

    def ask(self, signal: Signal, of: Ints) -> Signal:
        """Answer rows; `of` tells which trial of the batch each row is asked for. Scores only with access to scores."""

    def left(self) -> Ints:
        """Queries left, one a trial."""


class Condition(Part, Protocol[O_co]):
    """What befalls a target: ordinary use, a hazard, or a threat."""

    @property
    def origin(self) -> O_co:
        """Chance or intent; it decides the half."""

    @property
    def strength(self) -> float:
        """0 is the identity."""

    @property
    def stream(self) -> str:
        """Which trials it is played on, usually "test"."""

    def unfit(self, target: Target) -> str:
        """Why it can't act on this target, naming the argument that would change that; "" where it can."""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What must be made ahead, shared between cells. `target` is the mitigated one."""

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Start on a batch of trials. `target` is the mitigated one: for its features and threshold, never to look (that is `oracle`)."""


class Threat(Condition[Adversary], Protocol):
    """A condition with intent."""

    @property
    def counterpart(self) -> Condition[Hazard] | str:
        """The same channel and realised size, by chance, at one try; or why there can be none."""

    @property
    def retried(self) -> Condition[Hazard] | None:
        """The counterpart at as many tries as the threat has queries (blind retry, the worst kept); None where none."""


# ---- mitigations ----


class Mitigation(Part, Protocol):
    """A function from target to target; `none` is one."""

    def unfit(self, target: Target) -> str:
        """Why it can't be used on this target; "" where it can."""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What must be made ahead."""

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """The target with the mitigation in place."""


@runtime_checkable
class Screen(Mitigation, Protocol):
    """A mitigation that needs only what flows. The guard runs this very object, a row at a time."""

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Start on a batch of rows; memory outlives a request."""


# ---- metrics ----


class Metric(Protocol):
    """From what happened to a loss."""

    name: ClassVar[str]

    @property
    def id(self) -> str:
        """The name, with what tells two of one kind apart: "gap-missed-sex"."""

    @property
    def title(self) -> str:
        """In plain words: "deaths not flagged"."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of a loss: ("all",), or groups."""

    @property
    def claim(self) -> Claim:
        """How its losses are judged."""

    def unfit(self, target: Target) -> str:
        """Why it can't be read on this target; "" where it can."""

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """float64 (trials, parts) in [0, 1], NaN is not counted. `calm` gives the same trials under ordinary use."""


AnyCondition: TypeAlias = "Condition[Origin]"
