"""A pytest fixture: assess a model inside a test, insist on its halves, and find the report in the last lines of the run.

    def test_the_model_is_fit_for_use(keepstone):
        keepstone(model, X, y, threshold=0.2, groups=frame[["sex"]]).require("safety", "security")

It loads nothing of Keepstone before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from keepstone.lifecycle.shown import Result

_LONGEST = 80


class _Reports:
    """The reports of this run of pytest, in the order in which they were written."""

    def __init__(self) -> None:
        self.said: list[str] = []


REPORTS = pytest.StashKey[_Reports]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options `--keepstone-out` and `--keepstone-seed`."""
    group = parser.getgroup("keepstone", "Keepstone: safety and security of a model")
    group.addoption("--keepstone-out", metavar="DIR", default=None, help="Folder for plans, logs, results and reports; otherwise pytest's temporary one.")
    group.addoption("--keepstone-seed", metavar="N", type=int, default=None, help="Seed of all randomness, where a test names none.")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no reports."""
    config.stash[REPORTS] = _Reports()


@pytest.fixture
def keepstone(request: pytest.FixtureRequest) -> Callable[..., Result]:
    """Assess a model: takes what `keepstone.assess` takes, and gives its `Result`.

    Each assessment has a folder of its own, named by the test, under `--keepstone-out` or pytest's temporary one. What a test names itself
    (`out`, `seed`) holds.
    """
    config = request.config
    number = 0

    def assessed(model: object, X: object, y: object, **more: Any) -> Result:  # noqa: ANN401, N803  what assess takes
        from keepstone.lifecycle.api import assess

        nonlocal number
        number += 1
        seed = config.getoption("--keepstone-seed")
        chosen = {"out": _folder(request, number), "name": request.node.name, **({} if seed is None else {"seed": seed}), **more}
        result = assess(model, X, y, **chosen)
        if chosen["out"] is not None:
            config.stash[REPORTS].said.append(f"{request.node.nodeid}: {result!r}\n  {Path(chosen['out']) / 'report.html'}")
        return result

    return assessed


def _folder(request: pytest.FixtureRequest, number: int) -> Path:
    """A folder for one assessment of one test."""
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in request.node.nodeid)[-_LONGEST:].strip("-")
    chosen = request.config.getoption("--keepstone-out")
    if chosen is None:
        factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        return factory.mktemp("keepstone", numbered=True)
    return Path(chosen) / (name if number == 1 else f"{name}-{number}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the reports are."""
    said = config.stash[REPORTS].said
    if said:
        terminalreporter.section("keepstone")
        for line in said:
            terminalreporter.line(line)
