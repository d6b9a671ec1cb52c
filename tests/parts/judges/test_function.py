"""A judge that is a function: what it may answer, and what it may do wrong."""

from __future__ import annotations

import time

import numpy as np
import pytest

from keepstone.core.chat import Exchange
from keepstone.parts.judges.function import Function

ONE = [Exchange("Why?", "Because.")]


@pytest.mark.parametrize(
    ("answer", "says"), [(True, True), (False, False), (1, True), (0, False), (0.7, True), (0.69, False), (np.float64(0.8), True), (np.True_, True)]
)
def test_truth_values_and_scores_are_read(answer: object, *, says: bool) -> None:
    assert Function(function=lambda _question, _reply: answer, threshold=0.7).read(ONE)[0].says is says


@pytest.mark.parametrize("answer", ["yes", None, float("nan"), [1], np.array([1, 2])])
def test_another_answer_is_none_and_its_value_is_not_told(answer: object) -> None:
    opinion = Function(function=lambda _question, _reply: answer).read(ONE)[0]
    assert opinion.says is None
    assert opinion.why == "the judge must answer True or False, or a number"


def test_what_it_raises_is_told_by_its_kind_alone() -> None:
    def breaks(_question: str, reply: str) -> bool:
        raise ValueError(reply)

    opinion = Function(function=breaks).read(ONE)[0]
    assert (opinion.says, opinion.why) == (None, "ValueError")


def test_a_function_that_hangs_is_left_and_the_rest_not_begun() -> None:
    def hangs(_question: str, _reply: str) -> bool:
        time.sleep(2)
        return True

    said = Function(function=hangs, seconds=0.02).read(ONE * 5)
    assert [one.says for one in said] == [None] * 5
    assert said[-1].why.startswith("calls before it took longer")
