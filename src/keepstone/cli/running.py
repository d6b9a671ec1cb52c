"""How every command ends: an answer, or one clear line and an exit code; never a traceback for what a person can mend."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from keepstone.core.errors import KeepstoneError
from keepstone.intake.fields import inert

USAGE, INTERRUPTED = 2, 130
WIDEST = 100  # columns of help


def finish(find: Callable[[], click.Command], name: str, words: list[str]) -> int:
    """Run a click command and turn whatever it raises into a line on stderr and an exit code.

    Args:
        find: Gives the command; imports it.
        name: The command's name.
        words: What follows it on the command line.
    """
    _never_choke()
    try:
        code = _examples_stand(find()).main(args=words, prog_name=f"keepstone {name}", standalone_mode=False, max_content_width=WIDEST)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()
        return 0
    except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001  every one is told and becomes an exit code; nothing goes on after it
        return _told(error, name)
    return int(code or 0)


def _told(error: BaseException, name: str) -> int:
    """Tell an error in its lines, and give its exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    if isinstance(error, click.ClickException):
        return _refuse([f"{name}: {error.format_message()}", f"`keepstone {name} --help` shows examples and options."], USAGE)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return _refuse(["interrupted."], INTERRUPTED)
    if isinstance(error, KeepstoneError):
        return _refuse(str(error).split("\n"), error.exit_code)
    if isinstance(error, SystemExit):  # what a loaded file says must not pass for a verdict
        return _refuse(["Code of a file that was loaded ended the process."], USAGE)
    return _refuse(_unforeseen(error), USAGE)


def _examples_stand(command: click.Command) -> click.Command:
    r"""Keep the lines of examples apart: click knows such a paragraph by a backspace, which a raw docstring spells out as `\b`."""
    for one in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
        one.help = one.help.replace("\\b\n", "\b\n") if one.help else one.help
    return command


def leave_pipe() -> None:
    """Nobody reads any more: let what is still to be written go nowhere, so that the end of the process says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(lines: Iterable[str], code: int) -> int:
    """Say what is wrong, a line for each thing, and give the exit code."""
    here = os.path.realpath(".") + os.sep  # files below it are told as a person would name them
    for number, line in enumerate(lines):
        click.echo(f"{'           ' if number else 'keepstone: '}{inert(line.replace(here, ''))}", err=True)
    return code


def _unforeseen(error: BaseException) -> Iterable[str]:
    """What to say of an error that nobody foresaw: of the system in its own words, of our own making with its place."""
    if isinstance(error, OSError) and error.strerror:
        yield f"{error.filename or 'a file'}: {error.strerror}."
        return
    if isinstance(error, MemoryError):
        yield "There is not enough memory for this."
        return
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "an unknown place"
    text = " ".join(str(error).split())
    yield f"unforeseen: {type(error).__name__} at {place}{': ' + text[:300] if text else ''}"
    yield "This is a fault of Keepstone. Please report it, with this line and the command."


def _never_choke() -> None:
    """A name that the terminal can't show is shown as a code; it stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            change(errors="backslashreplace")
