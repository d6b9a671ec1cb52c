"""The outlook before there is a model or data: the risks of all twelve areas, and what would let each be measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from keepstone.cli.screen import columns, paragraph
from keepstone.lifecycle.foresight import BASIC, LACKS, SCHEMA

if TYPE_CHECKING:
    from rich.console import Console

    from keepstone.core.system import System
    from keepstone.lifecycle.foresight import Foreseen, Foresight

LETTERS = dict(zip(LACKS, "MTIFBOG", strict=True))
NONE = "\N{EN DASH}"


def show(found: Foresight, system: System, screen: Console) -> None:
    """Print what could be measured, a line a risk."""
    lacking = " and ".join(f"[{name}]" for name in found.lacking)
    screen.print(f"{system.name}: what could be measured. The file has no {lacking} yet, so no numbers.", style="bold", soft_wrap=True)
    screen.print()
    rows = list(_rows(found))
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    columns(screen, [("area", "needs", "risk")], styles=("dim", "dim", "dim"), widths=widths)
    columns(screen, rows, widths=widths)
    screen.print()
    paragraph(
        screen, f"needs: {NONE} {BASIC}; " + "; ".join(f"{letter} {name}" for name, letter in LETTERS.items()) + ". In brackets: for some of its questions."
    )
    if found.cases:
        names = ", ".join(name for name, _title in found.cases[:4])
        paragraph(screen, f"{len(found.cases)} known cases are proposed and not answered ({names} …): accept or refuse each as a [[precedent]].")
    paragraph(screen, "--json gives the questions of each risk. Next: keepstone init MODEL DATA.csv, or add the tables by hand.", style="dim")


def _rows(found: Foresight) -> Iterator[tuple[str, str, str]]:
    """A line a risk that can be measured, and one for all others of its area."""
    area = ""
    for risk in found.risks:
        name = risk.area.replace("_", " ")
        if risk.excluded and name != area:
            yield name, "out", f"left out by {risk.excluded}"
        elif not risk.excluded:
            yield ("" if name == area else name), *_line(risk)
        area = name


def _line(risk: Foreseen) -> tuple[str, str]:
    if not risk.questions:
        return "none", f"{risk.title}: not measured, {risk.unmeasured.partition(';')[0]}"
    return "".join(_letter(need) for need in risk.needs) or NONE, risk.title


def _letter(need: str) -> str:
    """The letter of a need; in brackets where only some questions need it."""
    name, partly, _ = need.partition(" (for ")
    letter = LETTERS.get(name, NONE)
    return f"({letter})" if partly else letter


def plain(found: Foresight, system: System) -> Mapping[str, object]:
    """The same as plain values, for --json."""
    risks = [asdict(risk) for risk in found.risks]
    cases = [{"id": name, "title": title} for name, title in found.cases]
    return {"schema": SCHEMA, "system": system.name, "lacking": list(found.lacking), "risks": risks, "cases": cases}
