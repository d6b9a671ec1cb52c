"""The loss log: per trial its address and losses, in the plan's order, no row of data. Verdicts are recomputed from it.

One line an arm and round, canonical JSON: {"arm", "broken": [rows], "broken_at": [places among the round's losses], "calls", "start", "stop"},
then one a metric of the arm:
{"arm", "losses": [one a part], "metric", "parts", "start", "stop"}. An arm in error has one line, {"arm", "error"}. The losses of a part
are a text with one character a unit of independence where they are 0 or 1 ("0", "1", "." for not counted), else a list of
thousandths with null for not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import NOT_COUNTED, UNIT
from keepstone.core.trial import Trials
from keepstone.ledger.canonical import encode
from keepstone.measure.play import Played
from keepstone.measure.rounds import BLOCK, broken_units, by_unit

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.claim import Losses
    from keepstone.measure.state import State


def lines(state: State, shelf: Shelf) -> Iterator[bytes]:
    """Give the log of a finished run, line by line; batches come from the shelf, where they are kept."""
    for arm in state.plan.arms:
        track = state.tracks[arm.id]
        if track.error:
            yield encode({"arm": arm.id, "error": track.error}) + b"\n"
            continue
        for start, stop in track.spans:
            values = [
                shelf.get(Played(arm, Trials(state.plan.seed, arm.condition.stream, a, min(stop, a + BLOCK), arm.unit), track.metrics))
                for a in range(start, stop, BLOCK)
            ]
            head = {"arm": arm.id, "start": start, "stop": stop, "calls": _calls(values), "broken": _broken(values), "broken_at": _broken_at(values)}
            yield encode(head) + b"\n"
            for metric in track.metrics:
                losses = np.vstack([by_unit(value[f"loss:{metric.id}"], value["unit"]) for value in values])
                line = {"arm": arm.id, "metric": metric.id, "parts": list(metric.parts), "start": start, "stop": stop}
                yield encode(line | {"losses": [spelled(losses[:, k]) for k in range(losses.shape[1])]}) + b"\n"


def _calls(values: Sequence[Mapping[str, np.ndarray]]) -> float:
    """Rows answered in a round."""
    return float(sum(value["calls"].sum() for value in values))


def _broken(values: Sequence[Mapping[str, np.ndarray]]) -> list[int]:
    """Rows on which the target broke in a round."""
    return sorted({int(row) for value in values for row in (*value["row"][value["broken"]], *value["why_row"])})


def _broken_at(values: Sequence[Mapping[str, np.ndarray]]) -> list[int]:
    """Places of the losses of a round that stand for a trial on which the target broke."""
    return [int(place) for place in np.flatnonzero(np.concatenate([broken_units(value["broken"], value["unit"]) for value in values]))]


def spelled(losses: Losses) -> str | list[int | None]:
    """Spell the losses of a part.

    >>> spelled(np.array([0, 1000, NOT_COUNTED], dtype=np.int16))
    '01.'
    >>> spelled(np.array([0, 250, NOT_COUNTED], dtype=np.int16))
    [0, 250, None]
    """
    if np.isin(losses, (0, UNIT, NOT_COUNTED)).all():
        return np.select([losses == 0, losses == UNIT], [b"0", b"1"], b".").astype("S1").tobytes().decode()
    return [None if value == NOT_COUNTED else int(value) for value in losses]
