"""`keepstone assess`: measure both halves of a system and what each costs the other."""

from __future__ import annotations

from pathlib import Path

import click

from keepstone.cli.options import Budget, existing, workers


@click.command()
@click.argument("system")
@click.option("--out", default="keepstone-out", show_default=True, help="Folder for plan, log, result and report.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0, 2**31 - 1), help="All randomness follows from it.")
@click.option("--budget", type=Budget(), help="Most rows to be answered (20000) or most time (90s, 5m).")
@click.option("--rounds", type=click.IntRange(1), help="Stop after so many rounds: repeats a run that ended by time.")
@click.option("--workers", "processes", type=click.IntRange(1, 64), help="Processes; they change the time and nothing else.  [default: the cores, at most 4]")
@click.option("--only", help="Areas to ask, with commas: fairness,adversarial.")
@click.option("--profile", type=click.Choice(["quick", "full"]), default="quick", show_default=True, help="full asks more, and longer.")
@click.option("--resume", is_flag=True, help="Go on with the interrupted run in --out.")
@click.option("--baseline", help="A result.json: exit code 1 only for failures that it does not have.")
@click.option("--key", help="Folder of the key that signs the plan (keepstone keys new).")
@click.option("--passphrase-file", help="File whose first line opens that key.")
@click.option("--ledger", help="Ledger in which the plan is registered before the first trial (keepstone ledger new).")
@click.option("--trust-pickle", is_flag=True, help="Load a model file that can run code when it is loaded.")
@click.option(
    "--show-rows", is_flag=True, help="Add rows behind findings, and secrets to conversations; what is written then holds personal data, and says so."
)
@click.option("--explore", is_flag=True, help="Once verdicts stand, go on with attacks that got in until the budget ends; changes no verdict.")
@click.option("--proxy", help="Address of your intercepting proxy: what is sent to the target goes through it.")
@click.option("--proxy-ca", help="File of the certificate (PEM) by which answers through it are trusted.")
@click.option("--json", "as_json", is_flag=True, help="Print the result document instead of the summary.")
def command(system: str, **chosen: object) -> int:
    r"""Assess the SYSTEM file: criteria of safety and of security, attacks, and what each fix costs the other half.

    \b
    Examples:
      keepstone assess system.toml
      keepstone assess system.toml --profile full --workers 4
      keepstone assess system.toml --only fairness,adversarial --budget 5m
      keepstone assess system.toml --resume
      keepstone assess system.toml --baseline last/result.json
    """
    from keepstone.cli.assessing import Options, perform

    return perform(existing(system), Options.of(chosen), Path(str(chosen["out"])), processes=int(str(chosen["processes"] or workers())))
