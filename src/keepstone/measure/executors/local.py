"""Batches made on this machine: in this process, or in several.

Several processes change nothing but the time: a batch is an address, each worker keeps its own targets in memory and shares the
shelf's folder, and answers come back in the order asked. Batches of one home (one built target) always go to the same worker.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from keepstone.core.errors import InputError
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

PATIENCE = 10.0  # seconds that a worker may take to end by itself


class InProcess:
    """Makes batches one after the other in this process."""

    def __init__(self, shelf: Shelf) -> None:
        """Use this shelf."""
        self.shelf = shelf

    def make(self, wanted: Sequence[Artefact[Any]]) -> Iterator[Any]:
        """Make each in turn."""
        with one_thread():
            for artefact in wanted:
                yield self.shelf.get(artefact)

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
    """One process, what it is doing, and how much it was given so far."""

    process: BaseProcess
    link: Connection
    load: float = 0.0
    doing: int | None = None


class Processes:
    """Makes batches in several processes. They are started when first needed and ended by `close`."""

    def __init__(self, plan: Plan, workers: int, folder: Path) -> None:
        """Divide the plan's batches among so many workers, over one shelf's folder."""
        self.plan, self.count, self.folder = plan, workers, folder
        self.workers: list[Worker] = []
        self.homes: dict[str, int] = {}

    def make(self, wanted: Sequence[Artefact[Any]]) -> Iterator[Any]:
        """Make each batch once, in parallel, and answer in the order asked."""
        yield from self._make([cast("Played", one) for one in wanted])

    def _make(self, wanted: Sequence[Played]) -> Iterator[dict[str, np.ndarray]]:
        if not self.workers:
            self.workers = [self._start() for _ in range(self.count)]
        waiting = self._divide(wanted)
        done: dict[int, dict[str, np.ndarray]] = {}
        for number in range(self.count):
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

    def _divide(self, wanted: Sequence[Played]) -> list[list[int]]:
        """Per worker, what it is to make, in order. A home that is new goes to the worker with the least to do."""
        waiting: list[list[int]] = [[] for _ in self.workers]
        for index, played in enumerate(wanted):
            home = played.home
            if home not in self.homes:
                self.homes[home] = min(range(self.count), key=lambda number: self.workers[number].load)
            number = self.homes[home]
            self.workers[number].load += _weight(played)
            waiting[number].append(index)
        return waiting

    def _next(self, number: int, waiting: list[list[int]], wanted: Sequence[Played]) -> None:
        worker = self.workers[number]
        if waiting[number]:
            worker.doing = waiting[number].pop(0)
            played = wanted[worker.doing]
            worker.link.send(Task(played.arm.id, played.trials, tuple(metric.id for metric in played.metrics)))

    def _collect(self, waiting: list[list[int]], wanted: Sequence[Played], done: dict[int, dict[str, np.ndarray]]) -> None:
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
            self._next(number, waiting, wanted)

    def _start(self) -> Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.folder), daemon=True, name="keepstone-worker")
        process.start()
        theirs.close()
        try:
            ours.send(loaded_files())
            ours.send(self.plan.arms)
            ours.send({metric.id: metric for metric in (cell.metric for cell in self.plan.cells)})
        except (AttributeError, TypeError, ValueError) as error:
            process.kill()
            message = f"The model can't be sent to worker processes: {' '.join(str(error).split())[:160]}."
            raise InputError(message, hint="Use one worker: --workers 1.") from error
        except Exception as error:
            process.kill()
            raise InputError(f"The model can't be sent to worker processes: {error}.", hint="Use one worker: --workers 1.") from error
        return Worker(process, ours)


def _weight(played: Played) -> float:
    origin = played.arm.condition.origin
    return len(played.trials) * (1.0 + (origin.queries if isinstance(origin, Adversary) else 0))


def serve(link: Connection, folder: Path) -> None:
    """The life of a worker: receive the arms once, then make batches until told to end."""
    try:
        preload(link.recv())
        arms: dict[str, Arm] = {arm.id: arm for arm in link.recv()}
        metrics = link.recv()
        shelf = KeptShelf(folder)
        with one_thread():
            while (task := link.recv()) is not None:
                link.send(shelf.get(Played(arms[task.arm], task.trials, tuple(metrics[name] for name in task.metrics))))
    except (EOFError, KeyboardInterrupt, BrokenPipeError):
        return
