"""The learners of the controls do what is said of them."""

from __future__ import annotations

import numpy as np

from keepstone.areas.ward import LABS, TYPICAL, Always, ByAge, LeastLoss, NearestCase, Scrambled, Ward


def test_the_same_arguments_give_the_same_ward_and_other_ones_another() -> None:
    assert Ward().table("test", "ill").digest == Ward().table("test", "ill").digest
    digests = {Ward(error=error).table(name, outcome).digest for error in (0.6, 6) for name in ("train", "test") for outcome in ("age", "ill", "noisy")}
    assert len(digests) == 12
    train, test = (Ward().table(name, "ill") for name in ("train", "test"))
    assert not np.isin(train.row, test.row).any()


def test_a_rolled_delivery_keeps_its_values_and_loses_their_owners() -> None:
    there, here = (Ward(roll=roll).table("test", "ill").x for roll in (14, 0))
    assert np.array_equal(np.roll(here[300:, LABS], 14, axis=0), there[300:, LABS], equal_nan=True)
    assert np.array_equal(here[:300], there[:300], equal_nan=True)


def test_logistic_regression_is_at_its_optimum() -> None:
    table = Ward().table("train", "ill")
    model = LeastLoss().fit(table.x, table.y, seed=0).estimator  # type: ignore[attr-defined]
    filled = (np.where(np.isnan(table.x), TYPICAL, table.x) - model.middle) / model.scale
    slope = filled.T @ (table.y - model.predict_proba(table.x)[:, 1]) - model.coef_[0]
    assert np.abs(slope[3:]).max() < 1e-6
    assert (model.coef_[0, :3] == 0).all()


def test_weights_count_rows_as_often() -> None:
    table = Ward().table("train", "ill")
    weight = np.where(np.arange(600) % 2 == 0, 2.0, 0.0)
    twice = np.repeat(np.flatnonzero(weight), 2)
    found = [LeastLoss().fit(table.x[twice], table.y[twice], seed=0)(table.x), LeastLoss().fit(table.x, table.y, seed=0, weight=weight)(table.x)]
    assert np.abs(found[0] - found[1]).max() < 0.02


def test_those_that_train_nothing_ignore_labels() -> None:
    table = Ward().table("train", "age")
    for learner in (ByAge(), Always(0.3), Scrambled()):
        assert np.array_equal(learner.fit(table.x, table.y, seed=0)(table.x), learner.fit(table.x, 1 - table.y, seed=1)(table.x))
    assert not np.array_equal(NearestCase().fit(table.x, table.y, seed=0)(table.x), NearestCase().fit(table.x, 1 - table.y, seed=0)(table.x))
