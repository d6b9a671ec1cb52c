"""Bar 1: from a fresh clone to the first report, and what an installation weighs. Peer: Giskard 2.19, by its own figures (87 packages, 599 MB, 62 s + 18 s).

Clones this repository into a new folder, runs `make demo` there, and installs core and [tabular] into environments of their own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from printing import show, verdict

TOP = Path(__file__).parent.parent


def weigh(folder: Path, what: str) -> tuple[int, float]:
    """Packages (pip and setuptools left out) and MB on disk of an installation."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    bare = _size(folder)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", what], check=True)
    listed = subprocess.run([str(folder / "bin" / "pip"), "list", "--format=freeze"], capture_output=True, text=True, check=True).stdout
    names = [line for line in listed.splitlines() if not line.startswith(("pip=", "setuptools=", "wheel="))]
    return len(names), _size(folder) - bare


def _size(folder: Path) -> float:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def main() -> int:
    """Print the table."""
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["git", "clone", "--quiet", str(TOP), str(folder / "clone")], check=True)  # noqa: S607  whichever git and make there are
    began = time.perf_counter()
    done = subprocess.run(["make", "demo"], cwd=folder / "clone", capture_output=True, text=True, check=False)  # noqa: S607
    seconds = time.perf_counter() - began
    print("\n".join(done.stdout.splitlines()[-4:]))
    if done.returncode:
        print(done.stderr[-800:])
        return 1
    core, core_size = weigh(folder / "core", str(TOP))
    tabular, tabular_size = weigh(folder / "tabular", f"{TOP}[tabular]")
    shutil.rmtree(folder, ignore_errors=True)
    rows = [
        ["core", core, core_size, ""],
        ["[tabular]", tabular, tabular_size, seconds],
        ["Giskard 2.19 (measured before: install, then scan of one half)", 87, 599.0, 80.0],
    ]
    show("Installation", ["", "packages", "MB", "seconds to the first report"], rows)
    met = [
        verdict("fresh clone to first report", seconds, 120, unit=" s"),
        verdict("core, packages", core, 22),
        verdict("core, size", core_size, 270, unit=" MB"),
        verdict("[tabular], packages", tabular, 32),
        verdict("[tabular], size", tabular_size, 350, unit=" MB"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
