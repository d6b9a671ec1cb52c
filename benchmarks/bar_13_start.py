"""Bar 13: how long a person waits for `--help` and for `import keepstone`. Floor: a bare interpreter. Peer: click's own hello world.

Whole processes by the wall clock, taken in turns; the median over the turns of each one's quickest calls. Beside them what `-X importtime` counts.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from printing import show, verdict

TURNS, BEST = 30, 10
HEAVY = {"click", "rich", "numpy", "scipy", "sklearn", "torch", "pandas", "matplotlib", "msgspec", "cryptography"}
CLICK = """import click


@click.command()
@click.option("--count", default=1, help="Number of greetings.")
@click.option("--name", prompt="Your name", help="The person to greet.")
def hello(count, name):
    for _ in range(count):
        click.echo(f"Hello, {name}!")


if __name__ == "__main__":
    hello()
"""


def script() -> list[str]:
    """The command as an installation puts it there."""
    found = Path(sys.executable).parent / ("keepstone.exe" if sys.platform == "win32" else "keepstone")
    return [str(found)] if found.exists() else [sys.executable, "-m", "keepstone.cli.main"]


def seconds(command: list[str]) -> float:
    """How long one process takes."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def counted(code: str) -> tuple[float, set[str]]:
    """Milliseconds that an import takes by the interpreter's own count, the least of several, and the heavy libraries that it loads."""
    best, loaded = float("inf"), set[str]()
    for _ in range(BEST):
        told = subprocess.run([sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True).stderr
        lines = [line.removeprefix("import time:").split("|") for line in told.splitlines() if "|" in line and "self" not in line]
        best = min(best, sum(float(own) for own, _all, _name in lines) / 1000)
        loaded |= {name.strip().partition(".")[0] for _own, _all, name in lines} & HEAVY
    return best, loaded


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(CLICK, encoding="utf-8")
        commands = {
            "bare interpreter (floor)": [sys.executable, "-c", "pass"],
            "click's hello world --help (peer)": [sys.executable, str(hello), "--help"],
            "keepstone --help": [*script(), "--help"],
            "import keepstone": [sys.executable, "-c", "import keepstone"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(TURNS):
            for name, command in commands.items():
                taken[name].append(seconds(command))
    quick = {name: median(sorted(times)[:BEST]) for name, times in taken.items()}
    floor = quick["bare interpreter (floor)"]
    codes = {
        "bare interpreter (floor)": "pass",
        "click's hello world --help (peer)": "import click",
        "keepstone --help": "from keepstone.cli.main import main; main(['--help'])",
        "import keepstone": "import keepstone",
    }
    imports = {name: counted(code) for name, code in codes.items()}
    rows = [[name, 1000 * quick[name], quick[name] / floor, imports[name][0], ", ".join(sorted(imports[name][1])) or "none"] for name in commands]
    show(f"Start, the median of the {BEST} quickest of {TURNS} processes", ["", "ms", "x floor", "imports, ms", "heavy libraries"], rows)
    met = verdict("keepstone --help / bare interpreter", quick["keepstone --help"] / floor, 3.0, unit=" x")
    met = verdict("import keepstone / bare interpreter", quick["import keepstone"] / floor, 5.0, unit=" x") and met
    heavy = len(imports["keepstone --help"][1] | imports["import keepstone"][1])
    return 0 if verdict("heavy libraries that they load", heavy, 0) and met else 1


if __name__ == "__main__":
    sys.exit(main())
