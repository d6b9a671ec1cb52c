"""Progress: a bar on a terminal, a line now and then elsewhere, nothing where JSON is asked for."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

from rich.console import Console

from keepstone.cli import progress
from keepstone.cli.progress import Bar
from keepstone.measure.state import Progress

if TYPE_CHECKING:
    import pytest

STEP = Progress(done=50, expected=200, text="noise\x1b[31m of half an error", open=3, saved=1200)


def test_a_line_now_and_then_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    out = io.StringIO()
    with Bar(Console(file=out, width=100)) as bar:
        bar.say("reading")
        assert bar.step(STEP)
        clock[0] = progress.EVERY + 1
        assert bar.step(STEP)
        assert bar.step(STEP)
        clock[0] *= 3
        bar.count(3, 9, "batteries")
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(" 25 % of 200 rows")
    assert "3 open · 1 200 rows saved · noise\\x1b[31m" in lines[0]
    assert lines[1] == "3 of 9 batteries"


def test_nothing_where_it_would_disturb() -> None:
    out = io.StringIO()
    with Bar(Console(file=out, width=100, force_terminal=True), quiet=True) as bar:
        bar.say("x")
        assert bar.step(STEP)
    assert out.getvalue() == ""


def test_a_bar_on_a_terminal_is_wiped_at_the_end() -> None:
    out = io.StringIO()
    with Bar(Console(file=out, width=100, force_terminal=True)) as bar:
        bar.say("reading model and cases")
        assert bar.step(STEP)
        bar.count(1, 2, "batteries")
    assert "\x1b[2K" in out.getvalue()
