"""`keepstone keys`: make or show the key that signs plans. The private half is never printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from keepstone.cli.options import emit, folder, json_option, passphrase
from keepstone.core.errors import InputError

if TYPE_CHECKING:
    from keepstone.ledger.keys import PublicKey

FOLDER = "keepstone-keys"


@click.group()
def command() -> None:
    r"""Make or show the key that signs plans.

    A plan signed with a key of yours shows that it was written before the first trial by whoever holds the key.

    \b
    Examples:
      keepstone keys new
      keepstone keys new --dir ~/.config/keepstone --passphrase-file secret.txt
      keepstone keys show
      keepstone assess system.toml --key keepstone-keys
    """


@command.command()
@click.option("--dir", "place", default=FOLDER, show_default=True, help="Folder of the key; made if it is not there.")
@click.option("--passphrase-file", "secret", help="File whose first line encrypts the private key.")
@json_option
def new(place: str, secret: str | None, *, as_json: bool) -> int:
    r"""Make a key.

    \b
    Examples:
      keepstone keys new
      keepstone keys new --dir ~/.config/keepstone --passphrase-file secret.txt
    """
    from keepstone.ledger import keys

    made = keys.new(folder(place), passphrase=passphrase(secret))
    _tell(made.public, place, as_json=as_json)
    if not as_json:
        kept = "encrypted with your passphrase" if secret else "readable by you alone, and not encrypted"
        click.echo(f"\nThe private key is {place}/{keys.PRIVATE}, {kept}. Keep it out of version control.")
        click.echo(f"Give {place}/{keys.PUBLIC} to whoever checks your results.")
        click.echo(f"Next: keepstone assess system.toml --key {place}")
    return 0


@command.command()
@click.option("--dir", "place", default=FOLDER, show_default=True, help="Folder of the key, or its public file.")
@json_option
def show(place: str, *, as_json: bool) -> int:
    r"""Show the public half of a key.

    \b
    Examples:
      keepstone keys show
      keepstone keys show --dir ~/.config/keepstone --json
    """
    from keepstone.ledger import keys

    if "\0" in place:
        raise InputError("The «--dir» must not hold a NUL character.")
    _tell(keys.load_public(place), place, as_json=as_json)
    return 0


def _tell(key: PublicKey, place: str, *, as_json: bool) -> None:
    if as_json:
        emit(key.record() | {"folder": place})
        return
    record = key.record()
    click.echo(f"id      {record['id']}\npublic  {record['public']}\nkind    {record['kind']}")
