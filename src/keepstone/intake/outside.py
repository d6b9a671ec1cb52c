"""Code from outside is called here: under a time limit, and what it raises is told by its kind alone.

The text of an exception may hold values of the user's rows ("could not convert string to float: 'Jane Doe'"), and what is told ends in files. So only the
kind of an exception is told; its text goes to the terminal, once for each place that raises.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, cast

from keepstone.core.errors import InputError, PartError
from keepstone.intake.fields import inert
from keepstone.intake.threads import one_here, one_thread

LONGEST = 300  # letters of an exception's text that the terminal shows
TRAINING = 600.0
"""Seconds that one training may take, where nobody said otherwise."""


class Hung(Exception):
    """A call took longer than it may."""


class Unusable(PartError):
    """What outside code gave can't be used. It is said in our own words, and never with a value of a row: they are kept."""


_TOLD: set[tuple[str, str, int]] = set()
"""Kinds and places of exceptions that the terminal has shown."""


def told(error: Exception, who: str) -> str:
    """Name the kind of an exception; its text goes to the terminal.

    Args:
        error: What was raised. What is `Unusable` says so itself.
        who: Who raised it, for the terminal: "The model".
    """
    if isinstance(error, Unusable):
        return str(error)
    name, frames = inert(type(error).__name__)[:80], traceback.extract_tb(error.__traceback__)
    file, line = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
    if (name, file, line) not in _TOLD:
        _TOLD.add((name, file, line))
        logging.getLogger("keepstone").warning("keepstone: %s raised %s at %s:%s: %s", who, name, inert(file), line, _text(error))
    return name


def _text(error: BaseException) -> str:
    try:
        return inert(" ".join(str(error).split())[:LONGEST])
    except Exception:  # noqa: BLE001  an exception from outside may fail to say what it is
        return "no text"


class Thread:
    """One daemon thread that calls a function with one argument, so that a hang can be left behind."""

    def __init__(self, call: Callable[[Any], Any]) -> None:
        """Start it; it ends when nobody holds this object any more."""
        self.asked: queue.SimpleQueue[tuple[Any] | None] = queue.SimpleQueue()
        self.answered: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        serve = copy_context().run
        threading.Thread(target=serve, args=(_serve, call, self.asked, self.answered, _settings()), name="keepstone-outside", daemon=True).start()
        weakref.finalize(self, self.asked.put, None)

    def ask(self, value: object, seconds: float) -> Any:  # noqa: ANN401  outside code may answer with anything
        """Call with a value.

        Raises:
            Hung: It took longer.
            Unusable: It tried to end the process.
            Exception: Whatever it raised.
        """
        self.asked.put((value,))
        try:
            answer, error = self.answered.get(timeout=seconds)
        except queue.Empty:
            raise Hung from None
        if error is not None:
            raise error if isinstance(error, Exception) else Unusable(f"it raised {type(error).__name__}")
        return answer


def _serve(
    call: Callable[[Any], Any],
    asked: queue.SimpleQueue[tuple[Any] | None],
    answered: queue.SimpleQueue[tuple[Any, BaseException | None]],
    settings: AbstractContextManager[object],
) -> None:
    with settings, one_here():
        while (given := asked.get()) is not None:
            try:
                answered.put((call(*given), None))
            except BaseException as error:  # noqa: BLE001  handed to the asking thread, which judges it
                answered.put((None, error))


def _settings() -> AbstractContextManager[object]:
    """The settings of scikit-learn, which a thread of its own would not have."""
    loaded: Any = sys.modules.get("sklearn")
    if not hasattr(loaded, "get_config"):
        return nullcontext()
    return cast("AbstractContextManager[object]", loaded.config_context(**loaded.get_config()))


@dataclass(eq=False)
class Training:
    """How long one training may take. After one that hangs, no other is begun.

    Attributes:
        seconds: Longest time.
        hung: Whether one took longer.
    """

    seconds: float = TRAINING
    hung: bool = False

    def run(self, train: Callable[[], Any], what: str) -> Any:  # noqa: ANN401  whatever outside code gives
        """Train by outside code.

        Args:
            train: Trains.
            what: What messages call it.

        Raises:
            InputError: It raised, or took longer, or one before it did.
        """
        if not self.hung:
            try:
                return self._timed(train)
            except Hung:
                self.hung = True
            except Exception as error:  # outside code: whatever it raises is told by its kind
                raise InputError(f"{what} could not train: {told(error, what)}.") from error
        raise InputError(f"{what} could not train: it took longer than {self.seconds:g} s, the `fit_seconds` that one training may take.")

    def _timed(self, train: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever outside code gives
        def held(_nothing: None) -> object:
            with one_thread():
                return train()

        thread = Thread(held)
        return thread.ask(None, self.seconds)
