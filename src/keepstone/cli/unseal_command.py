"""`keepstone unseal --check FILE...`: intact, corrupted, tampered or unverifiable; without --check, decrypt what is intact."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.keys_command import FOLDER
from keepstone.cli.options import contents, emit, json_option
from keepstone.core.errors import EvidenceError, InputError
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from keepstone.ledger.keys import PublicKey
    from keepstone.lifecycle.sealing import Told


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--check", "only", is_flag=True, help="Only tell what became of the files.")
@click.option("--key", default=FOLDER, show_default=True, help="The public key that must have sealed: its file, or the folder that holds it.")
@click.option("--identity", help="File of age identities that decrypts FILE.age.")
@json_option
def command(files: tuple[str, ...], key: str, identity: str | None, *, only: bool, as_json: bool) -> int:
    r"""Tell for each FILE with a FILE.seal beside it whether it is intact, corrupted (accident), tampered (attack) or unverifiable, and why.

    Ends with 0 if all are intact, else 3. Without --check, FILE.age is decrypted to FILE with --identity, and only if it is intact.

    \b
    Examples:
      keepstone unseal --check model.skops cases.csv
      keepstone unseal cases.csv.age --identity age-identity.txt
    """
    from keepstone.intake.age import LARGEST
    from keepstone.lifecycle.sealing import opened, told

    if any("\0" in file for file in files):
        raise InputError("A FILE must not hold a NUL character.")
    if not only and identity is None:
        raise InputError("Without --check, --identity must name the file of age identities that decrypts.")
    answers = [told(Path(file), _expected(key)) for file in files]
    _say(answers, as_json=as_json)
    if any(one.checked.condition.value != "intact" for one in answers):
        return EvidenceError.exit_code
    if not only and identity is not None:
        identities = contents(identity, largest=LARGEST)
        for one in answers:
            written = opened(one.path, identities, name=inert(identity))
            if not as_json:
                click.echo(f"{inert(str(written))}  written")
    return 0


def _say(answers: list[Told], *, as_json: bool) -> None:
    if as_json:
        emit([{"file": str(one.path), "condition": one.checked.condition.value, "why": one.checked.why} for one in answers])
        return
    for one in answers:
        click.echo(f"{one.checked.condition.value:13} {inert(str(one.path))}  {inert(one.checked.why)}")


def _expected(key: str) -> PublicKey | None:
    """The key that is expected; None where nobody made one and nobody named one."""
    from keepstone.ledger.keys import load_public

    if "\0" in key:
        raise InputError("The «--key» must not hold a NUL character.")
    return None if key == FOLDER and not Path(key).exists() else load_public(key)
