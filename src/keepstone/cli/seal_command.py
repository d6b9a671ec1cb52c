"""`keepstone seal FILE...`: a checksum against accidents and a signature against intent, beside each file."""

from __future__ import annotations

import click

from keepstone.cli.keys_command import FOLDER
from keepstone.cli.options import emit, existing, folder, json_option, passphrase


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--key", default=FOLDER, show_default=True, help="Folder of the key that signs.")
@click.option("--passphrase-file", "secret", help="File whose first line decrypts the key.")
@click.option("--encrypt-to", "recipients", multiple=True, metavar="AGE1...", help="Encrypt the file first, for whoever holds this age identity.")
@json_option
def command(files: tuple[str, ...], key: str, secret: str | None, recipients: tuple[str, ...], *, as_json: bool) -> int:
    r"""Write FILE.seal beside each FILE: what it is, by a checksum that finds accidents and a signature that finds intent.

    `keepstone unseal --check FILE` then tells intact, corrupted (an accident), tampered (an attack) and unverifiable apart.
    With --encrypt-to, FILE.age is written and sealed; FILE itself stays where it is.

    \b
    Examples:
      keepstone seal model.skops cases.csv
      keepstone seal cases.csv --encrypt-to age1...
    """
    from keepstone.ledger import keys
    from keepstone.lifecycle.sealing import sealed

    holder = keys.load(folder(key), passphrase=passphrase(secret))
    written = [str(sealed(path, holder, recipients)) for path in [existing(file) for file in files]]
    if as_json:
        emit({"seals": written, "key": holder.public.record()})
    else:
        for path in written:
            click.echo(path)
    return 0
