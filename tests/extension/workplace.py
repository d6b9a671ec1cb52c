"""A folder in which `keepstone` is run as a person runs it, with a second package beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OUTSIDE = HERE / "outside"
SOURCE = HERE.parents[1] / "src"
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install", "--no-index", "--no-deps", "--no-build-isolation", "--no-compile")


@dataclass(frozen=True)
class Workplace:
    """A folder with the ward's files, in which the second package is installed.

    Attributes:
        folder: Where commands run.
        path: What Python finds beside what is installed.
    """

    folder: Path
    path: tuple[Path, ...]

    def run(self, *words: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `keepstone` with these words in a process of its own."""
        places = os.pathsep.join(str(place) for place in (*self.path, SOURCE, os.environ.get("PYTHONPATH", "")) if str(place))
        environment = {**os.environ, "PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "NO_COLOR": "1", **(more or {})}
        command = [sys.executable, "-m", "keepstone.cli.main", *words]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, check=False)

    def document(self, *words: str, ends: int = 0) -> dict[str, Any]:
        """Run a command that prints a JSON document, and read it."""
        done = self.run(*words)
        assert done.returncode == ends, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def beside(self, place: Path) -> Workplace:
        """The same with one more place where Python looks first."""
        return Workplace(self.folder, (place, *self.path))


def install(made: Path) -> Path:
    """Build the second package in a folder and install it there, without the network; give the place."""
    shutil.copytree(OUTSIDE, made / "source", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run([sys.executable, *PIP, "--target", str(made / "installed"), str(made / "source")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made / "installed"


def settle(folder: Path) -> None:
    """Put the ward's files and its cases into a folder."""
    shutil.copytree(OUTSIDE / "ward", folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    subprocess.run([sys.executable, "make_cases.py"], cwd=folder, check=True, timeout=60)
