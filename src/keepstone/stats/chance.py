"""The only source of randomness: numbers that are a function of their address.

A number is named by (seed, stream, unit, purpose, trial). Philox (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*) is keyed by the
SHA-256 of the first four and its counter is set from the trial. Splitting, resuming and pairing trials, and the number of workers, therefore change
nothing. Normals come by the inverse of the distribution function, since the ziggurat method takes a varying count of numbers.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

T = TypeVar("T")

_LANES = 4  # one step of the counter gives four numbers


class Trials(Protocol):
    """What is read of a range of trials: `keepstone.core.trial.Trials` has it, and so has `Address`."""

    @property
    def seed(self) -> int:
        """The seed of the run."""

    @property
    def stream(self) -> str:
        """Which population the trials are drawn from."""

    @property
    def start(self) -> int:
        """The first trial."""

    @property
    def stop(self) -> int:
        """The trial after the last."""

    @property
    def unit(self) -> int:
        """Which repetition of something shared, a stolen copy for example."""


class Address(NamedTuple):
    """A plain address of trials `start` to `stop - 1`."""

    seed: int
    stream: str
    start: int
    stop: int
    unit: int = 0


def _digest(*words: object) -> bytes:
    return sha256("|".join(str(word) for word in words).encode()).digest()


def uniform(trials: Trials, purpose: str, k: int) -> NDArray[np.float64]:
    """Return `k` numbers in [0, 1) a trial.

    One purpose is always asked with the same `k`: the place of a trial's numbers in the sequence depends on it.

    Args:
        trials: The address.
        purpose: What the numbers are for; numbers of different purposes are independent.
        k: How many numbers a trial needs, at least 1.

    Returns:
        Array of shape (trials, k).

    Example:
        >>> whole = uniform(Address(7, "test", 0, 10), "noise", 3)
        >>> bool((uniform(Address(7, "test", 4, 10), "noise", 3) == whole[4:]).all())
        True
    """
    blocks = -(-k // _LANES)
    key = int.from_bytes(_digest(trials.seed, trials.stream, trials.unit, purpose)[:16], "big")
    numbers = np.random.Generator(np.random.Philox(key=key, counter=trials.start * blocks))
    return numbers.random((trials.stop - trials.start, blocks * _LANES))[:, :k]


def normal(trials: Trials, purpose: str, k: int) -> NDArray[np.float64]:
    """Return `k` standard normal numbers a trial, shape (trials, k)."""
    tiny = 2.0**-54  # half a step of the uniform grid, so that 0 is never asked for
    return np.asarray(ndtri(uniform(trials, purpose, k) + tiny), dtype=np.float64)


def integers(trials: Trials, purpose: str, k: int, below: int) -> NDArray[np.int64]:
    """Return `k` whole numbers in 0 .. below - 1 a trial, shape (trials, k)."""
    return np.minimum((uniform(trials, purpose, k) * below).astype(np.int64), below - 1)


def drawn(trials: Trials, purpose: str, options: Sequence[T]) -> list[T]:
    """Return one of the options for each trial, each as likely as another.

    Example:
        >>> drawn(Address(7, "test", 0, 3), "carrier", ("a", "b")) == drawn(Address(7, "test", 0, 9), "carrier", ("a", "b"))[:3]
        True
    """
    return [options[place] for place in integers(trials, purpose, 1, len(options))[:, 0].tolist()]


def order(seed: int, stream: str, n: int) -> NDArray[np.int64]:
    """Return a random order of `range(n)`: the stable sort of one addressed number an item.

    Example:
        >>> sorted(order(7, "test", 5).tolist())
        [0, 1, 2, 3, 4]
    """
    return np.argsort(uniform(Address(seed, stream, 0, n), "order", 1)[:, 0], kind="stable").astype(np.int64)


def seed_of(seed: int, *words: object) -> int:
    """Return a 32-bit seed derived from `seed` and `words`, for libraries that bring their own generator.

    Example:
        >>> seed_of(7, "forest") == seed_of(7, "forest") != seed_of(8, "forest")
        True
    """
    return int.from_bytes(_digest("library", seed, *words)[:4], "big")
