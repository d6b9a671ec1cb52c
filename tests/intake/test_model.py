"""A learner is named by all of its settings, and by nothing that differs from one process to the next."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from keepstone.intake.model import CloneLearner, Estimated
from keepstone.parts.mitigations.regularisation import Again


def long(last: str) -> OneHotEncoder:
    """An estimator whose repr is cut before its last category."""
    return OneHotEncoder(categories=[[*(f"category {at:04}" for at in range(400)), last]])


def test_two_that_differ_only_where_their_repr_is_cut_have_two_names() -> None:
    one, other = long("a"), long("b")
    assert repr(one) == repr(other)
    assert CloneLearner(one).recipe != CloneLearner(other).recipe
    assert CloneLearner(one).recipe == CloneLearner(long("a")).recipe


def test_what_an_estimator_has_learned_is_no_part_of_its_name() -> None:
    x, y = np.arange(20.0).reshape(10, 2), np.arange(10) % 2
    assert CloneLearner(LogisticRegression().fit(x, y)).recipe == CloneLearner(LogisticRegression().fit(x[:8], y[:8])).recipe
    assert CloneLearner(LogisticRegression(C=2.0)).recipe != CloneLearner(LogisticRegression()).recipe


def test_estimators_inside_others_count_with_their_settings() -> None:
    def whole(c: float) -> object:
        return make_pipeline(ColumnTransformer([("one", long("a"), [0])]), LogisticRegression(C=c))

    assert CloneLearner(whole(1.0)).recipe == CloneLearner(whole(1.0)).recipe
    assert CloneLearner(whole(1.0)).recipe != CloneLearner(whole(1.5)).recipe


def test_tighter_settings_are_of_a_kind_that_is_named_in_full() -> None:
    assert Again(Estimated(long("a")), ()).recipe != Again(Estimated(long("b")), ()).recipe


def test_a_name_is_the_same_in_every_process() -> None:
    code = (
        "import sys; sys.path.insert(0, 'src')\n"
        "from sklearn.preprocessing import FunctionTransformer\nimport numpy as np\n"
        "from keepstone.intake.model import CloneLearner\n"
        "print(CloneLearner(FunctionTransformer(np.log1p, kw_args={'where': True})).recipe)"
    )
    names = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() for _ in range(2)}
    assert names == {CloneLearner(FunctionTransformer(np.log1p, kw_args={"where": True})).recipe}


def test_what_can_not_be_copied_is_named_all_the_same() -> None:
    class Own:
        """No estimator of scikit-learn."""

        def __init__(self, rate: float) -> None:
            self.rate = rate

    assert CloneLearner(Own(0.1)).recipe != CloneLearner(Own(0.2)).recipe
