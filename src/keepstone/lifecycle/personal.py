"""The rows behind the failed findings, only when a person asks for them. What is written then holds personal data, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np

from keepstone.core.trial import Trials
from keepstone.govern.personal import Behind, Case, Personal
from keepstone.ledger.canonical import encode
from keepstone.lifecycle.record import ROWS
from keepstone.measure.play import Played
from keepstone.measure.rounds import BLOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.cell import Held
    from keepstone.core.part import Tabular
    from keepstone.core.table import Feature, Table
    from keepstone.lifecycle.record import Record
    from keepstone.measure.state import State

MOST = 20  # rows a finding


def behind(state: State, failed: Sequence[Held], features: Sequence[Feature], shelf: Shelf) -> Personal:
    """Find the rows that lost in each failed finding, among the trials that the run played; their losses come from the shelf.

    Args:
        state: The finished run.
        failed: The findings.
        features: One a column of the rows.
        shelf: Where the batches are kept.
    """
    return Personal(features=tuple(feature.name for feature in features), findings=tuple(_behind(held, state, shelf) for held in failed))


def write_rows(record: Record, personal: Personal) -> None:
    """Write them beside the result."""
    record.write(ROWS, encode(msgspec.to_builtins(personal)))


def _behind(held: Held, state: State, shelf: Shelf) -> Behind:
    """Trials are places in the order of the arm's stream: row numbers would be those of two files."""
    arm, metric, track = held.cell.arm, held.cell.metric, state.tracks[held.cell.arm.id]
    target, stream = cast("Tabular", arm.target), arm.condition.stream
    lost: list[int] = []
    for start, stop in track.spans:
        for at in range(start, stop, BLOCK):
            trials = Trials(state.plan.seed, stream, at, min(stop, at + BLOCK), arm.unit)
            value = shelf.get(Played(arm, trials, track.metrics))
            if "error" not in value:
                lost += target.order(trials)[trials.start : trials.stop][(value[f"loss:{metric.id}"] > 0).any(axis=1)].tolist()
    table = target.table(stream)
    return Behind(finding=held.id, lost=len(lost), cases=tuple(_case(table, place, trained=stream == "train") for place in lost[:MOST]))


def _case(table: Table, place: int, *, trained: bool) -> Case:
    member = trained if table.member is None else bool(table.member[place])
    values = tuple(_text(feature, float(value)) for feature, value in zip(table.features, table.x[place], strict=True))
    return Case(row=int(table.row[place]), trained=member, outcome=int(table.y[place]), values=values)


def _text(feature: Feature, value: float) -> str:
    """A value as a person knows it: a code by its word."""
    if np.isnan(value):
        return ""
    code = int(value) if value.is_integer() else -1
    return feature.levels[code] if 0 <= code < len(feature.levels) else f"{value:.10g}"
