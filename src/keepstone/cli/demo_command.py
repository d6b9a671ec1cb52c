"""`keepstone demo`: the healthcare example, assessed."""

from __future__ import annotations

import click

from keepstone.cli.options import folder as named_folder
from keepstone.cli.options import workers

OUT = "keepstone-demo"
SAID = {
    0: "every criterion is met",
    1: "a criterion failed",
    4: "nothing failed, and something is inconclusive, unmeasured or in error",
}


@click.command()
@click.option("--out", default=OUT, show_default=True, help="Folder for plan, log, result and report.")
@click.option("--workers", "processes", type=click.IntRange(1, 64), help="Processes; they change the time and nothing else.  [default: the cores, at most 4]")
@click.option("--profile", type=click.Choice(["quick", "full"]), default="quick", show_default=True, help="full asks more, and takes minutes.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0, 2**31 - 1), help="All randomness follows from it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result document instead of the summary.")
def command(out: str, processes: int | None, profile: str, seed: int, *, as_json: bool) -> int:
    r"""Assess the healthcare example: a classifier that tells which seriously ill patients are likely to die in hospital.

    It is trained here on 7 528 patients of the SUPPORT study and asked about 2 258 others; about a minute. Ends as `keepstone assess` does: 0, 1 or 4.

    \b
    Examples:
      keepstone demo
      keepstone demo --out demo --workers 2
    """
    from importlib.util import find_spec

    from keepstone.cli.assessing import Options, perform
    from keepstone.core.errors import MissingExtra
    from keepstone.lifecycle.example import SYSTEM, folder

    if find_spec("sklearn") is None:
        raise MissingExtra("scikit-learn", "tabular")
    place, count = folder(), processes or workers()
    named_folder(out)
    if not as_json:
        click.echo(f"The same as: keepstone assess {place / SYSTEM} --out {out}\n", err=True)
    code = perform(place / SYSTEM, Options(seed=seed, profile=profile, as_json=as_json), named_folder(out), processes=count)
    if not as_json:
        click.echo(
            f"\nEnded with exit code {code}: {SAID.get(code, 'see above')}. What a verdict rests on: keepstone explain FINDING --result {out}/result.json"
        )
    return code
