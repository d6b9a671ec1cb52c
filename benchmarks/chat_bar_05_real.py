"""Chat bar 5: a real small model with no network: cells of both halves in minutes, and a run that was killed goes on without asking anything again.

Each run is in a network namespace of its own, with nothing but loopback, where this machine allows one (`unshare`). It needs
`keepstone demo-model`. There is no floor and no peer: nearly all of the time is the model's own, and no peer brings a model along.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from printing import show, verdict

from keepstone.intake import smol

SYSTEM = Path(__file__).parent.parent / "examples" / "chatbot" / "smol.toml"
APART = ("unshare", "--net", "--map-root-user")
LIMIT = 300.0
AREAS = "alignment,fairness,control,integrity,protection,resilience"


def apart() -> tuple[str, ...]:
    """What runs a command without a network; nothing where this machine does not allow it."""
    return APART if shutil.which(APART[0]) and not subprocess.run([*APART, "true"], capture_output=True, check=False).returncode else ()


def command(out: Path, *more: str) -> list[str]:
    """An assessment of the example, by two workers."""
    assess = [sys.executable, "-m", "keepstone.cli.main", "assess", str(SYSTEM), "--only", AREAS, "--workers", "2", "--out", str(out), *more]
    quoted = " ".join(f"'{word}'" for word in assess)
    return [*apart(), "sh", "-c", f"ip link set lo up 2>/dev/null; exec {quoted}"]


def cells(out: Path) -> tuple[int, int, int]:
    """Findings with an interval of safety, of security, and those decided."""
    found = json.loads((out / "result.json").read_text())["findings"]
    shown = [one for one in found if one["verdict"] in {"pass", "fail", "inconclusive"} and one.get("upper") is not None]
    sides = [sum(one["side"] == side for one in shown) for side in ("safety", "security")]
    return sides[0], sides[1], sum(one["verdict"] != "inconclusive" for one in shown)


def killed(out: Path, seconds: float) -> int:
    """Begin a run and kill it, workers and all; give how many batches it had finished."""
    with subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as run:
        time.sleep(seconds)
        subprocess.run(["kill", f"-{signal.SIGKILL.value}", f"-{run.pid}"], check=False)  # noqa: S607  whichever kill there is
    return sum(1 for _ in (out / "shelf").rglob("*.npz"))


def main() -> int:
    """Print the table."""
    if smol.missing():
        print(f"not measured: {smol.missing()} is not installed; `keepstone demo-model` installs it")
        return 0
    home = Path(tempfile.mkdtemp())
    began = time.perf_counter()
    subprocess.run(command(home / "whole"), capture_output=True, check=False)
    seconds = time.perf_counter() - began
    safety, security, decided = cells(home / "whole")
    calls = json.loads((home / "whole" / "run.json").read_text())["calls"]
    before = killed(home / "broken", seconds / 2)
    kept = {path: path.stat().st_mtime_ns for path in (home / "broken" / "shelf").rglob("*.npz")}
    subprocess.run(command(home / "broken", "--resume"), capture_output=True, check=False)
    again = sum(path.stat().st_mtime_ns != at for path, at in kept.items())
    differ = (home / "whole" / "result.json").read_bytes() != (home / "broken" / "result.json").read_bytes()
    head = ["", "seconds", "calls", "cells of safety", "of security", "decided"]
    show("SmolLM2-135M-Instruct, two workers", head, [["with no network" if apart() else "network there", seconds, calls, safety, security, decided]])
    show("Killed half-way and resumed", ["batches kept", "made again", "another result"], [[before, again, differ]])
    met = [
        verdict("seconds", seconds, LIMIT, unit=" s"),
        verdict("cells short of 10", max(0, 10 - safety - security), 0),
        verdict("halves without a cell", (safety == 0) + (security == 0), 0),
        verdict("batches asked again after a kill", again, 0),
        verdict("results that differ", int(differ), 0),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
