"""`keepstone list KIND`: everything of a kind that has a name, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, emit, json_option

if TYPE_CHECKING:
    from keepstone.cli.known import Entry

NAMES = ("targets", "conditions", "mitigations", "metrics", "assistants", "corpora", "judges", "areas", "risks", "words", "limits")

SINGULAR = {"corpus": "corpora"}


class Kind(click.Choice[str]):
    """A kind, in the singular too."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take "metric" for "metrics"."""
        text = str(value).lower()
        return super().convert(next((name for name in (f"{text}s", SINGULAR.get(text, "")) if name in NAMES), text), param, ctx)


@click.command()
@click.argument("kind", metavar="KIND", type=Kind(NAMES))
@click.option("--of", "domain", help="Only those of a domain (limits) or of an area (risks).")
@json_option
def command(kind: str, domain: str | None, *, as_json: bool) -> int:
    r"""List what Keepstone knows of a KIND: targets, conditions, mitigations, metrics, assistants, corpora, judges, areas, risks, words, limits.

    Parts from installed packages are listed beside those of Keepstone.

    \b
    Examples:
      keepstone list mitigations
      keepstone list risks --of fairness
      keepstone list limits --of health
      keepstone list words --json
    """
    from keepstone.cli.known import entries

    found = [one for one in entries(kind) if domain is None or _belongs(one, domain)]
    if domain is not None and not found:
        known = dict.fromkeys(_home(one) for one in entries(kind))
        raise click.UsageError(f"The «--of» must be one of {', '.join(name for name in known if name) or 'none: these belong to all'}; got {domain[:60]!r}.")
    if as_json:
        emit({"kind": kind, "entries": [one.plain() for one in found]})
    else:
        _show(kind, found)
    return 0


def _home(entry: Entry) -> str:
    """The domain or area that an entry belongs to."""
    return str(entry.facts.get("domain") or (entry.name.partition(".")[0] if entry.kind == "risk" else ""))


def _belongs(entry: Entry, home: str) -> bool:
    return _home(entry) == home


def _show(kind: str, found: list[Entry]) -> None:
    from keepstone.cli.screen import columns

    screen = console()
    columns(screen, [(one.name, *_middle(one), one.says) for one in found], styles=("bold",))
    screen.print(f"\n{len(found)} {kind}. `keepstone explain NAME` tells more of one.", style="dim")


def _middle(entry: Entry) -> tuple[str, ...]:
    """What stands between name and sentence."""
    if entry.kind == "limit":
        return (f"{100 * float(str(entry.facts['limit'])):g} %", str(entry.facts["domain"]))
    return (entry.side,) if entry.side or entry.kind in {"condition", "area", "risk"} else ()
