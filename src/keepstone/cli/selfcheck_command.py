"""`keepstone selfcheck`: systems whose rates are known, through the real engine, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from keepstone.cli.options import console, emit, folder, json_option, workers

if TYPE_CHECKING:
    from rich.console import Console

FILE = "selfcheck.json"
WORDS = {
    "rate": "single rates",
    "graded": "graded losses",
    "gap": "largest gap of groups",
    "searched": "a weak ward, searched on other rows",
    "clustered": "several rows a person",
    "paired": "paired comparisons",
}


@click.command()
@click.option("--runs", default=60, show_default=True, type=click.IntRange(1, 100_000), help="Runs without, and as many with, planted criteria.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0, 2**31 - 1), help="All randomness follows from it.")
@click.option("--out", default="keepstone-out", show_default=True, help=f"Folder for {FILE}, beside the results that it speaks for.")
@click.option("--workers", "processes", type=click.IntRange(1, 64), help="Processes; they change the time and nothing else.  [default: the cores, at most 4]")
@json_option
def command(runs: int, seed: int, out: str, processes: int | None, *, as_json: bool) -> int:
    r"""Prove on this machine that verdicts keep their error rate, and that planted faults are found.

    Simulated systems with known rates go through the engine: every criterion sits where a verdict is as easy to get wrong as can be. Half a minute
    with the usual number of runs; more runs give narrower intervals. Ends with 1 if the error rate does not hold.

    \b
    Examples:
      keepstone selfcheck
      keepstone selfcheck --runs 400 --out keepstone-out
      keepstone selfcheck --json
    """
    from keepstone.cli.progress import Bar
    from keepstone.ledger.canonical import encode
    from keepstone.lifecycle.record import Record
    from keepstone.lifecycle.selfcheck import selfcheck

    record = Record(folder(out))
    with Bar(console(err=True), quiet=as_json) as bar:
        bar.say("starting")
        found = selfcheck(runs, seed=seed, workers=processes or workers(), on_run=lambda done: bar.count(done, 2 * runs, "batteries"))
    path = record.write(FILE, encode(found))
    if as_json:
        emit(found)
    else:
        _show(cast("dict[str, Any]", found), str(path), console())
    return 0 if found["holds"] else 1


def _show(found: dict[str, Any], path: str, screen: Console) -> None:
    from keepstone.cli.screen import columns, paragraph

    null, alpha = found["null"], found["alpha"]
    screen.print(f"The error rate {'holds' if found['holds'] else 'DOES NOT HOLD'} here.", style="bold green" if found["holds"] else "bold red")
    screen.print()
    promised = f"promised at most {100 * alpha:g} %"
    rows = [("runs with any wrong verdict", f"{null['wrong_runs']} of {null['runs']}", f"{_span(null['lower'], null['upper'])}, {promised}")]
    for name, one in found["wrong_share"].items():
        rows.append((f"wrong among all {name}", f"{100 * one['mean']:.1f} %", f"standard error {100 * one['error']:.1f}, {promised} on average"))
    rows += [(f"found: {WORDS[kind]}", f"{both['found']} of {both['planted']}", "") for kind, both in found["planted"].items()]
    columns(screen, rows, right=(1,))
    screen.print()
    if found["wrong"]:
        paragraph(screen, "Wrong claims, by kind: " + ", ".join(f"{WORDS[kind]} {number}" for kind, number in found["wrong"].items()) + ".")
    paragraph(screen, "The first line is of runs in which each limit is the true rate or a hair above it, so that every likely verdict is wrong.")
    screen.print(f"Filed in {path}", soft_wrap=True)


def _span(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f} %"
