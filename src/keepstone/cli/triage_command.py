"""`keepstone triage [FILE]`: say of an incident, a risk or a misuse whether it is safety, security or both."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, contents, emit, json_option
from keepstone.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from keepstone.core.incident import Incident, Triage

USAGE = 2
FEW = 20  # wrong lines that are listed


@click.command()
@click.argument("path", metavar="[FILE]", required=False)
@click.option("--text", help="A free text, from which facts are proposed where they are probable enough.")
@click.option("--owners", "owners_", help="TOML file with a table [owner]: who answers for which area in this system.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the triage as Markdown.")
@click.option("--avid", "as_avid", is_flag=True, help="Print the triage as a report of the AI Vulnerability Database.")
@click.option("--template", "as_template", is_flag=True, help="Print a template for an issue, in Markdown.")
@json_option
def command(path: str | None, **chosen: object) -> int:
    r"""Say of an incident, a risk or a misuse whether it is safety, security or both, by the facts of FILE; without one, you are asked.

    FILE is TOML or JSON for one case, or JSONL for one case a line; then a JSON object is printed for each, and of a line that is wrong its problem, in
    its place. Facts that a file leaves out are unknown. `keepstone explain triage` lists facts and rules.

    \b
    Examples:
      keepstone triage
      keepstone triage case.toml
      keepstone triage case.toml --markdown > case.md
      keepstone triage incidents.jsonl > triaged.jsonl
      keepstone triage --text "Criminals used a cloned voice to steal money from a bank."
    """
    from keepstone.catalog.intent import decision
    from keepstone.govern import triage as words
    from keepstone.lifecycle import triaging

    if chosen["as_template"]:
        click.echo(words.template(decision()), nl=False)
        return 0
    owners = _owners(chosen["owners_"])
    if path is not None and chosen["text"] is not None:
        raise InputError("A FILE and «--text» must not be given together.")
    if path is not None and Path(path).suffix == ".jsonl":
        return _batch(path, owners)
    if path is not None:
        told = triaging.one(contents(path, largest=triaging.ONE), name=path, owners=owners)
    elif chosen["text"] is not None:
        told = triaging.triage(text=str(chosen["text"]), owners=owners)
    else:
        told = triaging.told(_ask(console(err=True)), name="triage", owners=owners)
    _print(told, chosen)
    return 0


def _owners(path: object) -> Mapping[str, str]:
    from keepstone.lifecycle.triaging import ONE, owners_in

    return owners_in(contents(str(path), largest=ONE), name=str(path)) if path else {}


def _print(told: Triage, chosen: Mapping[str, object]) -> None:
    from keepstone.catalog.intent import decision
    from keepstone.cli.screen import columns
    from keepstone.govern import triage as words

    if chosen["as_json"]:
        emit(words.plain(told))
    elif chosen["as_avid"]:
        emit(words.avid(told, date=datetime.now(UTC).date()))
    elif chosen["as_markdown"]:
        click.echo(words.markdown(told, decision()), nl=False)
    else:
        screen = console()
        if told.incident.title:
            columns(screen, [[told.incident.title]], styles=("bold",))
        columns(screen, words.sentences(told, decision()), styles=("dim",))


def _batch(path: str, owners: Mapping[str, str]) -> int:
    """Print an object for each line; what is wrong is told at the end too, and nothing is lost."""
    from keepstone.govern.triage import plain
    from keepstone.ledger.canonical import encode
    from keepstone.lifecycle import triaging

    wrong: list[str] = []
    count = 0
    for told in triaging.many(contents(path, largest=triaging.LARGEST), name=path, owners=owners):
        count += 1
        if isinstance(told, InputError):
            wrong += told.problems
            click.echo(encode({"problems": told.problems}))
        else:
            click.echo(encode(plain(told)))
    if not count:
        raise InputError(f"{path}: There must be at least one case.")
    if wrong:
        raise InputError(wrong[:FEW] + ([f"{path}: and {len(wrong) - FEW:,} more."] if len(wrong) > FEW else []))
    return 0


# ---- asking ----


def _ask(screen: Console) -> Incident:
    """Ask for the facts that can still change the answer, the one worth most first; then for those that find the owner."""
    from keepstone.core.incident import Incident
    from keepstone.map.triage import next_question

    incident, passed = Incident(), set[str]()
    while name := next_question(incident, passed):
        incident = _taken(incident, name, passed, screen)
    for name in ("cia", "asset"):
        incident = _taken(incident, name, passed, screen)
    return incident


def _taken(incident: Incident, name: str, passed: set[str], screen: Console) -> Incident:
    """Ask until the answer is one that can be meant."""
    from keepstone.catalog.intent import decision
    from keepstone.cli.screen import columns, paragraph
    from keepstone.intake.incident import of_plain
    from keepstone.map.triage import contradictions

    fact = decision().facts[name]
    passed.add(name)
    screen.print()
    paragraph(screen, f"{fact.asks} (paper, section {fact.section})", style="bold")
    columns(screen, [*fact.values.items(), ("unknown", "not known, or Enter" if not fact.free else "Enter")], styles=("bold",), indent=2)
    while (word := _word(screen)) not in ("", "unknown"):
        value: object = [one.strip() for one in word.split(",")] if fact.many else word
        try:
            more = replace(incident, facts={**incident.facts, **of_plain({"facts": {name: value}}, decision().facts, name="answer").facts})
        except InputError as error:
            paragraph(screen, error.problems[0])
            continue
        if not (wrong := contradictions(more)):
            return more
        paragraph(screen, wrong[0])
    return incident


def _word(screen: Console) -> str:
    """Read an answer; the end of the input means that nothing more is known."""
    screen.print("> ", end="", markup=False)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        screen.print()
    return line.strip()
