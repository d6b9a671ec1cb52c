"""`keepstone verify`: check the signatures of a run and recompute every verdict, by the tool that anybody can run without Keepstone."""

from __future__ import annotations

from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import emit, json_option
from keepstone.core.errors import InputError
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from types import ModuleType

TOOL = "tools/verify.py"


def verifier() -> ModuleType:
    """Load the tool: one source, in the installed package or beside the sources.

    Raises:
        InputError: It was left out of this installation.
    """
    package = Path(str(files("keepstone")))
    for path in (package / TOOL, package.parents[1] / TOOL):
        spec = spec_from_file_location("verify", path)
        if path.is_file() and spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    raise InputError(f"The verifier «{TOOL}» is not part of this installation.", hint=f"It stands in the repository: python {TOOL} FOLDER")


@click.command()
@click.argument("place", metavar="[FOLDER]", default="keepstone-out")
@click.option("--key", help="The public key that must have signed: its file, or the folder that holds it.")
@json_option
def command(place: str, key: str | None, *, as_json: bool) -> int:
    r"""Check the run in FOLDER (keepstone-out if none is named): who signed it, that no byte changed since, and that every verdict follows.

    The work is done by tools/verify.py, one file that needs no Keepstone: hand it to whoever must not trust you.
    Ends with 0 if the run verifies, 3 if it does not, 2 if a file is missing.

    \b
    Examples:
      keepstone verify
      keepstone verify archive/2026-01 --key keepstone-keys
    """
    tool = verifier()
    try:
        report = tool.check(Path(place), _id(key) if key else "")
    except tool.UnreadableError as error:
        raise InputError(f"{inert(str(error))}.", hint="A run folder holds plan.json, losses.jsonl, result.json and the two signatures.") from error
    if as_json:
        problems = [{"layer": layer, "problem": problem} for layer, problem in report.problems]
        emit({"verifies": not problems, "problems": problems, "notes": report.notes, "criteria": report.criteria, "effects": report.effects})
    else:
        for line in tool.spoken(report):
            click.echo(inert(line))
    return 3 if report.problems else 0


def _id(key: str) -> str:
    from keepstone.ledger.keys import load_public

    return load_public(key).id
