"""Batches made on this machine: in this process, or in several.

Several processes change nothing but the time: a batch is an address, each worker keeps its own targets in memory and shares the
shelf's folder, and answers come back in the order asked. Batches of one home (one built target) go to the same worker while it has any.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from keepstone.core.errors import InputError, KeepstoneError
from keepstone.core.origin import Adversary
from keepstone.core.trial import Trials
from keepstone.intake.model import loaded_files, preload
from keepstone.intake.threads import one_thread
from keepstone.measure.play import Played
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.cell import Arm, Plan

Clock: TypeAlias = "Callable[[], float]"

TRAINING_COST = 20_000.0  # rows that a model could answer in the time of training one
PATIENCE = 10.0  # seconds that a worker may take to end by itself


class InProcess:
    """Makes batches one after the other in this process."""

    def __init__(self, shelf: Shelf, clock: Clock | None = None) -> None:
        """Use this shelf; with a clock, keep the seconds by kind of condition."""
        self.shelf, self.clock = shelf, clock
        self.spent: dict[str, float] = {}

    def make(self, wanted: Sequence[Artefact[Any]]) -> Iterator[Any]:
        """Make each in turn."""
        with one_thread():
            for artefact in wanted:
                began = self.clock() if self.clock else 0.0
                value = self.shelf.get(artefact)
                if self.clock and isinstance(artefact, Played):
                    _add(self.spent, artefact, self.clock() - began)
                yield value

    def close(self) -> None:
        """Nothing to end."""


@dataclass(frozen=True)
class Task:
    """A batch by name, so that targets are sent to a worker only once."""

    arm: str
    trials: Trials
    metrics: tuple[str, ...]


@dataclass
class Worker:
    """One process, and what it is doing since when."""

    process: BaseProcess
    link: Connection
    doing: int | None = None
    began: float = 0.0


class Processes:
    """Makes batches in several processes. They start at once, so that they load while the plan is made, and end by `close`."""

    def __init__(self, workers: int, folder: Path, clock: Clock | None = None) -> None:
        """Start so many workers over one shelf's folder; with a clock, keep the seconds by kind of condition."""
        self.folder, self.clock = folder, clock
        self.spent: dict[str, float] = {}
        self.plan: Plan | None = None
        self.homes: dict[str, int] = {}
        self.workers = [self._start() for _ in range(workers)]

    def begin(self, plan: Plan) -> None:
        """Send every worker what it needs to make the plan's batches.

        Raises:
            InputError: If the model can't be sent to another process.
        """
        self.plan = plan
        for worker in self.workers:
            _tell(worker, plan)

    def make(self, wanted: Sequence[Artefact[Any]]) -> Iterator[Any]:
        """Make each batch once, in parallel, and answer in the order asked."""
        yield from self._make([cast("Played", one) for one in wanted])

    def _make(self, wanted: Sequence[Played]) -> Iterator[dict[str, np.ndarray]]:
        waiting = sorted(range(len(wanted)), key=lambda index: -_weight(wanted[index]))
        done: dict[int, dict[str, np.ndarray]] = {}
        for number in range(len(self.workers)):
            self._next(number, waiting, wanted)
        for index in range(len(wanted)):
            while index not in done:
                self._collect(waiting, wanted, done)
            yield done.pop(index)

    def close(self) -> None:
        """End the workers that this executor started."""
        for worker in self.workers:
            with suppress(OSError, ValueError):
                worker.link.send(None)
        for worker in self.workers:
            worker.process.join(PATIENCE if worker.doing is None else 0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.link.close()
        self.workers = []

    def _next(self, number: int, waiting: list[int], wanted: Sequence[Played]) -> None:
        """Give a worker the costliest batch whose target it has, or nobody has; else the costliest of all, whose target it makes too."""
        if not waiting:
            return
        worker = self.workers[number]
        mine = (index for index in waiting if self.homes.get(wanted[index].home, number) == number)
        worker.doing = next(mine, waiting[0])
        waiting.remove(worker.doing)
        played = wanted[worker.doing]
        self.homes.setdefault(played.home, number)
        worker.began = self.clock() if self.clock else 0.0
        worker.link.send(Task(played.arm.id, played.trials, tuple(metric.id for metric in played.metrics)))

    def _collect(self, waiting: list[int], wanted: Sequence[Played], done: dict[int, dict[str, np.ndarray]]) -> None:
        ready = wait([worker.link for worker in self.workers if worker.doing is not None])
        for number, worker in enumerate(self.workers):
            if worker.link not in ready:
                continue
            index = worker.doing
            try:
                value = worker.link.recv()
            except (EOFError, OSError):
                value = {"error": np.array(["the process that played it died"])}
                self.workers[number] = self._start()
            worker.doing = None
            if index is not None:
                done[index] = value
                if self.clock:
                    _add(self.spent, wanted[index], self.clock() - worker.began)
            self._next(number, waiting, wanted)

    def _start(self) -> Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.folder), daemon=True, name="keepstone-worker")
        process.start()
        theirs.close()
        worker = Worker(process, ours)
        if self.plan is not None:
            _tell(worker, self.plan)
        return worker


def _tell(worker: Worker, plan: Plan) -> None:
    """Send the files that were read, then arms and metrics by name."""
    try:
        worker.link.send(loaded_files())
        worker.link.send(plan.arms)
        worker.link.send({cell.metric.id: cell.metric for cell in plan.cells})
    except (BrokenPipeError, EOFError) as error:
        raise KeepstoneError("A worker process died before it began.", hint="Use one worker: --workers 1.") from error
    except Exception as error:  # what the model is made of may not be sendable: whatever is raised says so
        what = " ".join(str(error).split())[:160]
        raise InputError(f"The model can't be sent to worker processes: {what}.", hint="Use one worker: --workers 1.") from error


def _add(spent: dict[str, float], played: Played, seconds: float) -> None:
    name = played.arm.condition.name
    spent[name] = spent.get(name, 0.0) + seconds


def _weight(played: Played) -> float:
    """About what a batch costs, in rows answered: its trials, its queries, and what must be trained for it."""
    condition = played.arm.condition
    asked = len(played.trials) * (1.0 + (condition.origin.queries if isinstance(condition.origin, Adversary) else 0))
    return asked + TRAINING_COST * (len(condition.needs(played.arm.target)) + any(channel.at_rest for channel in condition.channels))


def serve(link: Connection, folder: Path) -> None:
    """The life of a worker: receive the arms once, then make batches until told to end."""
    try:
        with suppress(ImportError):
            import sklearn.ensemble  # noqa: F401  loads while the plan is made
        files = link.recv()
        if files is None:  # ended before it began: what was asked for was refused
            return
        preload(files)
        arms: dict[str, Arm] = {arm.id: arm for arm in link.recv()}
        metrics = link.recv()
        shelf = KeptShelf(folder)
        with one_thread():
            while (task := link.recv()) is not None:
                link.send(shelf.get(Played(arms[task.arm], task.trials, tuple(metrics[name] for name in task.metrics))))
    except (EOFError, KeyboardInterrupt, BrokenPipeError):
        return
