"""`keepstone label PLACE`: say of replies whether it is so, so that a judge of them can be corrected."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, existing

if TYPE_CHECKING:
    from rich.console import Console

    from keepstone.core.system import JudgeSpec, System
    from keepstone.intake.labelled import Labels, Line, Said
    from keepstone.lifecycle.labelling import Met, Sitting

SEED = 1_000_007
FEW = 20  # disagreements that are listed


@click.command()
@click.argument("place")
@click.option("--rater", required=True, help="Who answers; a second rater answers the same items and sees nothing of the first.")
@click.option("--judge", "name", help="Judge of the system file whose statement is put; of a system file it is needed.")
@click.option("--system", help="System file that has the judge, where PLACE is none.")
@click.option("--to", "to", help="File of the labels.  [default: that of the judge, else PLACE.labels.jsonl]")
@click.option("--format", "form", type=click.Choice(["garak", "promptfoo", "pyrit"]), help="Which tool wrote PLACE.  [default: as it looks]")
@click.option("--items", default=100, show_default=True, type=click.IntRange(1, 100_000), help="Replies of each kind of item that a system file is asked for.")
@click.option(
    "--seed",
    default=SEED,
    show_default=True,
    type=click.IntRange(0, 2**31 - 1),
    help="Of those items: another than that of the runs; another one adds further items.",
)
def command(place: str, rater: str, name: str | None, **given: object) -> int:
    r"""Label the replies of PLACE: a system file, whose system is asked for them; a file with «question» and «reply» a line; or a run of another tool.

    One reply at a time: y (it is so), n (it is not), s (can't tell), b (back), q (quit). Every answer is kept at once, so that you can go on another day. The
    file then holds what was said, which may be personal data. Where two have rated, their agreement is shown at the end, and where they differ. A judge
    behind an address is then asked of the labelled replies, and what it says is kept beside the labels.

    \b
    Examples:
      keepstone label system.toml --judge rude --rater ann
      keepstone label system.toml --judge rude --rater ben
      keepstone label replies.jsonl --rater ann
      keepstone label garak.report.jsonl --rater ann --judge rude --system system.toml
    """
    from keepstone.lifecycle.labelling import Sitting, gathered, met, put

    path, system = _place(place), given["system"] and existing(str(given["system"]))
    whose = path if path.suffix == ".toml" else system
    spec, described_ = _judge(whose, name) if isinstance(whose, Path) else (None, None)
    to = _to(path, spec, whose if isinstance(whose, Path) else None, given["to"])
    screen = console()
    if path.suffix == ".toml" and spec is not None and described_ is not None:
        lines = _asked(described_, path, spec, to, (int(str(given["items"])), int(str(given["seed"]))))
    else:
        lines = gathered(path, str(given["form"] or "")) if path != to else []
    put(to, lines)
    sitting = Sitting.open(to, rater)
    _sit(sitting, spec.meaning if spec is not None else "", screen)
    _agreed(met(sitting.labels), sitting.labels, screen)
    if spec is not None and described_ is not None and isinstance(whose, Path):
        _judged(described_, whose, spec, to, screen)
    return 0


def _place(place: str) -> Path:
    from keepstone.core.errors import InputError

    found = Path(place) if "\0" not in place else None
    if found is not None and found.is_dir():
        raise InputError(
            f"{place}: A run keeps no text of a conversation, so there is nothing to label.",
            hint="Label the system file (`keepstone label system.toml --judge NAME --rater YOU`), or a file of questions and replies.",
        )
    return existing(place)


def _judge(path: Path, name: str | None) -> tuple[JudgeSpec, System]:
    from keepstone.core.errors import InputError
    from keepstone.lifecycle.described import described

    system = described(path)
    known = {one.name: one for one in system.judges}
    if name is None or name not in known:
        told = f"it has: {', '.join(known)}" if known else "it has none, put one as a table [[judge]]"
        raise InputError(f"The «--judge» must be a judge of {path}; {told}.")
    return known[name], system


def _to(path: Path, spec: JudgeSpec | None, folder: Path | None, given: object) -> Path:
    from keepstone.core.errors import InputError
    from keepstone.map.names import inside

    if given:
        return Path(str(given))
    if spec is not None and spec.labels and folder is not None:
        return inside(folder.parent, spec.labels)
    if path.suffix == ".toml":
        raise InputError(f'The judge «{spec.name if spec else ""}» must name its file of labels, «labels = "FILE.jsonl"», or give --to.')
    return path.with_name(f"{path.name}.labels.jsonl")


def _asked(system: System, path: Path, spec: JudgeSpec, to: Path, how: tuple[int, int]) -> list[Line]:
    """What the system says to so many items of a seed; it is asked once."""
    from dataclasses import replace

    from keepstone.cli.outside import outside
    from keepstone.lifecycle.labelling import asked, holds
    from keepstone.lifecycle.opening import open_target
    from keepstone.measure.shelf import KeptShelf

    items, seed = how
    target = open_target(replace(system, judges=()), path.parent, seed=seed, shelf=KeptShelf(), outside=outside(sending=True)).target
    return [] if holds(to, target, spec.streams, seed) else asked(target, spec.streams, items, seed)


def _sit(sitting: Sitting, meaning: str, screen: Console) -> None:
    """Ask until there is nothing left, or the rater leaves."""
    from keepstone.cli.screen import paragraph

    while (now := sitting.current()) is not None:
        _shown(*now, sitting, meaning, screen)
        word = _word(screen)
        if word == "q":
            break
        sitting.take(word)
    left = sum(item not in sitting.mine for item in sitting.labels.items)
    paragraph(screen, f"{sitting.rater}: {sitting.answered} answered, {left} left, in {sitting.path.name}.")


def _shown(item: str, said: Said, sitting: Sitting, meaning: str, screen: Console) -> None:
    """One exchange; what stands in it is foreign and can do nothing to the screen."""
    from keepstone.cli.screen import paragraph

    screen.print()
    screen.print(f"{list(sitting.labels.items).index(item) + 1} of {len(sitting.labels.items)}", style="dim")
    for who, text in (("question", said.question), ("reply", said.reply)):
        screen.print(who, style="dim")
        for line in text.splitlines() or [""]:
            paragraph(screen, line.replace("`", "'"), indent=2)
    paragraph(screen, f"Is it so: {meaning}?" if meaning else "Is it so?", style="bold")


def _word(screen: Console) -> str:
    """Read an answer; the end of the input leaves."""
    from keepstone.lifecycle.labelling import WORDS

    told = ", ".join(f"{key} {word}" for key, word in WORDS.items())
    while True:
        screen.print(f"[{told}] ", end="", markup=False)
        line = sys.stdin.readline()
        if not (line and sys.stdin.isatty()):
            screen.print()
        if not line:
            return "q"
        word = line.strip().casefold()[:1]
        if word in WORDS:
            return word


def _agreed(found: list[Met], labels: Labels, screen: Console) -> None:
    """How far raters agree, and where they differ."""
    from keepstone.cli.screen import columns, paragraph

    for one in found:
        told = one.told
        spans = [
            f"{name} {value:.2f} [{bounds.lower:.2f}, {bounds.upper:.2f}]"
            for name, value, bounds in (("kappa", told.kappa, told.kappa_bounds), ("AC1", told.ac1, told.ac1_bounds))
        ]
        paragraph(screen, f"{' and '.join(one.raters)}: agree on {told.agreed} of {told.items}; {', '.join(spans)} (95 %).")
        rows = [(item[:8], labels.items[item].reply[:200]) for item in one.split[:FEW]]
        if rows:
            paragraph(screen, "They differ on these, which no judge is held against unless a third decides:", style="dim")
            columns(screen, rows, indent=2)
        if len(one.split) > FEW:
            screen.print(f"  and {len(one.split) - FEW} more", style="dim")


def _judged(system: System, path: Path, spec: JudgeSpec, to: Path, screen: Console) -> None:
    """Ask a judge behind an address of what is labelled; another is asked whenever it is needed."""
    from keepstone.cli.outside import outside
    from keepstone.cli.screen import paragraph
    from keepstone.lifecycle.judging import REMOTE, built
    from keepstone.lifecycle.labelling import ask_judge

    if spec.kind in REMOTE:
        count, silent = ask_judge(to, built(system, spec, path.parent, outside(sending=True)))
        paragraph(screen, f"«{spec.name}» was asked of {count} labelled replies{f', and gave no answer of {silent}' if silent else ''}.")
