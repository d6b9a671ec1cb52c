"""`keepstone explain WORD|FINDING`: a word of the glossary, a part, an area, a risk, or the arithmetic of a verdict."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, contents, emit, json_option
from keepstone.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from keepstone.cli.known import Entry
    from keepstone.govern.document import Result

RESULT = "keepstone-out/result.json"
TITLES = {"see": "see also", "where": "from", "queries": ""}


@click.command()
@click.argument("word", nargs=-1, required=True)
@click.option("--result", "path", help=f"The result that holds the finding.  [default: {RESULT}, if it is there]")
@json_option
def command(word: tuple[str, ...], path: str | None, *, as_json: bool) -> int:
    r"""Explain a WORD: of the glossary, or the name of a part, an area, a risk; or a FINDING of a result, with its arithmetic.

    \b
    Examples:
      keepstone explain e-value
      keepstone explain evasion_scores
      keepstone explain added by intent
      keepstone explain triage
      keepstone explain robustness.nominal.missed --result out/result.json
    """
    asked = " ".join(word).strip()
    result = _result(path)
    if result is not None and any(one.id == asked for one in result.findings):
        _finding(result, asked, as_json=as_json)
        return 0
    found = _meanings(asked)
    if not found:
        raise InputError(f"There is no word, part, area, risk or finding «{asked[:80]}».", hint=_hint(asked, result))
    table = _table() if asked.casefold() == "triage" else None
    if as_json:
        emit({"word": asked, "meanings": [one.plain() for one in found], **({"table": table[1]} if table else {})})
        return 0
    screen = console()
    for number, one in enumerate(found):
        if number:
            screen.print()
        _tell(one, screen)
    if table:
        click.echo("\n" + table[0], nl=False)
    return 0


def _table() -> tuple[str, object]:
    """The decision table of triage as a text, and as it stands in the catalogue."""
    import msgspec

    from keepstone.catalog.intent import decision
    from keepstone.govern.triage import table

    return table(decision()), msgspec.to_builtins(decision())


def _result(path: str | None) -> Result | None:
    """The result that was named, or the one where runs are written by default, if it is there."""
    if path is None and not Path(RESULT).is_file():
        return None
    from keepstone.govern.read import LARGEST, read_result

    name = path or RESULT
    return read_result(contents(name, largest=LARGEST), name=name)


def _finding(result: Result, name: str, *, as_json: bool) -> None:
    from keepstone.govern.explain import explain

    said = explain(result, name)
    if as_json:
        import msgspec

        row = next(one for one in result.findings if one.id == name)
        emit({"word": name, "meanings": [{"kind": "finding", "name": name, "text": said, "finding": msgspec.to_builtins(row)}]})
    else:
        click.echo(said, nl=False)


# ---- what a word may mean ----


def _meanings(word: str) -> list[Entry]:
    """All that has this name, in any case; of an id such as "sensor_noise-0p5" the part that it begins with."""
    from keepstone.cli.known import everything

    known = list(everything())
    for name in (word, word.replace(" ", "_"), "" if _of_finding(word) else word.partition("-")[0]):
        found = [one for one in known if one.name.casefold() == name.casefold()]
        if found:
            return _once(found)
    return []


def _of_finding(word: str) -> bool:
    """Whether a word looks like the id of a finding: area, condition, metric."""
    return word.count(".") >= 2


def _once(found: list[Entry]) -> list[Entry]:
    """An area has its sentence from the glossary: it isn't said twice."""
    kinds = {one.kind for one in found}
    return [one for one in found if not (one.kind == "word" and "area" in kinds)]


def _hint(word: str, result: Result | None) -> str:
    from keepstone.cli.known import everything

    if result is None and _of_finding(word):
        return f"A finding stands in a result: keepstone explain {word[:80]} --result FOLDER/result.json"
    findings = [one.id for one in result.findings] if result is not None else []
    near = _near(word, [one.name for one in everything()] + findings)
    if near:
        return f"Did you mean {' or '.join(f'«{name}»' for name in near)}?"
    return "`keepstone list words` shows the glossary."


def _near(word: str, names: Iterable[str]) -> list[str]:
    """At most three names that look like a word, whatever their case."""
    known = {name.casefold(): name for name in names}
    return [known[name] for name in get_close_matches(word.casefold(), known, n=3, cutoff=0.7)]


# ---- telling it ----


def _tell(entry: Entry, screen: Console) -> None:
    """Print one meaning."""
    from keepstone.cli.docstring import reflow
    from keepstone.cli.screen import columns, paragraph
    from keepstone.intake.fields import inert

    half = f" of {entry.side}" if entry.side else ""
    screen.print(inert(f"{entry.name} ({entry.kind}{half})"), style="bold", soft_wrap=True)
    paragraph(screen, entry.says, indent=2)
    more = entry.text.partition("\n")[2].strip("\n")
    if more:
        screen.print()
        for line in reflow(more, screen.width - 3):
            screen.print(f"  {inert(line)}".rstrip(), soft_wrap=True)
    facts = [(label, text) for key, value in entry.facts.items() if (label := TITLES.get(key, key)) and (text := _fact(value))]
    if facts:
        screen.print()
        columns(screen, facts, styles=("dim",), indent=2)


def _fact(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {said}" for key, said in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
