"""`keepstone scan`: files of models are read and never loaded; only what is clean passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import emit, existing, json_option
from keepstone.core.errors import InputError
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.intake.gate.outcome import Report

HOSTILE, UNKNOWN = 1, 4


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--pin", "pins", help="A file of pins: bytes that a person lets pass, by SHA-256, with a reason.")
@click.option("--sarif", "into", help="Write the reasons as SARIF 2.1.0 to this file.")
@click.option("--quiet", is_flag=True, help="Tell only of files that do not pass.")
@json_option
def command(paths: tuple[str, ...], pins: str | None, into: str | None, *, quiet: bool, as_json: bool) -> int:
    r"""Judge files of models, and what lies in folders, without loading them: clean, hostile, or cannot tell.

    A line for each file: outcome, path, rule, why. Only what is on lists passes; whatever is not understood is «cannot tell», which never passes.
    Ends with 0 if all is clean, 1 if a file is hostile, 4 if one can't be told, 2 if a path is wrong.

    \b
    Examples:
      keepstone scan model.skops weights/
      keepstone scan downloads --pin pins.toml --sarif scan.sarif
    """
    from keepstone.intake.gate import pins as pinned
    from keepstone.intake.gate.scan import files, scan

    known = pinned.read(existing(pins)) if pins else {}
    if any("\0" in path for path in paths):
        raise InputError("A path must not hold a NUL character.")
    reports = []
    for path, root in files([Path(one) for one in paths]):
        report = scan(path, pins=known, root=root)
        reports.append(report)
        if not as_json and (not quiet or not report.outcome.passes):
            click.echo(_line(report))
    if into:
        _write(Path(into), reports)
    if as_json:
        emit({"files": [_plain(one) for one in reports], "outcomes": _counts(reports)})
    else:
        click.echo(", ".join(f"{count} {word}" for word, count in _counts(reports).items()) + ".")
    return _code(reports)


def _code(reports: Sequence[Report]) -> int:
    from keepstone.intake.gate.outcome import Outcome

    worst = Outcome.worst(report.outcome for report in reports)
    return {Outcome.CLEAN: 0, Outcome.UNKNOWN: UNKNOWN, Outcome.HOSTILE: HOSTILE}[worst]


def _counts(reports: Sequence[Report]) -> dict[str, int]:
    from keepstone.intake.gate.outcome import Outcome

    return {outcome.value: sum(report.outcome is outcome for report in reports) for outcome in Outcome}


def _line(report: Report) -> str:
    if not report.reasons:
        return f"{report.outcome.value:11}  {report.path}  {report.kind}"
    first = report.reasons[0]
    more = f" (and {len(report.reasons) - 1} more)" if len(report.reasons) > 1 else ""
    where = f" in {first.where}" if first.where else ""
    pin = f"  pinned: {inert(report.pinned)}; else {report.found.value}" if report.pinned else ""
    return f"{report.outcome.value:11}  {report.path}  {first.rule}: {first.what}{where}{more}{pin}"


def _plain(report: Report) -> dict[str, object]:
    reasons = [{"rule": one.rule, "outcome": one.outcome.value, "what": one.what, "where": one.where} for one in report.reasons]
    told: dict[str, object] = {"path": report.path, "outcome": report.outcome.value, "kind": report.kind, "size": report.size, "sha256": report.sha256}
    return told | {"reasons": reasons, **({"pinned": report.pinned, "found": report.found.value} if report.pinned else {})}


def _write(path: Path, reports: Sequence[Report]) -> None:
    from importlib.metadata import version

    from keepstone.govern.sarif import sarif
    from keepstone.ledger.canonical import encode

    try:
        path.write_bytes(encode(sarif(reports, version=version("keepstone"))) + b"\n")
    except OSError as error:
        raise InputError(f"{inert(str(path))}: The file can't be written: {error.strerror}.") from error
