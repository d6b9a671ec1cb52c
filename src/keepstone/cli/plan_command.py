"""`keepstone plan SYSTEM`: what would be run and what it could decide; no criterion is measured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, emit, existing, json_option

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.cli.assessing import Options
    from keepstone.core.system import System
    from keepstone.lifecycle.outlook import Outlook

FOLDS = 4
"""Trainings that opening a target takes, about: one, and one for each fold."""


@click.command()
@click.argument("system")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0, 2**31 - 1), help="The seed of the run that is planned.")
@click.option("--profile", type=click.Choice(["quick", "full"]), default="quick", show_default=True, help="full asks more, and longer.")
@click.option("--only", help="Areas to ask, with commas: fairness,adversarial.")
@click.option("--all", "whole", is_flag=True, help="Every criterion, instead of one screen.")
@click.option("--trust-pickle", is_flag=True, help="Load a model file that can run code when it is loaded.")
@json_option
def command(system: str, **chosen: object) -> int:
    r"""Say what an assessment of SYSTEM would run and what it could decide; no criterion is measured.

    Per criterion: the cases at hand, the loss up to which it would be met and from which it would fail with 80 % chance, and the tightest limit
    that so many cases could meet. For this the model is opened (trained, where it is given as «fit»), weak slices are searched on other rows, and every
    probe is tried on its controls. Before there is a model or data: the risks of all twelve areas, and which argument would let each be measured.

    \b
    Examples:
      keepstone plan system.toml
      keepstone plan system.toml --all --profile full
      keepstone plan idea.toml                           before a model exists
      keepstone plan system.toml --json
    """
    from keepstone.cli.assessing import Options
    from keepstone.lifecycle.described import described

    path = existing(system)
    found = described(path)
    options = Options.of(chosen)
    if found.target is None or (found.data is None and found.kind == "table"):
        return _early(found, options, as_json=bool(chosen["as_json"]))
    told = _outlook(found, path, options)
    from keepstone.cli.planning import plain, show

    if chosen["as_json"]:
        emit(plain(told, found))
    else:
        show(told, found, console(), whole=bool(chosen["whole"]))
    return 0


def _outlook(system: System, path: Path, options: Options) -> Outlook:
    from keepstone.cli.outside import outside
    from keepstone.cli.progress import Bar
    from keepstone.core.channel import TRAINING
    from keepstone.core.part import Tabular
    from keepstone.lifecycle import assess as order
    from keepstone.lifecycle.opening import open_target
    from keepstone.lifecycle.outlook import outlook, paced
    from keepstone.measure.shelf import KeptShelf

    with Bar(console(err=True), quiet=options.as_json) as bar:
        bar.say("reading model and cases")
        shelf, began = KeptShelf(), time.monotonic()
        opened = open_target(system, path.parent, seed=options.seed, shelf=shelf, trust_pickle=options.trust_pickle, outside=outside(sending=False))
        training = (time.monotonic() - began) / FOLDS if TRAINING in opened.target.channels else 0.0
        bar.say("planning")
        planned = order.prepare(system, opened, order.Choice(seed=options.seed, profile=options.profile, only=options.only), shelf)
        target = opened.target  # what is talked to is not timed: each answer may cost
        return outlook(planned, pace=paced(target, time.monotonic, training=training) if isinstance(target, Tabular) else None)


def _early(system: System, options: Options, *, as_json: bool) -> int:
    """Before there is a model or data."""
    from keepstone.cli.foreseeing import plain, show
    from keepstone.lifecycle.foresight import foresee

    found = foresee(system, profile=options.profile, only=options.only)
    if as_json:
        emit(plain(found, system))
    else:
        show(found, system, console())
    return 0
