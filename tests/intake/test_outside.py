"""Outside code is called under a time limit, and what it raises is told by its kind alone."""

from __future__ import annotations

import gc
import logging
import threading
import time
from typing import NoReturn

import numpy as np
import pytest
from sklearn import config_context, get_config

from keepstone.core.errors import InputError
from keepstone.intake.model import Guarded
from keepstone.intake.outside import Hung, Thread, Training, Unusable

SECRET = "Jane Doe, born 1931"


def failing(rows: object) -> NoReturn:
    del rows
    msg = f"could not convert string to float: '{SECRET}' \x1b[31m"
    raise ValueError(msg)


def test_the_text_of_an_exception_goes_to_the_terminal_once_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    guarded = Guarded(failing)
    with caplog.at_level(logging.WARNING, "keepstone"):
        answers = [guarded(np.zeros((3, 1))) for _ in range(2)]
    assert {text for answer in answers for text in answer.why.values()} == {"ValueError"}
    assert len(caplog.records) <= 1  # another test may have shown this place before
    for record in caplog.records:
        assert SECRET in record.getMessage()
        assert "\x1b" not in record.getMessage()


def test_a_training_that_raises_is_told_by_its_kind() -> None:
    with pytest.raises(InputError) as caught:
        Training().run(lambda: failing(None), "model.py: «fit»")
    assert caught.value.problems == ["model.py: «fit» could not train: ValueError."]


def test_our_own_words_are_kept() -> None:
    assert set(Guarded(lambda rows: np.array(["a"]))(np.zeros((1, 1))).why.values()) == {"the model must answer with numbers; got <U1"}
    assert set(Guarded(lambda rows: rows[:, [0] * 3])(np.zeros((1, 1))).why.values()) == {"the model must answer with shape (1,) or (1, 2); got (1, 3)"}


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError(SECRET)


def mute(rows: object) -> NoReturn:
    raise Mute


def test_an_exception_that_can_t_say_what_it_is_is_told_too() -> None:
    assert set(Guarded(mute)(np.zeros((2, 1))).why.values()) == {"Mute"}


def test_a_training_that_hangs_is_left_behind_and_no_other_is_begun() -> None:
    training, began, release = Training(seconds=0.2), time.monotonic(), threading.Event()
    for _ in range(3):
        with pytest.raises(InputError, match=r"«fit» could not train: it took longer than 0.2 s, the `fit_seconds`"):
            training.run(lambda: release.wait(60), "«fit»")
    assert time.monotonic() - began < 5
    release.set()


def test_what_ends_the_process_does_not() -> None:
    def end(_value: object) -> NoReturn:
        raise SystemExit(3)

    with pytest.raises(Unusable, match="it raised SystemExit"):
        Thread(end).ask(None, 5)
    with pytest.raises(InputError, match="could not train: it raised SystemExit"):
        Training().run(lambda: end(None), "«fit»")


def test_a_thread_has_the_settings_of_scikit_learn_that_its_caller_has() -> None:
    with config_context(transform_output="pandas"):
        thread = Thread(lambda _value: get_config()["transform_output"])
    assert thread.ask(None, 5) == "pandas"


def test_a_thread_ends_when_nobody_can_ask_it_any_more() -> None:
    thread = Thread(lambda value: value)
    assert thread.ask(3, 5) == 3
    before = {one for one in threading.enumerate() if one.name == "keepstone-outside"}
    del thread
    gc.collect()
    for _ in range(100):
        if {one for one in threading.enumerate() if one.name == "keepstone-outside"} < before:
            return
        time.sleep(0.02)
    pytest.fail("it is still there")


def test_a_call_that_takes_longer_is_left_behind() -> None:
    release = threading.Event()
    with pytest.raises(Hung):
        Thread(lambda _value: release.wait(30)).ask(None, 0.1)
    release.set()
