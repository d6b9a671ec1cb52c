"""`keepstone check MODULE`: the conformance checks on parts of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, emit, json_option
from keepstone.core.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from keepstone.lifecycle.checking import Checked


@click.command()
@click.argument("module")
@json_option
def command(module: str, *, as_json: bool) -> int:
    r"""Check the parts that a MODULE defines: conditions, mitigations, metrics, targets. The module is run.

    MODULE is a file or the name of an installed module. Each part is built with its defaults, or as the instances that the module lists under
    EXAMPLES, and played on small targets that are known. Ends with 1 if a rule does not hold.

    \b
    Examples:
      keepstone check my_parts/gale.py
      keepstone check my_package.gale
      keepstone check my_parts/gale.py --json
    """
    if "\0" in module:
        raise InputError("The «module» must not hold a NUL character.")
    from keepstone.lifecycle.checking import check, rules

    found = check(module)
    if as_json:
        emit({"parts": [_plain(one) for one in found], "rules": {kind: rules(kind) for kind in dict.fromkeys(one.kind for one in found)}})
    else:
        _show(found, console())
    return 1 if any(one.problems for one in found) else 0


def _plain(one: Checked) -> dict[str, object]:
    return {"kind": one.kind, "class": one.name, "id": one.id, "problems": list(one.problems), "installed": one.installed}


def _show(found: list[Checked], screen: Console) -> None:
    from keepstone.cli.screen import columns, paragraph
    from keepstone.lifecycle.checking import rules
    from keepstone.lifecycle.inventory import plural

    for kind in dict.fromkeys(one.kind for one in found):
        paragraph(screen, rules(kind), style="dim")
        for one in (each for each in found if each.kind == kind):
            said = f"{len(one.problems)} {'problem' if len(one.problems) == 1 else 'problems'}" if one.problems else "all rules hold"
            columns(
                screen, [(one.kind, f"{one.name} {f'«{one.id}»' if one.id else ''}".strip(), said)], styles=("", "bold", "red" if one.problems else "green")
            )
            for problem in one.problems:
                columns(screen, [("-", problem)], indent=2)
        screen.print()
    for kind in dict.fromkeys(one.kind for one in found):
        missing = dict.fromkeys(one.name for one in found if one.kind == kind and not one.installed)
        if missing:
            paragraph(screen, f"No entry point in the group keepstone.{plural(kind)} leads to {', '.join(missing)}; with one, a system file can name it.")
    wrong = sum(bool(one.problems) for one in found)
    screen.print(f"{len(found)} checked, {wrong} with problems." if wrong else f"{len(found)} checked, all well.", style="bold")
