"""`keepstone report RESULT.json`: draw the page and the text for a pull request again, from a result that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, contents, emit, folder, json_option

if TYPE_CHECKING:
    from keepstone.govern.document import Run
    from keepstone.govern.report.page import Beside

RUN = "run.json"


@click.command()
@click.argument("result")
@click.option("--out", help="Folder for report.html and report.md.  [default: the folder of the result]")
@json_option
def command(result: str, out: str | None, *, as_json: bool) -> int:
    r"""Draw the report of a RESULT again: report.html and report.md, and the summary on this screen.

    Nothing is measured and no verdict is changed. Ends with 0 once the report is drawn, whatever it says.

    \b
    Examples:
      keepstone report keepstone-out/result.json
      keepstone report archive/2026-01/result.json --out page
    """
    from keepstone.govern.read import LARGEST, read_result
    from keepstone.govern.report.terminal import summary
    from keepstone.govern.summary import exit_code
    from keepstone.lifecycle.publish import publish
    from keepstone.lifecycle.record import MARKDOWN, Record

    document = read_result(contents(result, largest=LARGEST), name=result)
    run = run_beside(Path(result).parent / RUN)
    place = folder(out) if out is not None else Path(result).parent
    page = publish(Record(place), document, run, _beside(Path(result).parent))
    if as_json:
        verdict = document.verdict
        said = {"safety": verdict.safety, "security": verdict.security, "overall": verdict.overall}
        emit({"report": str(page), "markdown": str(place / MARKDOWN), "verdict": said, "exit_code": exit_code(document)})
    else:
        summary(document, console(), report=str(page), run=run)
    return 0


def run_beside(path: Path) -> Run | None:
    """The facts of the run beside the result, if they are there."""
    from keepstone.govern.read import LARGEST, read_run

    return read_run(contents(str(path), largest=LARGEST), name=str(path)) if path.is_file() else None


def _beside(folder: Path) -> Beside:
    """What stands beside the result, as far as it is there; rows of data are never read again."""
    from keepstone.govern.explored import read_explored
    from keepstone.govern.report.page import Beside
    from keepstone.govern.transcripts import LARGEST, read_transcripts
    from keepstone.lifecycle.record import EXPLORED, TRANSCRIPTS

    said, explored = folder / TRANSCRIPTS, folder / EXPLORED
    return Beside(
        said=read_transcripts(contents(str(said), largest=LARGEST), name=str(said)) if said.is_file() else None,
        explored=read_explored(contents(str(explored), largest=LARGEST), name=str(explored)) if explored.is_file() else None,
    )
