"""Bar 11: malformed systems, data, models, callables and command lines, each run as a user would. Prints case, exit code and the first line said.

A case counts where the exit code is right, what is wrong is named with its file, line and field, nothing is a traceback, nothing acts on a terminal and
nothing is left half-written. Where a target misbehaves the line is the reason of the finding in ERROR.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from printing import show, verdict

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from hostile.malformed import ALL
from hostile.spoil import OUT, USAGE, Case, Ran, ran, sound

from keepstone.intake.fields import inert

LEAST = 60
WIDE = 110


def faults(case: Case, got: Ran, folder: Path, before: set[Path]) -> list[str]:
    """What is not as it must be."""
    said = got.out + got.err
    found = [f"exit code {got.code}"] if got.code not in case.codes else []
    found += [f"does not say {piece!r}" for piece in case.says if piece not in said]
    found += ["a traceback"] if "Traceback" in said or "unforeseen" in said else []
    found += ["acts on the terminal"] if not all(letter.isprintable() or letter == "\n" for letter in said) else []
    if got.code in USAGE:
        left = {path for path in folder.rglob("*") if "__pycache__" not in path.parts} - before
        found += [f"left {path.name}" for path in sorted(left) if path.is_file() or path.name == OUT]
    return found


def line(got: Ran) -> str:
    """The first line that was said; of a finding in error, why."""
    if got.code in USAGE:
        return got.first
    findings = json.loads(got.out)["findings"] if got.out.startswith("{") else []
    why = next((str(one["why"]) for one in findings if one["verdict"] == "error"), got.first)
    return inert(why.partition("worst way: ")[2] or why)


def main() -> int:
    """Print the table."""
    rows, right = [], 0
    for case in ALL:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            sound(folder)
            case.build(folder)
            before = set(folder.rglob("*"))
            got = ran(case.words, folder)
            wrong = faults(case, got, folder, before)
        right += not wrong
        told = line(got).removeprefix("keepstone: ")
        rows.append([case.name[:60], got.code, "; ".join(wrong) or (told if len(told) <= WIDE else told[: WIDE - 1] + "…")])
    widest = max(len(str(row[2])) for row in rows)
    show(f"{len(ALL)} kinds of bad input", ["case", "exit", "first line"], [[*row[:2], str(row[2]).ljust(widest)] for row in rows])
    met = verdict("cases not told as they must be", len(ALL) - right, 0)
    return 0 if verdict(f"cases short of {LEAST}", max(0, LEAST - right), 0) and met else 1


if __name__ == "__main__":
    sys.exit(main())
