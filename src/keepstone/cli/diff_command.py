"""`keepstone diff A.json B.json`: what newly fails, what was mended, what changed."""

from __future__ import annotations

import click

from keepstone.cli.options import console, contents, json_option


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--across", is_flag=True, help="Compare although system, target or cases are not the same; the differences are named.")
@json_option
def command(before: str, after: str, *, across: bool, as_json: bool) -> int:
    r"""Compare two results, the earlier one first. Ends with 1 only where a criterion newly fails.

    \b
    Examples:
      keepstone diff last/result.json keepstone-out/result.json
      keepstone diff careful/result.json published/result.json --across
      keepstone diff last/result.json keepstone-out/result.json --json
    """
    from keepstone.govern.diff import compare, render, show
    from keepstone.govern.read import LARGEST, read_result

    first, second = (read_result(contents(name, largest=LARGEST), name=name) for name in (before, after))
    found = compare(first, second, across=across)
    if as_json:
        click.echo(render(found))
    else:
        show(found, console())
    return found.exit_code
