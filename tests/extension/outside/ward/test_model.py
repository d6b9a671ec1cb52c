"""The model is fit for use: a test like any other, run wherever tests are run."""

from collections.abc import Callable

import pandas as pd
from sklearn.linear_model import LogisticRegression

import keepstone as ks

COLUMNS = ["age", "pulse", "temperature"]


def test_the_model_is_fit_for_use(keepstone: Callable[..., ks.Result]) -> None:
    cases = pd.read_csv("cases.csv")
    train, test = (cases[cases["part"] == part] for part in ("train", "test"))
    model = LogisticRegression(max_iter=1000).fit(train[COLUMNS], train["worse"] == "yes")
    result = keepstone(model, test[COLUMNS], test["worse"] == "yes", threshold=0.2, only="control")
    result.require("control", accept_open=True)
