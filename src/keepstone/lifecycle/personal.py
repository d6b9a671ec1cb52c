"""The rows behind the findings, only when a person asks for them. What is written then holds personal data, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.trial import Trials
from keepstone.ledger.canonical import encode
from keepstone.measure.play import Played
from keepstone.measure.state import schedule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from keepstone.core.artefact import Shelf
    from keepstone.core.cell import Held, Plan
    from keepstone.core.table import Table
    from keepstone.lifecycle.record import Record

NOTICE = "This file holds personal data: rows of the data that was given. Keep it as you keep the data; delete it when it is no longer needed."
MOST = 20  # rows a finding
NAME = "rows.json"


def write_rows(record: Record, plan: Plan, failed: Sequence[str], table: Table, shelf: Shelf) -> Path:
    """Write the rows that lost in each failed finding."""
    findings = {held.id: _rows(held, plan, table, shelf) for held in plan.held if held.id in failed}
    return record.write(NAME, encode({"notice": NOTICE, "features": [feature.name for feature in table.features], "findings": findings}))


def _rows(held: Held, plan: Plan, table: Table, shelf: Shelf) -> list[dict[str, object]]:
    arm, metric = held.cell.arm, held.cell.metric
    metrics = tuple({cell.metric.id: cell.metric for cell in plan.cells if cell.arm.id == arm.id}.values())
    lost: list[int] = []
    start = 0
    for stop, _weight in schedule(arm, plan):
        value = shelf.get(Played(arm, Trials(plan.seed, arm.condition.stream, start, stop, arm.unit), metrics))
        if "error" not in value:
            lost += value["row"][(value[f"loss:{metric.id}"] > 0).any(axis=1)].tolist()
        start = stop
    places = {int(row): place for place, row in enumerate(table.row)}
    known = [places[row] for row in lost if row in places][:MOST]
    return [{"row": int(table.row[at]), "outcome": int(table.y[at]), "values": [None if np.isnan(v) else float(v) for v in table.x[at]]} for at in known]
