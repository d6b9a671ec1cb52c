"""`keepstone replay FINDING`: ask one conversation of a run again, and say whether what was found is found again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.options import console, contents, emit, existing, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from keepstone.govern.report.spoken import Said
    from keepstone.lifecycle.replay import Replayed

RUN = "run.json"
OPEN = 4
LABEL = 11


@click.command()
@click.argument("finding")
@click.option("--run", "folder", default="keepstone-out", show_default=True, help="Folder of the run.")
@click.option("--trial", type=click.IntRange(0), help="Number of the conversation.  [default: the worst of the finding]")
@click.option("--target", help="Ask another target: an address, file.py:function, or reference:NAME.")
@click.option("--system", "path", help="The system file.  [default: that of the run]")
@click.option("--show-rows", is_flag=True, help="Show secrets and personal data too.")
@click.option("--proxy", help="Address of your intercepting proxy: what is sent to the target goes through it.")
@click.option("--proxy-ca", help="File of the certificate (PEM) by which answers through it are trusted.")
@json_option
def command(finding: str, folder: str, trial: int | None, path: str | None, *, as_json: bool, **chosen: object) -> int:
    r"""Ask one conversation of a FINDING again: what was sent, what is answered, what is found in it.

    Ends with 1 if something is lost again, 0 if not, 4 if it could not be asked. No verdict of the run is changed.

    \b
    Examples:
      keepstone replay adversarial.prompt_injection-document.hijacked
      keepstone replay protection.secret_extraction.leaked --run archive/2026-01 --trial 17
      keepstone replay protection.secret_extraction.leaked --target http://127.0.0.1:8080/v1
    """
    from keepstone.cli.outside import authority, outside
    from keepstone.lifecycle.described import described
    from keepstone.lifecycle.replay import Asked, replay

    run, proxy = Path(folder), str(chosen.get("proxy") or "")
    file = existing(path) if path else _system(run)
    said = replay(
        described(file),
        file.parent,
        run,
        Asked(finding, _worst(run, finding) if trial is None else trial, str(chosen.get("target") or "")),
        outside(sending=True, whole=bool(chosen.get("show_rows")), proxy=proxy, authority=authority(proxy, str(chosen.get("proxy_ca") or ""))),
    )
    if as_json:
        _emit(said)
    else:
        _show(said, console())
    return OPEN if said.reproduced is None else int(said.reproduced)


def _system(run: Path) -> Path:
    """The system file of a run, where it lay when it was run, or beside whoever asks."""
    from keepstone.core.errors import InputError
    from keepstone.govern.read import LARGEST, read_run

    file = run / RUN
    facts = read_run(contents(str(file), largest=LARGEST), name=str(file)) if file.is_file() else None
    words = shlex.split(facts.command) if facts is not None else []
    names = [run / facts.system] if facts is not None and facts.system else []
    names += [Path(words[2]), run.parent / words[2]] if len(words) > 2 else []
    found = next((name for name in names if name.is_file()), None)
    if found is None:
        raise InputError(f"{run}: the system file of this run is not found.", hint="Name it: --system FILE. A run's folder is named by --run.")
    return found


def _worst(run: Path, finding: str) -> int:
    """The number of the conversation that is shown first of a finding."""
    from keepstone.core.errors import InputError
    from keepstone.govern.transcripts import LARGEST, read_transcripts
    from keepstone.lifecycle.record import TRANSCRIPTS

    file = run / TRANSCRIPTS
    said = read_transcripts(contents(str(file), largest=LARGEST), name=str(file)).findings if file.is_file() else ()
    found = next((one.examples[0].talk.trial for one in said if one.finding == finding and one.examples), None)
    if found is None:
        raise InputError(f"No conversation of «{finding[:80]}» is kept in {run}.", hint="Name its number: --trial N.")
    return found


def _emit(said: Replayed) -> None:
    import msgspec

    emit({"finding": said.held.id, "reproduced": said.reproduced, "notes": list(said.notes), "talk": msgspec.to_builtins(said.talk)})


def _show(said: Replayed, screen: Console) -> None:
    """Print it: foreign text as text, what was found between two signs."""
    from rich.text import Text

    from keepstone.govern.report.spoken import talk

    shown = talk(said.talk)
    screen.print(Text(f"{said.held.id}, conversation {said.talk.trial}", style="bold"), soft_wrap=True)
    screen.print(Text(said.held.cell.arm.condition.title), soft_wrap=True)
    for note in said.notes:
        screen.print(Text(f"note: {note}"), soft_wrap=True)
    screen.print()
    _lines(shown.asked, screen)
    _lines(shown.reply, screen)
    _lines(shown.wire, screen)
    screen.print()
    for text in shown.found:
        screen.print(Text(f"Found: {text}"), soft_wrap=True)
    words = {True: "Reproduced: something is lost again.", False: "Not reproduced: nothing is lost.", None: "Open: this conversation does not count."}
    screen.print(Text(words[said.reproduced], style="bold"), soft_wrap=True)


def _lines(said: Sequence[Said], screen: Console) -> None:
    from rich.text import Text

    from keepstone.govern.report.spoken import plain_lines

    for who, line in plain_lines(said):
        out = Text(f"{who:{LABEL}} ", style="dim")
        for piece, kind in line:
            out.append(f">>{piece}<<" if kind == "found" else piece, style="bold" if kind == "found" else "not dim")
        screen.print(out, soft_wrap=True)
