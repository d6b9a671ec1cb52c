"""The report beside the result: the page, the pull-request text, and the facts of the run that no verdict rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from keepstone.govern.report.markdown import render as markdown
from keepstone.govern.report.page import render as page
from keepstone.govern.report.page import render_findings
from keepstone.ledger.canonical import encode
from keepstone.lifecycle.record import FINDINGS, Record

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.govern.document import Result, Run
    from keepstone.govern.report.page import Beside


def publish(record: Record, result: Result, run: Run | None, beside: Beside | None = None) -> Path:
    """Write run.json, report.html and report.md; give the page's path. Only the page shows what stands beside the result.

    Each finding of which conversations are kept has a page of its own too, for whoever mends it.
    """
    if run is not None:
        record.write("run.json", encode(msgspec.to_builtins(run)))
    record.write("report.md", markdown(result).encode())
    pages = dict(render_findings(result, beside)) if beside is not None else {}
    if pages:
        of_each = Record(record.folder / FINDINGS)
        for name, data in pages.items():
            of_each.write(name, data)
    return record.write("report.html", page(result, run, beside))
