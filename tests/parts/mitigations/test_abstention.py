from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.screened import Screened
from keepstone.core.table import Feature, Table
from keepstone.intake.model import Guarded
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.abstention import Abstention, Cuts, cuts_of, level_of, only_no, only_yes
from keepstone.parts.targets.classifier import Classifier
from keepstone.stats.chance import Address, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats


def drawn(seed: int, rows: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Draw scores and outcomes that go together, with ties."""
    luck = uniform(Address(seed, "scores", 0, rows), "draw", 2)
    truth = luck[:, 0] < 0.3
    score = np.where(truth, luck[:, 1] ** 0.6, luck[:, 1] ** 2.0)
    return np.asarray(np.round(score, 2), dtype=np.float64), truth


def by_definition(score: float, label: int, scores: Floats, truth: NDArray[np.bool_], error: float) -> bool:
    """The textbook: a label is in the set if the share of calibration rows of that label at least as strange, this one counted, is above the error."""
    strange = 1 - scores[truth] if label else scores[~truth]
    mine = 1 - score if label else score
    return bool((1 + (strange >= mine).sum()) / (1 + len(strange)) > error + 1e-12)


@pytest.mark.parametrize("error", [0.02, 0.1, 0.25, 0.5])
@pytest.mark.parametrize("rows", [12, 200])
def test_the_cuts_are_the_conformal_set_by_its_definition(error: float, rows: int) -> None:
    scores, truth = drawn(rows, rows)
    fresh, _ = drawn(99, 60)
    cuts = cuts_of(scores, truth, error)
    sets = [tuple(label for label in (0, 1) if by_definition(score, label, scores, truth, error)) for score in fresh]
    assert only_yes(fresh, cuts).tolist() == [one == (1,) for one in sets]
    assert only_no(fresh, cuts).tolist() == [one == (0,) for one in sets]


@pytest.mark.parametrize("error", [0.05, 0.2])
def test_each_outcome_is_answered_wrongly_no_more_often_than_promised(error: float) -> None:
    runs, calibration, fresh = 400, 60, 200
    wrong = np.zeros((runs, 2))
    for run in range(runs):
        scores, truth = drawn(1000 + run, calibration + fresh)
        cuts = cuts_of(scores[:calibration], truth[:calibration], error)
        score, came = scores[calibration:], truth[calibration:]
        wrong[run] = only_no(score[came], cuts).mean(), only_yes(score[~came], cuts).mean()
    allowance = 3 * wrong.std(axis=0) / np.sqrt(runs)
    assert (wrong.mean(axis=0) <= error + allowance).all(), "the guarantee"
    assert (wrong.mean(axis=0) >= error / 3).all(), "and it is used, not bought by answering nobody"


def test_the_level_for_a_share_of_answers_is_the_smallest_that_reaches_it() -> None:
    scores, truth = drawn(5, 4000)
    error = level_of(scores, truth, 0.4, 0.7)
    answered = [
        float((only_yes(scores, cuts) | only_no(scores, cuts)).mean()) for cuts in (cuts_of(scores, truth, error), cuts_of(scores, truth, error - 0.005))
    ]
    assert answered[0] >= 0.7 > answered[1]


def test_a_model_that_is_never_wrong_answers_at_the_smallest_level() -> None:
    truth = np.arange(2000) % 2 == 0
    assert level_of(np.where(truth, 0.99, 0.01), truth, 0.5, 0.8) == 0.005


def test_a_share_that_cannot_be_reached_gives_the_level_that_answers_most() -> None:
    truth = np.arange(40) % 2 == 0
    scores = np.linspace(0, 1, 40)
    level = level_of(scores, truth, 0.5, 0.999)
    cuts = cuts_of(scores, truth, level)
    answered = (only_yes(scores, cuts) & (scores >= 0.5)) | (only_no(scores, cuts) & (scores < 0.5))
    assert 0 < answered.mean() < 0.999


def test_it_is_sound_and_answers_about_the_share_asked_for(sound: Callable[..., Screened], play: Callable[..., dict[str, Floats]]) -> None:
    wrapped = sound(Abstention(coverage=0.8))
    outcome = play(wrapped)
    answered = outcome["ruling"] == Ruling.ALLOWED
    assert 0.7 < answered.mean() < 0.95
    assert np.isnan(outcome["flagged"][~answered]).all()
    assert np.isnan(outcome["score"][~answered]).all()
    assert set(outcome["ruling"].tolist()) == {Ruling.ALLOWED, Ruling.ABSTAINED}


def test_it_changes_no_answer_that_it_lets_through(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    before, after = play(ward), play(Abstention(error=0.1).wrap(ward, KeptShelf()))
    answered = after["ruling"] == Ruling.ALLOWED
    assert np.array_equal(before["flagged"][answered], after["flagged"][answered])
    assert np.array_equal(before["score"][answered], after["score"][answered])


def test_a_higher_error_level_is_wrong_about_more(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    wrong = []
    for error in (0.01, 0.03, 0.1):
        outcome = play(Abstention(error=error).wrap(ward, KeptShelf()))
        answered = outcome["ruling"] == Ruling.ALLOWED
        wrong.append(float((answered & (outcome["flagged"] != outcome["truth"])).mean()))
    assert wrong == sorted(wrong)
    assert wrong[0] < wrong[2]


def test_the_object_with_its_numbers_needs_no_rows(ward: Classifier, play: Callable[..., dict[str, Floats]], equal: Callable[..., bool]) -> None:
    first = Abstention(error=0.1).wrap(ward, KeptShelf())
    assert isinstance(first, Screened)
    deployed = first.screens[0]
    assert isinstance(deployed, Abstention)
    assert deployed.cuts is not None
    assert deployed.needs(ward) == ()
    assert equal(play(deployed.wrap(ward, KeptShelf())), play(first))


def test_without_numbers_it_answers_nobody() -> None:
    tap = Abstention().begin(2, {})
    said = tap(OUTPUT, Signal(np.array([[0.01, 0.0], [0.99, 1.0]]), np.zeros(2, dtype=np.int8)))
    assert said.rulings.tolist() == [Ruling.ABSTAINED] * 2


def test_what_was_refused_before_stays_refused() -> None:
    tap = Abstention(cuts=Cuts(0.2, 0.4, 0.1)).begin(2, {})
    said = tap(OUTPUT, Signal(np.array([[np.nan, np.nan], [0.9, 1.0]]), np.array([3, 1], dtype=np.int8)))
    assert said.rulings.tolist() == [Ruling.BLOCKED, Ruling.CHANGED]


def test_a_decision_that_is_not_the_one_label_left_is_handed_on() -> None:
    tap = Abstention(cuts=Cuts(0.5, 0.6, 0.1)).begin(1, {})
    assert tap(OUTPUT, Signal(np.array([[0.4, 1.0]]), np.zeros(1, dtype=np.int8))).rulings.tolist() == [Ruling.ABSTAINED]


def test_it_reads_nothing_but_the_output() -> None:
    signal = Signal(np.zeros((1, 3)), np.zeros(1, dtype=np.int8))
    assert Abstention().begin(1, {})(INPUT, signal) is signal


def test_a_target_without_rows_to_look_at_does_not_fit() -> None:
    feature = (Feature(name="a"),)
    x, y, row = np.zeros((4, 1)), np.array([0, 1, 0, 1], dtype=np.int8), np.arange(4)
    table = Table(feature, x, y, row, row, {}, row * 0, key_of("tiny"))
    bare = Classifier("bare", "digest", Guarded(lambda rows: rows[:, 0]), 0.5, table)
    assert "give `search`" in Abstention().unfit(bare)
    assert Abstention(cuts=Cuts(0.1, 0.2, 0.1)).unfit(bare) == ""


@pytest.mark.parametrize(("wrong", "sentence"), [({"coverage": 1.2}, "«coverage»"), ({"error": 0.0}, "«error»")])
def test_a_share_that_is_none_is_refused(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Abstention(**wrong)  # type: ignore[arg-type]


def test_the_id_says_what_was_asked_for() -> None:
    assert (Abstention(coverage=0.75).id, Abstention(error=0.1).id) == ("abstention-cover0p75", "abstention-error0p1")
