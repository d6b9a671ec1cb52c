"""How far a row may be moved, and what of a move is left once the facts about its columns are respected.

Chance and intent move rows through the same functions, so that a threat and its accidental counterpart can have the same realised size: a step of
measurement errors in each column, cut to what is plausible, whole numbers kept whole, one-hot groups kept valid, immutable columns untouched
(the constraints of Simonetto et al. 2022, *A unified framework for adversarial attack and defense in constrained feature space*).

    errors   the measurement error of each value
    settle   a move projected onto what a row may be
    size     how large the settled move is, in measurement errors
    Room     all that lies within some errors of a row, addressed by one number in [-1, 1] a slot
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.channel import Floats, Ints
    from keepstone.core.table import Feature

CODED = ("category", "binary")
"""Kinds whose values are names: they change as a whole, and a change counts as one error."""


def errors(x: Floats, features: Sequence[Feature]) -> Floats:
    """Give the measurement error of each value: the larger of the absolute and the relative one.

    Args:
        x: Rows, float64 (rows, features), in the units of the columns.
        features: One a column.

    Returns:
        float64 (rows, features), in the units of the columns; 0 where the value is missing, immutable or has no known error.

    Example:
        >>> from keepstone.core.table import Feature
        >>> errors(np.array([[50.0], [200.0]]), (Feature(name="hrt", error_abs=5.0, error_rel=0.05),)).ravel().tolist()
        [5.0, 10.0]
    """
    absolute = np.array([feature.error_abs if feature.noisy else 0.0 for feature in features])
    relative = np.array([feature.error_rel if feature.noisy else 0.0 for feature in features])
    error: Floats = np.nan_to_num(np.maximum(absolute, relative * np.abs(x)), nan=0.0)
    return error


def settle(moved: Floats, x: Floats, features: Sequence[Feature]) -> Floats:
    """Project moved rows onto what the rows may be.

    Args:
        moved: Where somebody or something would have the rows, float64 (rows, features).
        x: The rows as they are.
        features: One a column.

    Returns:
        The moved rows with: immutable and missing values as they were; values hidden only where they may be missing; numbers within the plausible bounds
        (a value already outside goes no further out); integers whole; codes that exist; of each one-hot group the largest column 1 and the others 0.

    Example:
        >>> from keepstone.core.table import Feature
        >>> settle(np.array([[7.6, 3.4]]), np.array([[7.0, 3.0]]), (Feature(name="ph", upper=7.5), Feature(name="children", kind="integer"))).tolist()
        [[7.5, 3.0]]
    """
    lower = np.fmin(np.array([feature.lower for feature in features]), x)
    upper = np.fmax(np.array([feature.upper for feature in features]), x)
    out = np.clip(moved, lower, upper)
    whole = np.array([feature.kind != "number" for feature in features])
    out = np.where(whole, np.rint(out), out)
    hidden = np.array([feature.missing for feature in features])
    out = np.where(np.isnan(out) & ~hidden, x, out)
    fixed = np.array([feature.immutable for feature in features])
    out = np.where(np.isnan(x) | fixed, x, out)
    for column, feature in enumerate(features):
        if feature.kind in CODED and not feature.one_hot:
            known = np.isnan(out[:, column]) | ((out[:, column] >= 0) & (out[:, column] < max(len(feature.levels), 2)))
            out[:, column] = np.where(known, out[:, column], x[:, column])
    for group in groups(features):
        out[:, group] = _one_of(moved[:, group], x[:, group], fixed=any(features[column].immutable for column in group))
    return out


def groups(features: Sequence[Feature]) -> tuple[tuple[int, ...], ...]:
    """Give the columns of each one-hot group."""
    names = dict.fromkeys(feature.one_hot for feature in features if feature.one_hot)
    return tuple(tuple(column for column, feature in enumerate(features) if feature.one_hot == name) for name in names)


def _one_of(moved: Floats, x: Floats, *, fixed: bool) -> Floats:
    """The largest of a group's columns is 1; the group stays as it was where it is fixed, unmoved or missing."""
    stay = np.isnan(moved).any(axis=1) | np.isnan(x).any(axis=1) | (moved == x).all(axis=1) | fixed
    largest = np.argmax(np.where(np.isnan(moved), -np.inf, moved), axis=1)
    chosen = (np.arange(x.shape[1]) == largest[:, None]).astype(np.float64)
    return np.where(stay[:, None], x, chosen)


def size(settled: Floats, x: Floats, features: Sequence[Feature]) -> Floats:
    """Give the realised size of a move: the mean over the changed values of |change| / measurement error.

    A code, a one-hot column, a hidden value and a value without a known error count as one error each.

    Args:
        settled: The rows as they were asked, float64 (rows, features).
        x: The rows as they are.
        features: One a column.

    Returns:
        float64 (rows,); 0 where nothing was changed.

    Example:
        >>> from keepstone.core.table import Feature
        >>> size(np.array([[52.0, 80.0]]), np.array([[50.0, 80.0]]), (Feature(name="a", error_abs=4.0), Feature(name="b", error_abs=1.0))).tolist()
        [0.5]
    """
    changed = ~((settled == x) | (np.isnan(settled) & np.isnan(x)))
    error = errors(x, features)
    named = np.array([feature.kind in CODED or bool(feature.one_hot) for feature in features])
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.abs(settled - x) / error
    step = np.where(named | ~np.isfinite(step), 1.0, step)
    mean: Floats = np.where(changed, step, 0.0).sum(axis=1) / np.maximum(changed.sum(axis=1), 1)
    return mean


@dataclass(frozen=True, eq=False)
class Room:
    """All that lies within `reach` measurement errors of rows, at the price of each column.

    A column of cost c moves by at most reach / c errors: an attacker's purse in the largest-entry norm, weighted by cost. A place in the room is a
    number in [-1, 1] for each slot. A slot is a number or integer column (the number is the share of the way, rounded towards the row for an integer), or a
    code or a one-hot group (0 and less stay, more than 0 goes to another level), open to whom a change costs no more than `reach`.

    Attributes:
        x: The rows, float64 (rows, features).
        features: One a column.
        reach: In measurement errors.

    Example:
        >>> from keepstone.core.table import Feature
        >>> room = Room(np.array([[100.0, 1.0]]), (Feature(name="hrt", error_abs=5.0), Feature(name="sex", kind="binary", immutable=True)), 2.0)
        >>> room.slots, room.at(np.array([[-1.0]])).tolist()
        (((0,),), [[90.0, 1.0]])
    """

    x: Floats
    features: tuple[Feature, ...]
    reach: float

    @property
    def slots(self) -> tuple[tuple[int, ...], ...]:
        """The columns of each slot."""
        single = [(column,) for column, feature in enumerate(self.features) if not feature.one_hot and self._open(feature)]
        whole = [group for group in groups(self.features) if all(self._open(self.features[column]) for column in group)]
        return (*single, *whole)

    def _open(self, feature: Feature) -> bool:
        named = feature.kind in CODED or bool(feature.one_hot)
        return feature.noisy and self.reach > 0 and (not named or self.reach >= feature.cost)

    def take(self, index: Ints) -> Room:
        """The room of some of the rows."""
        return replace(self, x=self.x[index])

    def at(self, place: Floats) -> Floats:
        """Give the rows at a place, float64 (rows, slots) in [-1, 1], settled."""
        moved, error = self.x.copy(), errors(self.x, self.features)
        for slot, columns in enumerate(self.slots):
            share, column, feature = place[:, slot], columns[0], self.features[columns[0]]
            if len(columns) > 1:
                moved[:, columns] = self._level(self.x[:, columns], share)
            elif feature.kind in CODED:
                moved[:, column] = _other(self.x[:, column], share, max(len(feature.levels), 2))
            else:
                step = share * error[:, column] * (self.reach / feature.cost)
                moved[:, column] += np.trunc(step) if feature.kind == "integer" else step
        return settle(moved, self.x, self.features)

    @staticmethod
    def _level(x: Floats, share: Floats) -> Floats:
        level = _other(np.argmax(np.nan_to_num(x), axis=1).astype(np.float64), share, x.shape[1])
        hot: Floats = (np.arange(x.shape[1]) == level[:, None]).astype(np.float64)
        return np.where((share > 0)[:, None], hot, x)

    def corner(self, chance: Floats) -> Floats:
        """Give a corner of the room: the ends of each number, any level of each code.

        Args:
            chance: float64 (rows, slots) in [0, 1).
        """
        named = np.array([len(columns) > 1 or self.features[columns[0]].kind in CODED for columns in self.slots], dtype=bool)
        return np.where(named, 2 * chance - 1, np.where(chance < 0.5, -1.0, 1.0))


def _other(code: Floats, share: Floats, levels: int) -> Floats:
    """Another level where the share is above 0."""
    shift = 1 + np.minimum(np.floor(share * (levels - 1)), levels - 2)
    return np.where(share > 0, (code + shift) % levels, code)


def changed(asked: Floats, x: Floats) -> Floats:
    """Return how many values of each row are no longer what they were; one that was missing does not count.

    Example:
        >>> changed(np.array([[1.0, 5.0], [2.0, 3.0]]), np.array([[1.0, 4.0], [2.0, np.nan]])).tolist()
        [1.0, 0.0]
    """
    count: Floats = (~((asked == x) | np.isnan(x))).sum(axis=1).astype(np.float64)
    return count
