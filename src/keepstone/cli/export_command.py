"""`keepstone export RESULT.json`: a result in a format that other people's tools read."""

from __future__ import annotations

from pathlib import Path

import click

from keepstone.cli.options import contents
from keepstone.cli.report_command import RUN, run_beside
from keepstone.core.errors import InputError
from keepstone.govern.export.formats import FORMATS
from keepstone.govern.export.place import PLACE, is_place


@click.command()
@click.argument("result")
@click.option("--to", required=True, type=click.Choice(list(FORMATS)), help="The format.")
@click.option("--out", help="File to write.  [default: the screen]")
@click.option("--at", default=PLACE, show_default=True, help="File of your repository that alerts are shown at (SARIF).")
@click.option("--whole", is_flag=True, help="Also what raises no alert: criteria that are met, areas left out (SARIF).")
def command(result: str, to: str, out: str | None, at: str, *, whole: bool) -> int:
    r"""Write a RESULT in a format that other people's tools read. Same result, same bytes.

    In no format is a criterion passed or satisfied that is not met. Times are those of run.json beside the result; without it OSCAL is
    refused, and the others say none. Ends with 0 once it is written, whatever it says.

    \b
    Formats:
      sarif        alerts in code scanning and editors (SARIF 2.1.0)
      oscal        compliance tools (OSCAL 1.2 assessment results)
      junit        continuous integration (JUnit XML)
      cyclonedx    inventories (CycloneDX 1.6 with a model card; pip install 'keepstone[bom]')
      avid         the AI Vulnerability Database: one JSON line for each failure
      model-card   whoever takes the model over (Markdown, metadata of Hugging Face)
      system-card  whoever decides on the system (Markdown)

    \b
    Examples:
      keepstone export keepstone-out/result.json --to sarif --out keepstone.sarif
      keepstone export keepstone-out/result.json --to junit --out keepstone.xml
    """
    from keepstone.govern.export.formats import export
    from keepstone.govern.export.source import Source
    from keepstone.govern.read import LARGEST, read_result
    from keepstone.lifecycle.record import written

    if not is_place(at):
        raise InputError(f"The «--at» must be a path within your repository, such as {PLACE}; got {at[:80]!r}.")
    document = read_result(contents(result, largest=LARGEST), name=result)
    made = export(Source(document, run_beside(Path(result).parent / RUN), place=at, whole=whole), to)
    if out is None:
        click.echo(made, nl=False)
    else:
        click.echo(written(out, made))
    return 0
