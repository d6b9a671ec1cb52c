"""Things that would answer alike have one name, others another; in every process."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
import types

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from keepstone.intake.fingerprint import fingerprint

X = np.arange(40.0).reshape(20, 2) % 7
Y = (X[:, 0] > 2).astype(int)
FACTOR = 2.0


def twice(x: float) -> float:
    return FACTOR * x


def closed(factor: float) -> types.FunctionType:
    def times(x: float) -> float:
        return factor * x

    return times  # type: ignore[return-value]


class Model:
    """A model of one's own."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def predict(self, x: float) -> float:
        return x * self.weight


PAIRS = {
    "numbers": (1, 2),
    "a number and a truth value": (1, True),
    "kinds of number": (1, 1.0),
    "texts": ("a", "b"),
    "a text and bytes": ("a", b"a"),
    "lists": ([1, 2], [2, 1]),
    "a list and a tuple": ([1], (1,)),
    "where a list ends": ([[1], 2], [[1, 2]]),
    "arrays": (np.zeros(3), np.ones(3)),
    "shapes": (np.zeros((2, 3)), np.zeros((3, 2))),
    "types of arrays": (np.zeros(3), np.zeros(3, dtype=np.float32)),
    "arrays of objects": (np.array(["a", None], dtype=object), np.array(["b", None], dtype=object)),
    "dicts": ({"a": 1}, {"a": 2}),
    "sets": ({1, 2}, {1, 3}),
    "functions": (twice, closed),
    "what a function closes over": (closed(1.0), closed(2.0)),
    "arguments beforehand": (functools.partial(twice, 1), functools.partial(twice, 2)),
    "objects": (Model(1.0), Model(2.0)),
    "what a method belongs to": (Model(1.0).predict, Model(2.0).predict),
    "parameters": (LogisticRegression(C=1.0), LogisticRegression(C=2.0)),
    "fitted and not": (LogisticRegression(), LogisticRegression().fit(X, Y)),
    "fitted on other rows": (LogisticRegression().fit(X, Y), LogisticRegression().fit(X[:15], Y[:15])),
    "seeds": (RandomForestClassifier(5, random_state=1).fit(X, Y), RandomForestClassifier(5, random_state=2).fit(X, Y)),
}


@pytest.mark.parametrize("what", PAIRS)
def test_other_things_have_another_name(what: str) -> None:
    one, other = PAIRS[what]
    assert fingerprint(one) == fingerprint(one)
    assert fingerprint(one) != fingerprint(other)


def test_what_is_made_the_same_way_has_one_name() -> None:
    def made() -> object:
        return make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=1)).fit(X, Y)

    assert fingerprint(made()) == fingerprint(made())
    assert fingerprint(closed(1.0)) == fingerprint(closed(1.0))
    assert fingerprint({"b", "a", "c"}) == fingerprint({"c", "b", "a"})


def test_a_global_that_a_function_uses_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(twice)
    monkeypatch.setitem(twice.__globals__, "FACTOR", 3.0)
    assert fingerprint(twice) != before


def test_a_method_s_code_counts() -> None:
    class Other(Model):
        def predict(self, x: float) -> float:
            return x - self.weight

    Other.__qualname__ = Other.__name__ = "Model"
    assert fingerprint(Other(1.0)) != fingerprint(Model(1.0))


def test_circles_end() -> None:
    ring: list[object] = [1]
    ring.append(ring)
    other: list[object] = [2]
    other.append(other)
    assert fingerprint(ring) != fingerprint(other)


def test_what_is_too_deep_is_cut() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert fingerprint(deep)


def test_what_can_t_be_read_counts_by_its_class() -> None:
    assert fingerprint(threading.Lock()) == fingerprint(threading.Lock())
    assert fingerprint(threading.Lock()) != fingerprint(threading.Event)


def test_it_is_the_same_in_another_process() -> None:
    code = (
        "from keepstone.intake.fingerprint import fingerprint\n"
        "def f(x, y={'b', 'a', 'c'}):\n    return {x, 'p', 'q', 'r'}\n"
        "print(fingerprint([f, {'b', 'a', 'c'}, frozenset({('x', 1), ('y', 2)})]))"
    )
    seeds = ("1", "2", "3")
    found = {subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout for seed in seeds}
    assert len(found) == 1
