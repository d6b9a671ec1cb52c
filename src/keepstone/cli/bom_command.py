"""`keepstone bom SYSTEM.toml`: what a system is made of, and what is known against that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from keepstone.cli.options import contents, emit, existing, json_option
from keepstone.core.errors import InputError
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from keepstone.intake.advisories import Advisory
    from keepstone.lifecycle.materials import Match


@click.command()
@click.argument("system")
@click.option("--environment", is_flag=True, help="List the libraries of this Python too: run it where the model is trained or served.")
@click.option("--osv", "exports", multiple=True, metavar="FILE", help="Known weaknesses in the OSV format: a record, a list, lines, or a zip. May be repeated.")
@click.option("--out", help="File to write.  [default: the screen]")
@json_option
def command(system: str, exports: tuple[str, ...], out: str | None, *, environment: bool, as_json: bool) -> int:
    r"""Write the bill of materials of a SYSTEM (CycloneDX 1.6): system file, model, code and data with their digests, and a model card.

    Nothing is loaded or run, and nothing is fetched: advisories are those that you hand over. Without any the bill says that nobody looked.
    Ends with 1 if a library is affected or that can't be told, else 0.

    \b
    Needs: pip install 'keepstone[bom]'

    \b
    Examples:
      keepstone bom system.toml --out bom.json
      keepstone bom system.toml --environment --osv all.zip --out bom.json
    """
    from keepstone.lifecycle.described import described
    from keepstone.lifecycle.materials import bill_of
    from keepstone.lifecycle.record import written

    if exports and not environment:
        raise InputError("The «--osv» must stand beside «--environment»: it is the libraries that advisories speak of.")
    path = existing(system)
    made = bill_of(described(path), path, environment=environment, advisories=_read(exports) if exports else None)
    place = "" if out is None else str(written(out, made.data))
    if as_json:
        emit({"bill": place, "materials": made.materials, "advisories": [_record(one) for one in made.matches] if exports else None})
    elif out is None:
        click.echo(made.data, nl=False)
    else:
        click.echo(f"{place}: {made.materials} materials")
    for one in made.matches:
        how = "is affected" if one.sure else "may be affected, its version can't be held against the range"
        click.echo(f"{one.name} {inert(one.version)}: {how}: {inert(one.advisory.id[:80])} {inert(one.advisory.summary[:160])}".rstrip(), err=True)
    return 1 if made.matches else 0


def _read(exports: tuple[str, ...]) -> list[Advisory]:
    from keepstone.intake.advisories import LARGEST, read_advisories

    return [one for name in exports for one in read_advisories(contents(name, largest=LARGEST), name=name)]


def _record(one: Match) -> dict[str, object]:
    return {"library": one.name, "version": one.version, "advisory": one.advisory.id, "affected": True if one.sure else None}
