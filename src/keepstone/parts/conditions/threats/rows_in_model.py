"""Rows in the model: training rows stand in what is handed on as "the model".

Adversary (NIST AI 100-2 E2025, privacy, data reconstruction, white-box):
    goal        confidentiality: patients' values, read out of a file that was handed on
    knowledge   the model, as whoever receives it has it
    capability  looks at every array that can be reached from it: neighbours, support vectors, the background sample of an explanation, a cache left behind

A row counts as found where all of its values stand together in one row of an array with as many columns (or one more, for the label), to the last bit of a
64- or 32-bit number; missing values match missing ones, or anything that was filled in for them. A model that keeps its rows after a pipeline has scaled
them is looked through with the rows scaled by the same steps. What is found says that the rows are there; what is not found does not say that
they can't be computed back.

It acts on no channel: it reads what is at rest and changes nothing.

There is no accidental counterpart: the rows are there or they are not, whoever looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Column, Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

DEEPEST = 12
MOST_THINGS = 20000
LEAVES = (str, bytes, bytearray, int, float, complex, bool, type(None), type)


@part("condition")
@dataclass(frozen=True)
class RowsInModel(Unprepared):
    """Training rows looked for in the model.

    Example:
        >>> RowsInModel().id
        'rows_in_model'
    """

    name: ClassVar[str] = "rows_in_model"
    id: ClassVar[str] = "rows_in_model"
    title: ClassVar[str] = "training rows read out of the model"
    brief: ClassVar[str] = "rows in the model"
    stream: ClassVar[str] = "pool"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[str] = "nothing happens by chance: the rows are in the model or they are not"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset()
    origin: ClassVar[Adversary] = Adversary(
        goal="to read patients' values out of a file that was handed on", access=frozenset({"model file"}), knowledge=frozenset({"model"})
    )

    def unfit(self, target: Target) -> str:
        """It needs the model and the rows that it was trained on."""
        if not isinstance(target, Tabular) or not target.size("pool"):
            return "give `train`: the rows that it was trained on"
        return "" if _model(target) is not None else "give the model itself instead of a function: what is in it can't be looked at"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Look for each row."""
        del oracle
        if not isinstance(target, Tabular):
            return Act()
        found = shelf.get(Search(target))["found"]
        told: dict[str, Column] = {"found": found[target.order(trials)[trials.start : trials.stop]]}

        def notes() -> Mapping[str, Column]:
            return told

        return Act(notes=notes)


def _model(target: Target) -> Any:  # noqa: ANN401  an outside model
    """The model inside a target: behind its screens, behind the guard; None where it is a function."""
    return getattr(_call(target), "estimator", None)


def _wrap(target: Target) -> Callable[[Floats], Any] | None:
    """What turns rows into the container that the model takes; None where it takes them as they are."""
    return cast("Callable[[Floats], Any] | None", getattr(_call(target), "wrap", None))


def _call(target: Target) -> Any:  # noqa: ANN401  an outside model
    inner: Any = getattr(target, "target", target)
    return getattr(getattr(inner, "scorer", None), "call", None)


@dataclass(frozen=True, eq=False)
class Search(Alone):
    """Which rows of "pool" stand in the model.

    Attributes:
        target: The target.
    """

    target: Tabular

    @property
    def key(self) -> str:
        """The target."""
        return key_of("rows in model", self.target.recipe)

    @property
    def home(self) -> str:
        """With the target."""
        return self.target.recipe

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Look at every array that can be reached."""
        del shelf
        model, x = _model(self.target), self.target.table("pool").x
        found = np.zeros(len(x), dtype=bool)
        for image in _images(model, x, _wrap(self.target)):
            for array in arrays(model):
                found |= standing(image, array)
        return {"found": found.astype(np.float64)}


def _images(model: Any, x: Floats, wrap: Callable[[Floats], Any] | None) -> Iterator[Floats]:  # noqa: ANN401  an outside model
    """The rows as they are, and as the steps of a pipeline hand them on."""
    yield x
    steps: Any = getattr(model, "steps", [])
    image: Any = x if wrap is None or not steps else wrap(x)
    for _name, step in steps[:-1]:
        if not hasattr(step, "transform"):
            return
        image = step.transform(image)
        image = image.toarray() if hasattr(image, "toarray") else image
        if not isinstance(image, np.ndarray) or image.dtype.kind != "f":
            return
        yield np.asarray(image, dtype=np.float64)


def arrays(thing: object) -> Iterator[NDArray[np.float64]]:
    """Give every array of decimal numbers with rows and columns that can be reached from an object, without calling anything of it.

    Example:
        >>> [array.shape for array in arrays({"a": [np.zeros((2, 3))], "b": np.zeros(4), "c": "text"})]
        [(2, 3)]
    """
    seen, waiting = set[int](), [(thing, 0)]
    kept: list[object] = []  # so that no number of an object is used twice
    while waiting and len(seen) < MOST_THINGS:
        one, depth = waiting.pop()
        if id(one) in seen or isinstance(one, LEAVES) or depth > DEEPEST:
            continue
        seen.add(id(one))
        kept.append(one)
        if isinstance(one, np.ndarray) and one.dtype.kind == "f":
            yield from [np.asarray(one)] if one.ndim == 2 else []
            continue
        waiting += [(inner, depth + 1) for inner in _inside(one)]


def _inside(one: object) -> list[object]:
    """What an object holds: items of a collection, fields of an object, or of a compiled one what it lays open as a buffer or for a copy."""
    if isinstance(one, np.ndarray):
        return list(one.ravel()) if one.dtype.kind == "O" else []
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return list(one)
    held = list(vars(one).values()) if hasattr(one, "__dict__") else []
    slots = [getattr(one, name, None) for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ()) if isinstance(name, str)]
    return [*held, *slots, *_laid_open(one)]


def _laid_open(one: object) -> list[object]:
    """Arrays of a tree of neighbours (compiled: no fields), through its own documented `get_arrays`."""
    given = getattr(one, "get_arrays", None)
    return list(given()) if callable(given) and type(one).__module__.startswith("sklearn.neighbors") else []


def standing(x: Floats, array: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Tell which rows stand in an array, with or without a label behind them.

    Args:
        x: float64 (rows, columns); NaN is missing.
        array: Decimal numbers (any, columns or columns + 1).

    Example:
        >>> standing(np.array([[1.0, np.nan], [2.0, 3.0]]), np.array([[1.0, 9.0, 1.0]])).tolist()
        [True, False]
    """
    columns = x.shape[1]
    found = np.zeros(len(x), dtype=bool)
    if array.shape[1] not in (columns, columns + 1) or not len(array) or not columns:
        return found
    held = np.ascontiguousarray(array[:, :columns])
    rows = np.ascontiguousarray(x.astype(held.dtype))
    present = ~np.isnan(rows)
    for pattern in np.unique(present, axis=0):
        if not pattern.any():
            continue
        mine = np.flatnonzero((present == pattern).all(axis=1))
        names = {row.tobytes() for row in np.ascontiguousarray(held[:, pattern])}
        found[mine] = [row.tobytes() in names for row in np.ascontiguousarray(rows[mine][:, pattern])]
    return found
