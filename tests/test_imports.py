"""What loads when: in a fresh interpreter, so that no other test has loaded it before."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(__file__).parent.parent / "src" / "keepstone"
HEAVY = {"scipy", "sklearn", "skops", "torch", "pandas", "matplotlib", "art", "fairlearn", "joblib"}


def modules_of(package: str) -> str:
    """Name all modules of a package, as an import statement has them."""
    found = sorted(path.relative_to(SOURCE.parent).with_suffix("") for path in (SOURCE / package).rglob("*.py"))
    return ", ".join(".".join(path.parts).removesuffix(".__init__") for path in found)


def loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and say which top-level modules it loaded."""
    told = f"{code}\nimport sys\nprint('loaded', *{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.splitlines()[-1].split()[1:])


def called(*arguments: str) -> str:
    """Write the call of the command line, as the console script makes it."""
    return (
        f"import sys\nsys.argv = ['keepstone', *{arguments!r}]\n"
        "from keepstone.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )


LIGHT = {
    "the package": "import keepstone",
    "the nouns": f"import {modules_of('core')}",
    "the ledger": f"import {modules_of('ledger')}",
    "the reader of system files": "import keepstone.intake.toml",
    "--help": called("--help"),
    "--version": called("--version"),
    "assess --help": called("assess", "--help"),
}


@pytest.mark.parametrize("what", LIGHT)
def test_nothing_heavy_is_loaded(what: str) -> None:
    assert loaded_by(LIGHT[what]) & HEAVY == set()


@pytest.mark.parametrize("what", ["the package", "the nouns", "the ledger", "the reader of system files"])
def test_what_must_be_trusted_stays_small(what: str) -> None:
    ours = {"keepstone", "cryptography", "rfc8785", "_cffi_backend", "_openssl"}
    bare = loaded_by("pass")
    foreign = {name for name in loaded_by(LIGHT[what]) - bare if name.lstrip("_") not in sys.stdlib_module_names and name not in sys.stdlib_module_names}
    assert foreign <= ours


def test_the_test_itself_sees_what_is_loaded() -> None:
    assert "numpy" in loaded_by("import numpy")
    assert "scipy" in loaded_by("import scipy.special")
