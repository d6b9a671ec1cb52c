"""Progress on stderr: a bar with time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from keepstone.govern.report.words import clip, plain
from keepstone.govern.report.words import whole as counted
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from rich.console import Console

    from keepstone.measure.state import Progress as Step

EVERY = 10.0  # seconds between lines where there is no terminal
WIDEST = 56


class Bar:
    """Shows how far a run is. Used as a context."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        """Draw on a console; say nothing if quiet."""
        self.console, self.quiet = console, quiet
        self.live = console.is_terminal and not quiet
        self.last = time.monotonic()
        text, drawn = TextColumn("{task.description}", markup=False), BarColumn(bar_width=16)
        self.bar = Progress(text, drawn, TaskProgressColumn(), TimeRemainingColumn(), console=console, transient=True)
        self.task = self.bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        """Begin to draw."""
        if self.live:
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wipe what was drawn."""
        if self.live:
            self.bar.stop()

    def say(self, text: str) -> None:
        """Tell what begins now."""
        if self.live:
            self.bar.update(self.task, description=text, total=None, completed=0)

    def count(self, done: int, total: int, what: str) -> None:
        """Show how many of so many are done."""
        if self.live:
            self.bar.update(self.task, description=f"{done} of {total} {what}", total=total, completed=done)
        elif not self.quiet and time.monotonic() - self.last > EVERY:
            self.last = time.monotonic()
            self.console.print(f"{done} of {total} {what}", markup=False)

    def step(self, step: Step) -> bool:
        """Show one step of the run; always answers True."""
        saved = f"{plain(counted(step.saved))} rows saved · " if step.saved >= 1 else ""
        text = clip(inert(f"{step.open} open · {saved}{step.text}"), WIDEST)
        if self.live:
            self.bar.update(self.task, description=text.ljust(WIDEST), total=max(step.expected, step.done, 1.0), completed=step.done)
        elif not self.quiet and time.monotonic() - self.last > EVERY:
            self.last = time.monotonic()
            share = 100 * step.done / max(step.expected, 1.0)
            self.console.print(f"{share:3.0f} % of {plain(counted(step.expected))} rows, {text}", markup=False, soft_wrap=True)
        return True
