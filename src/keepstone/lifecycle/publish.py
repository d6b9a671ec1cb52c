"""The report beside the result: the page, the pull-request text, and the facts of the run that no verdict rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from keepstone.govern.report.markdown import render as markdown
from keepstone.govern.report.page import render as page
from keepstone.ledger.canonical import encode

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.govern.document import Result, Run
    from keepstone.govern.report.page import Beside
    from keepstone.lifecycle.record import Record


def publish(record: Record, result: Result, run: Run | None, beside: Beside | None = None) -> Path:
    """Write run.json, report.html and report.md; give the page's path. Only the page shows what stands beside the result."""
    if run is not None:
        record.write("run.json", encode(msgspec.to_builtins(run)))
    record.write("report.md", markdown(result).encode())
    return record.write("report.html", page(result, run, beside))
