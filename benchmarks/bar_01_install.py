"""Bar 1: from a fresh clone to the first report, and what an installation weighs. Floor: an environment with nothing in it. Peer: Giskard 2.19.

Clones this repository into a new folder, runs `make demo` there, and installs core, [tabular] and the peer into environments of their own. The peer's
seconds are its installation alone; what its scan takes on top is bar 2's.
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
PEER = ("giskard==2.19.2", "scikit-learn")


def weigh(folder: Path, *what: str) -> tuple[int, float, float]:
    """Packages (pip and setuptools left out), MB on disk and seconds of an installation, the environment itself left out of the MB."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    bare = _size(folder)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *what], check=True)
    seconds = time.perf_counter() - began
    listed = subprocess.run([str(folder / "bin" / "pip"), "list", "--format=freeze"], capture_output=True, text=True, check=True).stdout
    names = [line for line in listed.splitlines() if not line.startswith(("pip=", "setuptools=", "wheel="))]
    return len(names), _size(folder) - bare, seconds


def peer(folder: Path) -> list[object]:
    """The same of Giskard; a line without figures where it can't be installed here."""
    try:
        packages, size, seconds = weigh(folder, *PEER)
    except subprocess.CalledProcessError:
        return ["Giskard 2.19 (can't be installed here)", "", "", "", ""]
    return ["Giskard 2.19 (peer)", packages, size, seconds, ""]


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
    nothing, nothing_size, bare = weigh(folder / "bare", "pip")
    core, core_size, core_seconds = weigh(folder / "core", str(TOP))
    tabular, tabular_size, tabular_seconds = weigh(folder / "tabular", f"{TOP}[tabular]")
    other = peer(folder / "peer")
    shutil.rmtree(folder, ignore_errors=True)
    rows = [
        ["an empty environment (floor)", nothing, nothing_size, bare, ""],
        ["core", core, core_size, core_seconds, ""],
        ["[tabular]", tabular, tabular_size, tabular_seconds, seconds],
        other,
    ]
    show("Installation", ["", "packages", "MB", "seconds", "clone to first report"], rows)
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
