from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from keepstone.core.errors import PartError
from keepstone.intake.average import Mean, averaged
from keepstone.intake.model import Estimated
from keepstone.intake.parameters import read_parameters, write_parameters

X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 3.0], [3.0, 0.0]])
Y = np.array([0, 1, 0, 1])


def fitted(c: float) -> Estimated:
    return Estimated(LogisticRegression(C=c).fit(X, Y))


def test_the_mean_of_estimators_is_an_estimator_with_all_their_parameters() -> None:
    members = [fitted(0.1), fitted(10.0)]
    both = averaged(members)
    assert isinstance(both, Estimated)
    assert np.array_equal(both(X), (members[0](X) + members[1](X)) / 2)
    assert np.array_equal(read_parameters(both.estimator), np.concatenate([read_parameters(one.estimator) for one in members]))


def test_a_copy_with_other_parameters_leaves_the_members_alone() -> None:
    members = [fitted(0.1), fitted(10.0)]
    both = averaged(members)
    assert isinstance(both, Estimated)
    before = both(X)
    other = Estimated(write_parameters(both.estimator, np.zeros(6)))
    assert np.array_equal(other(X), np.full(4, 0.5))
    assert np.array_equal(both(X), before)


def test_members_may_name_their_classes_differently() -> None:
    words = Estimated(LogisticRegression().fit(X, np.array(["no", "yes", "no", "yes"])), positive="yes")
    assert np.array_equal(averaged([words, words])(X), words(X))


def test_with_a_function_among_them_the_mean_is_a_function() -> None:
    both = averaged([fitted(1.0), lambda x: np.zeros(len(x))])
    assert isinstance(both, Mean)
    assert np.array_equal(both(X), fitted(1.0)(X) / 2)


def test_parameters_of_an_unknown_kind_stay_unknown() -> None:
    both = averaged([Estimated(RandomForestClassifier(2, random_state=0).fit(X, Y))] * 2)
    assert isinstance(both, Estimated)
    with pytest.raises(PartError, match="not known"):
        read_parameters(both.estimator)
