"""The assessment from Python, on a small area made for these tests: what comes in, what is guessed, what is refused, what breaks."""

from __future__ import annotations

import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import keepstone as ks
from keepstone.core.errors import InputError, RequirementError
from keepstone.core.origin import Area
from keepstone.core.probe import Probe, Scope, Unasked
from keepstone.govern.schema import result_schema
from keepstone.ledger import keys
from keepstone.lifecycle import inventory

ROWS = 400
X = np.column_stack([np.arange(ROWS) % 11, np.arange(ROWS) % 7, np.arange(ROWS) % 5]).astype(np.float64) + 0.25
Y = (X[:, 0] > 5).astype(int)
TRAIN = (X[::2] + 0.001, Y[::2])
ADOPTED = {"reason": "why", "set_by": "Dr A. Example", "source": "board", "date": "2026-01-31"}


def model(rows: np.ndarray) -> np.ndarray:
    """Never wrong, and unmoved by what does not cross the line."""
    return np.where(rows[:, 0] > 5, 0.9, 0.1)


def probes(scope: Scope) -> Iterator[Probe | Unasked]:
    """Ordinary use, noise, a gap between groups, and flipped labels where the target can be trained again."""
    nominal, noise, flips = (
        inventory.part("condition", "nominal")(),
        inventory.part("condition", "sensor_noise")(),
        inventory.part("condition", "label_noise")(),
    )
    missed = inventory.part("metric", "missed")()
    for condition, risk in ((nominal, "ordinary_use"), (noise, "sensor_noise"), (flips, "retraining")):
        yield Probe(risk=scope.risk(f"robustness.{risk}"), condition=condition, metric=missed, limit=0.3, paired=missed, guard=True)
    for attribute, names in scope.groups:
        gap = inventory.part("metric", "gap")(of="missed", attribute=attribute, groups=names)
        yield Probe(risk=scope.risk("robustness.weak_slice"), condition=nominal, metric=gap, limit=0.3)


@pytest.fixture(autouse=True)
def area(monkeypatch: pytest.MonkeyPatch) -> None:
    """One area that asks instead of twelve, so that a run takes a tenth of a second."""
    made = [types.SimpleNamespace(AREA=area, probes=probes if area is Area.ROBUSTNESS else lambda scope: iter(())) for area in Area]
    monkeypatch.setattr(inventory, "areas", lambda kind="table": iter(made))


def verdicts(result: ks.Result) -> dict[str, str]:
    return {one.id: one.verdict for one in result.findings}


NOMINAL, NOISE, FLIPS = "robustness.nominal.missed", "robustness.sensor_noise-0p5.missed", "robustness.label_noise"


# ---- what comes in ----


def test_a_function_and_an_array() -> None:
    result = ks.assess(model, X, Y, threshold=0.5)
    assert verdicts(result)[NOMINAL] == "pass"
    assert result.findings[0].mean == 0
    assert result.document.system.target == "function model"
    unasked = {one.id: one.why for one in result.document.unmeasured if one.area == "robustness"}
    assert len(unasked) == 1
    assert all("«train»" in why and "«fit»" in why for why in unasked.values())


def test_the_document_fits_its_schema() -> None:
    import jsonschema_rs

    result = ks.assess(model, X, Y, groups={"site": np.where(X[:, 2] > 2, "a", "b")}, mitigations="label_only")
    assert jsonschema_rs.validator_for(msgspec.json.decode(result_schema())).is_valid(result.to_dict())
    assert len(result.document.areas) == 12


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    given: dict[str, Any] = {"threshold": 0.5, "groups": {"site": np.where(X[:, 2] > 2, "a", "b")}, "train": TRAIN}
    fitted = LogisticRegression().fit(*TRAIN)
    first = ks.assess(fitted, X, Y, **given, out=tmp_path / "a")
    ks.assess(LogisticRegression().fit(*TRAIN), X.copy(), Y.tolist(), **given, out=tmp_path / "b")
    other = ks.assess(fitted, X, Y, **given, seed=8)
    one, two = ((tmp_path / name / "result.json").read_bytes() for name in "ab")
    plain = msgspec.structs.replace(first.document, key=msgspec.json.decode(one)["key"])
    assert one == two
    assert first.to_dict() == msgspec.to_builtins(plain)
    assert other.to_dict() != first.to_dict()


FRAME = pd.DataFrame({"lab": X[:, 0], "ward": np.where(X[:, 1] > 3, "north", "south"), "age": (X[:, 2] * 10).astype(int)})
WORDS = np.where(Y == 1, "ill", "well")


def test_a_pipeline_of_a_frame_with_words() -> None:
    steps = make_column_transformer((OneHotEncoder(), ["ward"]), (StandardScaler(), ["lab", "age"]))
    fitted = make_pipeline(steps, LogisticRegression()).fit(FRAME, WORDS)
    result = ks.assess(fitted, FRAME, WORDS, positive="ill", threshold=0.5, groups=["ward"], train=(FRAME, WORDS), features={"ward": {"immutable": True}})
    found = verdicts(result)
    assert found[NOMINAL] == "pass"
    assert "error" not in found.values()
    assert any(name.startswith(FLIPS) for name in found)
    assert any("gap-missed-ward" in name for name in found)


def test_a_list_of_rows_and_answers_in_words() -> None:
    result = ks.assess(lambda rows: ["ill" if row[0] > 5 else "well" for row in rows], X.tolist(), WORDS, positive="ill", threshold=0.5)
    assert verdicts(result)[NOMINAL] == "pass"


def test_scores_alone() -> None:
    result = ks.assess(None, X, Y, predictions=model(X), threshold=0.5)
    assert verdicts(result) == {NOMINAL: "pass"}
    assert {one.why for one in result.document.unmeasured if "sensor_noise" in one.id} == {
        "the target is scores alone and can't be asked about other rows: give «model», «call» or «fit»"
    }
    assert verdicts(ks.assess(None, None, WORDS, predictions=WORDS, positive="ill", threshold=0.5)) == {NOMINAL: "pass"}


def test_a_function_that_trains() -> None:
    seeds = []

    def fit(rows: np.ndarray, y: np.ndarray, seed: int) -> LogisticRegression:
        seeds.append(seed)
        return LogisticRegression(random_state=seed).fit(rows, y)

    result = ks.assess(None, X, Y, train=TRAIN, fit=fit, recall=0.9)
    assert result.document.system.target == "trained by a function"
    assert result.findings[0].provisional == ()
    assert len(seeds) > 3


def test_units_hang_together() -> None:
    result = ks.assess(model, X, Y, threshold=0.5, unit=np.arange(ROWS) // 4)
    alone = ks.assess(model, X, Y, threshold=0.5)
    assert result.findings[0].trials is not None
    assert alone.findings[0].trials is not None
    assert result.findings[0].trials < alone.findings[0].trials


# ---- guesses and limits ----


def test_a_guess_that_decides_makes_a_verdict_provisional() -> None:
    guessed = ks.assess(model, X, Y).findings
    assert guessed[0].provisional == ("target.threshold",)
    assert guessed[0].verdict == "inconclusive"
    known = {name: {"lower": 0.0, "upper": 12.0, "error_rel": 0.001, "error_abs": 0.0, "immutable": False} for name in ("x0", "x1", "x2")}
    chosen = {one.id: one for one in ks.assess(model, X, Y, threshold=0.5).findings}
    assert chosen[NOMINAL].provisional == ()
    assert chosen[NOISE].provisional == tuple(f"feature.*.{field}" for field in ("error_rel", "immutable", "lower", "upper"))
    assert chosen[NOISE].verdict == "inconclusive"
    assert ks.assess(model, X, Y, threshold=0.5, features=known).findings[1].provisional == ()


def test_a_model_that_only_decides_has_no_threshold_to_guess() -> None:
    from sklearn.svm import LinearSVC

    assert ks.assess(LinearSVC().fit(X, Y), X, Y).findings[0].provisional == ()


def test_which_label_matters_may_be_a_guess() -> None:
    assert "data.positive" in ks.assess(lambda rows: np.where(rows[:, 0] > 5, "ill", "well"), X, WORDS, threshold=0.5).findings[0].provisional


def test_a_limit_holds_whether_or_not_somebody_stands_for_it() -> None:
    result = ks.assess(model, X, Y, threshold=0.5, limits={"*.missed": 0.2, NOMINAL: {"limit": 0.1, **ADOPTED, "critical": True}})
    by_id = {one.id: one for one in result.findings}
    assert (by_id[NOISE].limit, by_id[NOISE].adopted) == (0.2, False)
    assert (by_id[NOMINAL].limit, by_id[NOMINAL].adopted, by_id[NOMINAL].critical) == (0.1, True, True)
    assert (by_id[NOMINAL].set_by, by_id[NOMINAL].date) == ("Dr A. Example", "2026-01-31")


def test_a_limit_that_speaks_of_nothing_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        ks.assess(model, X, Y, limits={"robustness.nominal.mised": 0.2})
    assert caught.value.problems == [
        f"The criterion «robustness.nominal.mised» speaks of no finding; near it: {NOMINAL}, {NOISE}, robustness.label_noise-0p05.missed."
    ]
    ks.assess(model, X, Y, limits={"fairness.nominal.gap": 0.2}, exclude={"fairness": {"by": "me", "reason": "no people"}})
    ks.assess(model, X, Y, limits={"fairness.nominal.gap": 0.2}, only="robustness")


def test_areas_are_left_out_by_name() -> None:
    out = {area.value: {"by": "Dr A. Example", "reason": "not in this test"} for area in Area if area is not Area.ROBUSTNESS}
    result = ks.assess(
        LogisticRegression(C=100).fit(X, Y), X, Y, threshold=0.5, train=(X, Y), exclude=out,
        features={name: {"lower": 0.0, "upper": 12.0, "error_rel": 0.001, "immutable": False} for name in ("x0", "x1", "x2")},
        limits={"robustness.*": {"limit": 0.4, **ADOPTED}},
    )  # fmt: skip
    assert result.verdict.safety == "met"
    assert result.require("safety", "robustness", "fairness") is result
    with pytest.raises(RequirementError):
        result.require("security")  # nothing was asked of it


# ---- how the run goes ----


def test_with_a_folder_everything_is_written(tmp_path: Path) -> None:
    keys.new(tmp_path / "key")
    result = ks.assess(model, X, Y, out=tmp_path / "out", key=tmp_path / "key")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"plan.json", "plan.sig.json", "losses.jsonl", "result.json", "report.html", "report.md"} <= names
    assert not result.document.key.insecure
    assert ks.Result.read(tmp_path / "out" / "result.json").to_dict() == result.to_dict()


def test_what_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        ks.assess(model, X, Y, out=tmp_path / "out", limits={"robustness.nothing": 0.2})
    with pytest.raises(InputError):
        ks.assess(model, X, Y[:3], out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_processes_change_nothing(tmp_path: Path) -> None:
    fitted = LogisticRegression().fit(X, Y)
    one = ks.assess(fitted, X, Y, train=(X, Y), out=tmp_path / "one")
    two = ks.assess(fitted, X, Y, train=(X, Y), out=tmp_path / "two", workers=2)
    assert msgspec.structs.replace(one.document, key=two.document.key) == two.document


def test_what_can_t_be_sent_to_a_process_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be sent to worker processes"):
        ks.assess(lambda rows: model(rows), X, Y, out=tmp_path, workers=2)  # noqa: PLW0108  a lambda is the point


def test_it_stops_when_told_and_says_so() -> None:
    steps = []
    result = ks.assess(model, X, Y, threshold=0.5, on_progress=lambda step: steps.append(step.text))
    assert len(steps) >= 2
    assert result.findings[0].trials
    whole = ks.assess(model, X, Y, design="sequential", on_progress=lambda step: None)
    short = ks.assess(model, X, Y, design="sequential", on_progress=lambda step: False)
    assert 0 < short.document.calls.made < whole.document.calls.made


def test_a_budget_is_kept() -> None:
    result = ks.assess(model, X, Y, threshold=0.5, budget=250)
    assert 0 < result.document.calls.made <= 250


def test_each_call_may_cost() -> None:
    result = ks.assess(model, X, Y, threshold=0.5, design="sequential", mitigations=())
    assert result.document.design == "sequential"
    assert verdicts(result)[NOMINAL] == "pass"
    assert result.findings[0].played is not None
    assert result.findings[0].played < len(X) // 2


# ---- what is refused ----

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "threshold": ({"threshold": 2}, "The «threshold» must be a score in [0, 1]; got 2."),
    "threshold as text": ({"threshold": "high"}, "The «threshold» must be a score in [0, 1]; got 'high'."),
    "recall": ({"recall": 1.0}, "The «recall» must be a share above 0 and below 1; got 1.0."),
    "both": ({"recall": 0.5, "threshold": 0.5}, "The «recall» must not stand beside «threshold»: each sets the operating point."),
    "recall of scores": (
        {"model": None, "predictions": Y, "recall": 0.5},
        "The «recall» must not stand beside «predictions»: there are no rows on which the operating point could be found.",
    ),
    "seconds": ({"seconds": 0}, "The «seconds» must be between 0.001 and 86 400; got 0."),
    "design": ({"design": "lucky"}, "The «design» must be all items or sequential; got 'lucky'."),
    "seed": ({"seed": 1.5}, "The «seed» must be an integer between 0 and 2147483647; got 1.5."),
    "profile": ({"profile": "slow"}, "The «profile» must be quick or full; got 'slow'."),
    "budget": ({"budget": 0}, "The «budget» must be a number of rows, at least 1; got 0."),
    "workers": ({"workers": 0, "out": "x"}, "The «workers» must be between 1 and 64; got 0."),
    "workers without a folder": ({"workers": 2}, "The «out» must be given where «workers» is above 1: the processes share its folder."),
    "name": ({"name": " "}, "The «name» must be some words; got ' '."),
    "domain": ({"domain": 3}, "The «domain» must be a word; got 3."),
    "area": ({"only": "speed"}, 'got "speed".'),
    "no model": ({"model": 3}, "The «model» must have predict_proba or predict, or be a function of a batch of rows; got int."),
    "nothing": ({"model": None}, "The «model» must be given; or `fit` and `train`, or `predictions`."),
    "model and scores": ({"predictions": Y}, "The «predictions» must not stand beside a model: give None for it, and no «fit»."),
    "scores of another length": ({"model": None, "predictions": [0.5]}, f"The «predictions» must have a value for each of the {ROWS} rows; got 1."),
    "scores in words": ({"model": None, "predictions": ["a"] * ROWS}, "The «predictions» must be scores in [0, 1] or labels: the model must answer"),
    "fit without rows": ({"fit": model}, "The «fit» needs the rows to train on: give «train»."),
    "no X": ({"X": None}, "The «X» must be given where a model is to be asked."),
    "labels": ({"y": np.zeros(ROWS)}, "The «y» must hold two labels; got 1: 0.0."),
    "mitigation": ({"mitigations": "magic"}, "The mitigation «magic» is not known"),
    "its parameter": ({"mitigations": [("abstention", {"magic": 1})]}, "The mitigation «abstention» has no parameter «magic»"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_wrong_is_told_in_a_sentence(what: str) -> None:
    more, sentence = REFUSED[what]
    with pytest.raises(InputError) as caught:
        ks.assess(**{"model": model, "X": X, "y": Y, **more})
    assert sentence in str(caught.value)
    assert len(caught.value.problems) == 1


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        ks.assess(model, X, Y[:3], threshold=7, limits={"speed.x": 3}, only="speed", unit=[1])
    assert len(caught.value.problems) == 6


# ---- models that misbehave: each is an ERROR finding, never a crash ----


def raising(rows: np.ndarray) -> np.ndarray:
    if (rows[:, 0] == X[20, 0]).any():
        msg = "no such patient"
        raise KeyError(msg)
    return model(rows)


def hanging(rows: np.ndarray) -> np.ndarray:
    threading.Event().wait(30)
    return model(rows)


def patchy(rows: np.ndarray) -> np.ndarray:
    return np.where(rows[:, 0] == X[20, 0], np.nan, model(rows))


HOSTILE: dict[str, tuple[Callable[[Any], object], str]] = {
    "wrong shape": (lambda rows: np.zeros(3), "must answer with shape"),
    "too many columns": (lambda rows: np.zeros((len(rows), 3)), "must answer with shape"),
    "NaN everywhere": (lambda rows: np.full(len(rows), np.nan), "not a number in [0, 1]"),
    "NaN in some rows": (patchy, "not a number in [0, 1]"),
    "outside [0, 1]": (lambda rows: np.full(len(rows), 1.5), "not a number in [0, 1]"),
    "sums that are not 1": (lambda rows: np.full((len(rows), 2), 0.9), "must sum to 1"),
    "words": (lambda rows: ["high"] * len(rows), "must answer with 1 or 0"),
    "nothing": (lambda rows: None, "must answer with an array"),
    "an exception": (lambda rows: 1 / 0, "ZeroDivisionError"),
    "an exception in some rows": (raising, "53, 64, 97: KeyError"),
    "the end of the program": (lambda rows: (_ for _ in ()).throw(SystemExit(3)), "SystemExit"),
    "it never ends": (hanging, "took longer than 0.2 s"),
    "it changes what it is given": (lambda rows: rows.fill(np.nan) or np.full(len(rows), 0.5), ""),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_model_that_misbehaves_is_an_error_of_its_cells(what: str) -> None:
    hostile, why = HOSTILE[what]
    began = time.monotonic()
    result = ks.assess(hostile, X, Y, threshold=0.5, seconds=0.2)
    assert time.monotonic() - began < 20
    found = {one.id: one for one in result.findings}
    if why:
        assert found[NOMINAL].verdict == "error"
        assert why in found[NOMINAL].why
        assert result.verdict.safety == "incomplete"
        assert result.exit_code == 4
        with pytest.raises(RequirementError, match="error: robustness"):
            result.require("safety", accept_open=True)
    else:
        assert found[NOMINAL].verdict != "error"


def test_training_that_fails_is_told_in_a_sentence() -> None:
    def fit(rows: object, y: object) -> object:
        msg = "no convergence"
        raise RuntimeError(msg)

    with pytest.raises(InputError, match=r"The «fit» could not train: RuntimeError\."):
        ks.assess(None, X, Y, train=TRAIN, fit=fit)


def test_a_training_that_hangs_is_an_error_of_what_needs_it() -> None:
    release = threading.Event()

    def fit(rows: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        if len(y) == len(TRAIN[1]) and not np.array_equal(y, TRAIN[1]):
            release.wait(30)
        return model

    began = time.monotonic()
    found = {one.id: one for one in ks.assess(None, X, Y, train=TRAIN, fit=fit, threshold=0.5, seconds=5, fit_seconds=0.3).findings}
    release.set()
    assert time.monotonic() - began < 20
    assert found[f"{FLIPS}-0p05.missed"].verdict == "error"
    assert "could not train: it took longer than 0.3 s, the `fit_seconds` that one training may take" in found[f"{FLIPS}-0p05.missed"].why
    assert found[NOMINAL].verdict != "error"


def test_text_from_the_data_is_inert() -> None:
    nasty = "<script>alert(1)</script>\x1b[31m"
    result = ks.assess(model, X, Y, name=nasty, groups={nasty: np.where(X[:, 2] > 2, nasty, "b")})
    assert "<script" not in result._repr_html_()
    assert "\x1b" not in str(result)
    assert "\x1b" not in repr(result)


def test_whom_the_numbers_speak_of() -> None:
    result = ks.assess(model, X, Y, domain="health", population="adults of one ward", name="triage")
    assert result.document.statement.endswith("adults of one ward")
    assert (result.document.system.name, result.document.system.domain) == ("triage", "health")
