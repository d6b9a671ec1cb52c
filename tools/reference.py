"""Write the pages that are made from the code: glossary, parts, risks and commands. `--check` says whether they are up to date."""

from __future__ import annotations

import inspect
import sys
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from keepstone.catalog.load import load
from keepstone.cli.main import COMMANDS
from keepstone.core.origin import Area
from keepstone.lifecycle import inventory

DOCS = Path(__file__).parent.parent / "docs"
MADE = "<!-- Made by tools/reference.py from the code; change it there. -->\n\n"


def glossary() -> str:
    """Every word of the house, with what it means and where it leads."""
    lines = [MADE, "# Glossary\n\n", "One word, one meaning. `keepstone explain WORD` prints the same.\n\n"]
    for name, word in sorted(load().words.items(), key=lambda item: item[0].lower()):
        see = f" See {', '.join(f'[{other}](#{anchor(other)})' for other in word.see)}." if word.see else ""
        lines.append(f"## {name}\n\n{sentences(word.says)}{see}\n\n")
    return "".join(lines)


def anchor(word: str) -> str:
    """The anchor that a heading gets."""
    kept = "".join(letter for letter in word.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def sentences(text: str) -> str:
    """Text as one paragraph."""
    return " ".join(text.split())


def parts() -> str:
    """Every part by kind: what it is, its parameters, where it stands."""
    lines = [MADE, "# Parts\n\n", "Everything that a plan is made of. `keepstone list KIND` names them, `keepstone explain NAME` says more.\n\n"]
    for kind in inventory.HOMES:
        lines.append(f"## {inventory.plural(kind).capitalize()}\n\n| name | what it is | parameters |\n| --- | --- | --- |\n")
        for name, place in inventory.places(kind).items():
            if not place.outside:
                cls = inventory.part(kind, name)
                summary = (inspect.getdoc(cls) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ").replace("|", "\\|")
                lines.append(f"| `{name}` | {summary} | {parameters(cls)} |\n")
        lines.append("\n")
    return "".join(lines)


def parameters(cls: type[Any]) -> str:
    """The parameters of a part, with their defaults."""
    out = []
    for field in fields(cls):
        if field.name.startswith("_") or not field.compare:
            continue
        default = "" if field.default is MISSING else f" = {field.default!r}"
        out.append(f"`{field.name}{default}`".replace("|", "\\|"))
    return ", ".join(out) if cls.__module__.startswith("keepstone.parts") and len(out) <= 8 else "given by the engine"


def risks() -> str:
    """The risk register that every system starts from, by area."""
    lines = [MADE, "# Risks\n\n", "What the catalogue knows of every system, over all twelve areas; a system adds its own harms and adversaries.\n\n"]
    catalogue = load()
    for area in Area:
        lines.append(f"## {area.value.replace('_', ' ').capitalize()} ({area.side.value})\n\n")
        lines.append("| risk | in plain words | opens | references |\n| --- | --- | --- | --- |\n")
        for risk in catalogue.risks.values():
            if risk.id.partition(".")[0] == area.value:
                known = ", ".join(catalogue.reference(name) for name in risk.references)
                lines.append(f"| `{risk.id}` | {risk.title} | {', '.join(f'`{other}`' for other in risk.enables)} | {known} |\n")
        lines.append("\n")
    return "".join(lines)


def commands() -> str:
    """Every command with its help."""
    lines = [MADE, "# Commands\n\n", "Exit codes: 0 all criteria met; 1 a criterion failed; 4 nothing failed, something open; 2 wrong usage or input; "]
    lines.append("3 evidence does not verify; 130 interrupted.\n\n")
    for name, what in COMMANDS.items():
        command: click.Command = import_module(f"keepstone.cli.{name.replace('-', '_')}_command").command
        lines.append(f"## keepstone {name}\n\n{what[:1].upper()}{what[1:]}.\n\n{help_of(command, name)}")
        if isinstance(command, click.Group):
            lines += [f"### keepstone {name} {sub}\n\n{help_of(one, f'{name} {sub}')}" for sub, one in command.commands.items()]
    return "".join(lines)


def help_of(command: click.Command, name: str) -> str:
    """What `--help` prints; click keeps the lines of a paragraph apart that begins with a backspace, which a raw docstring spells out."""
    command.help = command.help.replace("\\b\n", "\b\n") if command.help else command.help
    text = command.get_help(click.Context(command, info_name=f"keepstone {name}", max_content_width=100, terminal_width=100))
    return "```text\n" + "\n".join(line.rstrip() for line in text.splitlines()) + "\n```\n\n"


PAGES = {"glossary.md": glossary, "reference/parts.md": parts, "reference/risks.md": risks, "reference/commands.md": commands}


def main() -> int:
    """Write the pages, or check them."""
    stale = []
    for name, made in PAGES.items():
        path, text = DOCS / name, made().rstrip() + "\n"
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"docs/{name} is not what the code says; run: python tools/reference.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
