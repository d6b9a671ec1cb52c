"""`keepstone rescore FILE`: score again what garak, promptfoo or PyRIT ran, without a call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, emit, existing, json_option

if TYPE_CHECKING:
    from keepstone.lifecycle.judging import Bench
    from keepstone.lifecycle.rescoring import Rescored


@click.command()
@click.argument("file")
@click.option("--format", "form", type=click.Choice(["garak", "promptfoo", "pyrit"]), help="Which tool wrote it.  [default: as it looks]")
@click.option("--scorer", "names", multiple=True, help="words, complied, refused, secret=WORD, canary=WORD, judge=NAME; more than once for several.")
@click.option("--system", help="System file that has the judge of --scorer judge=NAME.")
@click.option(
    "--cluster", type=click.Choice(["prompt", "probe"]), default="prompt", show_default=True, help="What counts once: a prompt, or a kind of question."
)
@click.option("--overrule", help="Scores that a person sets, one JSON object a line: id, score, reason, by, scorer.")
@click.option("--out", help="File for the figures, the scores by reply and what was overruled, as JSON.")
@json_option
def command(file: str, form: str | None, names: tuple[str, ...], *, as_json: bool, **given: str | None) -> int:
    r"""Score the replies in FILE again: a report of garak, a JSON result of promptfoo, or an export of PyRIT's memory.

    Nothing is sent. Replies to one prompt are one cluster, so that many generations of a prompt don't look like many prompts. The tool's own figure stands
    beside ours, with the number of replies on which the two differ. It is exploratory: no limit is held and no verdict given.

    \b
    Examples:
      keepstone rescore garak.report.jsonl
      keepstone rescore garak.report.jsonl --scorer words --scorer complied
      keepstone rescore promptfoo.json --scorer secret=KEEP-7741 --out rescored.json
      keepstone rescore pyrit.json --scorer judge=rude --system system.toml
      keepstone rescore garak.report.jsonl --scorer complied --overrule overruled.jsonl
    """
    from keepstone.intake import foreign, overruled
    from keepstone.ledger.canonical import encode
    from keepstone.lifecycle.rescoring import document, rescore, scorers

    run = foreign.read(existing(file), form or "")
    by = scorers(names, _benches(given["system"]), run)
    overrules = overruled.read(existing(given["overrule"])) if given["overrule"] else []
    found = rescore(run, by, overrules, cluster=str(given["cluster"]))
    if given["out"]:
        _write(Path(given["out"]), encode(document(found)) + b"\n")
    if as_json:
        emit(document(found))
    else:
        _show(found)
    return 0


def _write(path: Path, data: bytes) -> None:
    from keepstone.core.errors import InputError
    from keepstone.intake.fields import inert

    try:
        path.write_bytes(data)
    except (OSError, ValueError) as error:
        raise InputError(f"{inert(str(path))}: The file can't be written: {getattr(error, 'strerror', None) or 'this is no name of a file'}.") from error


def _benches(system: str | None) -> tuple[Bench, ...]:
    """The judges of a system file; nothing is sent to those behind an address."""
    if system is None:
        return ()
    from keepstone.cli.outside import outside
    from keepstone.lifecycle.described import described
    from keepstone.lifecycle.judging import benches

    path = existing(system)
    return benches(described(path), path.parent, outside(sending=False))


def _show(found: Rescored) -> None:
    from keepstone.cli.screen import columns, paragraph
    from keepstone.intake.fields import inert

    screen = console()
    run = found.run
    screen.print(
        f"Of {run.form}, scored again: {len(run.tried)} {'reply' if len(run.tried) == 1 else 'replies'}. Exploratory: no verdict.", style="bold", soft_wrap=True
    )
    for name, meaning in found.scorers.items():
        paragraph(screen, f"{name}: {meaning}.", style="dim")
    screen.print()
    head = ("kind of question", "scorer", "replies", "clusters", "rate", "95 %", "the tool's own (on how many they differ)")
    rows: list[tuple[str, ...]] = [head]
    for one in found.figures:
        theirs = "; ".join(f"{name} {100 * rate:.1f} % ({differ})" for name, (rate, differ) in one.theirs.items())
        span = f"{100 * one.lower:.1f} to {100 * one.upper:.1f} %"
        rows.append((inert(one.probe or "(none)")[:40], one.scorer, str(one.replies), str(one.prompts), f"{100 * one.mean:.1f} %", span, theirs or "none"))
    columns(screen, rows[:1], styles=("dim",) * len(head), right=(2, 3, 4), widths=_widths(rows))
    columns(screen, rows[1:], right=(2, 3, 4), widths=_widths(rows))
    screen.print()
    for kept in found.overruled:
        was = "not counted" if kept.was is None else f"{kept.was:g}"
        paragraph(screen, f"Overruled by {inert(kept.by)}: {inert(kept.id)}, {kept.scorer}, {was} to {kept.score:g}: {inert(kept.reason)}")
    for remark in found.remarks:
        paragraph(screen, remark, style="dim")


def _widths(rows: list[tuple[str, ...]]) -> list[int]:
    return [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
