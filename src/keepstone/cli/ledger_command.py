"""`keepstone ledger`: a log that is only ever added to, and what an outsider needs to check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keepstone.cli.keys_command import FOLDER
from keepstone.cli.options import contents, emit, folder, json_option, passphrase
from keepstone.core.errors import InputError
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keepstone.ledger.keys import PublicKey
    from keepstone.ledger.log import Anchor, Checked, Ledger

LARGEST = 1 << 16  # bytes of a checkpoint


def _keyed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the key that signs."""
    command = click.option("--passphrase-file", "secret", help="File whose first line opens the key.")(command)
    return click.option("--key", default=FOLDER, show_default=True, help="Folder of the ledger's key.")(command)


@click.group()
def command() -> None:
    r"""Keep plans and results in a log that nobody can rewrite unnoticed once a checkpoint has left the house.

    LEDGER is a file (SQLite), or an address postgresql://... (pip install 'keepstone[postgres]').

    \b
    Examples:
      keepstone ledger new ledger.db --origin example.org/keepstone
      keepstone assess system.toml --key keepstone-keys --ledger ledger.db
      keepstone ledger checkpoint ledger.db > checkpoint.txt
      keepstone ledger export ledger.db evidence
      keepstone ledger check evidence --key keepstone-keys --anchor checkpoint.txt
    """


@command.command()
@click.argument("ledger")
@click.option("--origin", required=True, help="The ledger's name, without blanks: example.org/keepstone.")
@_keyed
def new(ledger: str, origin: str, key: str, secret: str | None) -> int:
    r"""Found a LEDGER.

    \b
    Examples:
      keepstone ledger new ledger.db --origin example.org/keepstone
    """
    from keepstone.ledger import keys, note
    from keepstone.lifecycle import registry

    holder = keys.load(folder(key), passphrase=passphrase(secret))
    made = registry.found(ledger, origin, holder)
    click.echo(f"{inert(made.origin)}: founded. Others know its key as\n{note.verifier_key(made.origin, holder.public)}")
    return 0


@command.command()
@click.argument("ledger")
@_keyed
@json_option
def show(ledger: str, key: str, secret: str | None, *, as_json: bool) -> int:
    r"""List what stands in a LEDGER.

    \b
    Examples:
      keepstone ledger show ledger.db
    """
    stated = list(_open(ledger, key, secret).statements())
    if as_json:
        emit(stated)
        return 0
    for number, one in enumerate(stated):
        subjects = one.get("subject")
        named = ", ".join(f"{sub['name']} {sub['digest']['sha256'][:12]}" for sub in subjects) if isinstance(subjects, list) else ""
        click.echo(f"{number:5}  {inert(str(one['predicateType']))}  {inert(named)}")
    return 0


@command.command()
@click.argument("ledger")
@_keyed
def checkpoint(ledger: str, key: str, secret: str | None) -> int:
    r"""Sign the head of a LEDGER and print it: a few lines to be kept by somebody else (C2SP tlog-checkpoint).

    \b
    Examples:
      keepstone ledger checkpoint ledger.db > checkpoint.txt
    """
    click.echo(_open(ledger, key, secret).checkpoint(), nl=False)
    return 0


@command.command()
@click.argument("note_file", metavar="CHECKPOINT")
@click.option("--name", required=True, help="The witness's name, without blanks: witness.example.org.")
@click.option("--ledger-key", required=True, help="Public key of the ledger: its file, or the folder that holds it.")
@click.option("--seen", help="The last checkpoint that this witness signed, kept in a file; it is replaced by this one.")
@click.option("--export", "shown", help="Folder of an export, which shows that this checkpoint begins with the one seen.")
@_keyed
def witness(note_file: str, **chosen: str | None) -> int:
    r"""Sign a CHECKPOINT as a witness on another machine, and print it: that it goes on from the last one seen.

    \b
    Examples:
      keepstone ledger witness checkpoint.txt --name witness.example.org --ledger-key ledger-public.json --key witness-keys --seen seen.txt --export evidence
    """
    from time import time

    from keepstone.ledger import keys
    from keepstone.lifecycle.witnessing import witnessed

    holder = keys.load(folder(str(chosen["key"])), passphrase=passphrase(chosen["secret"]))
    seen = Path(chosen["seen"]) if chosen["seen"] else None
    export = folder(chosen["shown"]) if chosen["shown"] else None
    text = contents(note_file, largest=LARGEST).decode("utf-8", "replace")
    signed = witnessed(text, (str(chosen["name"]), holder), keys.load_public(str(chosen["ledger_key"])), (seen, export), at=int(time()))
    click.echo(signed, nl=False)
    return 0


@command.command()
@click.argument("ledger")
@click.argument("place", metavar="FOLDER")
@_keyed
def export(ledger: str, place: str, key: str, secret: str | None) -> int:
    r"""Write a LEDGER into an empty FOLDER: entries as JSON lines, checkpoint, public key.

    \b
    Examples:
      keepstone ledger export ledger.db evidence
    """
    _say(_open(ledger, key, secret).export(folder(place)))
    return 0


@command.command(name="import")
@click.argument("place", metavar="FOLDER")
@click.argument("ledger")
@click.option("--origin", required=True, help="The ledger's name.")
@click.option("--key", required=True, help="Public key of the ledger: its file, or the folder that holds it.")
def load(place: str, ledger: str, origin: str, key: str) -> int:
    r"""Read an export in FOLDER into an empty LEDGER.

    \b
    Examples:
      keepstone ledger import evidence copy.db --origin example.org/keepstone --key ledger-public.json
    """
    from keepstone.ledger import keys, log
    from keepstone.lifecycle import registry

    public = keys.load_public(key)
    log.check_export(folder(place), origin, public)
    _say(log.load(registry.store_at(ledger, make=True), folder(place), origin, public))
    return 0


@command.command()
@click.argument("place", metavar="FOLDER")
@click.option("--origin", help="The ledger's name.  [default: what its checkpoint says]")
@click.option("--key", required=True, help="Public key of the ledger: its file, or the folder that holds it.")
@click.option("--anchor", "anchors", multiple=True, help="A checkpoint that left the house before.")
@click.option("--witness", "witnesses", multiple=True, metavar="NAME=KEY", help="Who must have signed every anchor, and their public key.")
@click.option("--run", "runs", multiple=True, help="Folder of a run, whose plan must have been registered before its result.")
@json_option
def check(place: str, **chosen: Any) -> int:  # noqa: ANN401  click's own
    r"""Check an export in FOLDER, and say what is proven and against whom. Ends with 3 if something was rewritten.

    \b
    Examples:
      keepstone ledger check evidence --key ledger-public.json
      keepstone ledger check evidence --key ledger-public.json --anchor checkpoint.txt --run keepstone-out
    """
    from keepstone.ledger import keys, log, note
    from keepstone.lifecycle.witnessing import run_in

    export_, public = folder(place), keys.load_public(chosen["key"])
    head = contents(str(export_ / log.CHECKPOINT), largest=LARGEST).decode("utf-8", "replace")
    origin = chosen["origin"] or note.read(head).checkpoint.origin
    checked = log.check_export(export_, origin, public, _anchors(chosen["anchors"], chosen["witnesses"]))
    told = [run_in(export_, public, folder(run)) for run in chosen["runs"]]
    if chosen["as_json"]:
        runs = [{"planned": one.planned, "concluded": one.concluded, "exploratory": one.exploratory} for one in told]
        emit({"entries": checked.size, "root": checked.root.hex(), "kinds": dict(checked.kinds), "anchors": list(checked.anchors), "runs": runs})
    else:
        _say(checked)
        for run, one in zip(chosen["runs"], told, strict=True):
            click.echo(f"{inert(run)}: {one.sentence}")
    return 3 if any(one.exploratory or one.concluded is None for one in told) else 0


def _anchors(files: tuple[str, ...], witnesses: tuple[str, ...]) -> list[Anchor]:
    from keepstone.ledger import keys
    from keepstone.ledger.log import Anchor

    signers = []
    for text in witnesses:
        name, equals, key = text.partition("=")
        if not equals or not key:
            raise InputError(f"The «--witness» must be NAME=KEY; got {inert(text)!r}.")
        signers.append((name, keys.load_public(key)))
    texts = [(file, contents(file, largest=LARGEST).decode("utf-8", "replace")) for file in files]
    held: list[tuple[str, PublicKey] | None] = [*signers] or [None]
    return [Anchor(text, f"«{inert(file)}»", one) for file, text in texts for one in held]


def _open(ledger: str, key: str, secret: str | None) -> Ledger:
    from keepstone.ledger import keys
    from keepstone.lifecycle import registry

    return registry.opened(ledger, keys.load(folder(key), passphrase=passphrase(secret)))


def _say(checked: Checked) -> None:
    click.echo(inert(checked.proven))
