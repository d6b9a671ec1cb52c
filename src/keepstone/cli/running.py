"""How every command ends: an answer, or one clear line and an exit code; never a traceback for what a person can mend."""

from __future__ import annotations

import os
import sys

import click

from keepstone.core.errors import KeepstoneError


def finish(command: click.Command, name: str, words: list[str]) -> int:
    """Run a click command and turn whatever it raises into a line on stderr and an exit code."""
    try:
        code = command.main(args=words, prog_name=f"keepstone {name}", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show(sys.stderr)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("keepstone: interrupted.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeepstoneError as error:
        for line in str(error).splitlines():
            click.echo(f"keepstone: {line}", err=True)
        return error.exit_code
    return int(code or 0)
