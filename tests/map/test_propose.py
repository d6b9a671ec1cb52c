"""The first system file runs, says what it guessed, and is refused with one line where it can't be written."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepstone.core.errors import InputError
from keepstone.core.system import System
from keepstone.intake.table import RawTable, parse, read
from keepstone.map.describe import describe
from keepstone.map.frame import frame
from keepstone.map.propose import propose, questions

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
CSV = "patient,age,sex,crea,site_a,site_b,note,died\n" + "".join(
    f"p{row // 2},{40 + row},{'mf'[row % 2]},{1 + row / 7:.2f},{row % 2},{1 - row % 2},free text {row},{int(row % 3 == 0)}\n" for row in range(40)
)


def raw(text: str = CSV) -> RawTable:
    return parse(text.encode(), name="d.csv")


def written(answers: Mapping[str, str] | None = None, *, model: str = "model.py:fit", text: str = CSV) -> System:
    return describe(propose(raw(text), model=model, data="d.csv", answers=answers or {}), name="s.toml")


def test_what_is_asked_comes_with_a_guess() -> None:
    asked = {question.key: question for question in questions(raw(), model="model.py:fit")}
    assert asked["label"].proposed == "died"
    assert asked["label"].options == ("sex", "site_a", "site_b", "died")
    assert (asked["positive"].proposed, asked["unit"].proposed, asked["operating point"].proposed) == ("1", "patient", "recall 0.8")
    assert {question.key for question in questions(raw(), model="m.skops")} == set(asked)
    again = {question.key: question.proposed for question in questions(raw(), model="m.skops", label="sex")}
    assert (again["label"], again["operating point"]) == ("sex", "0.5")


def test_without_an_answer_every_guess_is_listed_by_its_path() -> None:
    system = written()
    assert system.target is not None
    assert system.data is not None
    assert (system.target.fit, system.target.recall) == ("model.py:fit", 0.8)
    assert (system.data.label, system.data.unit, system.data.positive) == ("died", "patient", "1")
    assert [feature.name for feature in system.data.features] == ["age", "sex", "crea", "site_a", "site_b"]
    features = {feature.name: feature for feature in system.data.features}
    assert (features["age"].immutable, features["sex"].immutable, features["crea"].immutable) == (True, True, False)
    assert (features["age"].error_abs, features["crea"].error_rel) == (0, 0.05)
    assert (features["site_a"].one_hot, features["sex"].levels) == ("site", ("f", "m"))
    assert [(group.attribute, group.cuts) for group in system.data.groups] == [("age", (40.0, 65.0, 80.0)), ("sex", ())]
    assert {"target.recall", "data.label", "data.unit", "feature.crea.lower", "feature.crea.upper", "feature.crea.error_rel"} <= system.guesses
    assert {"feature.age.immutable", "feature.site_a.one_hot", "group.age.cuts", "system.purpose"} <= system.guesses
    assert not {guess for guess in system.guesses if guess.endswith((".missing", ".test"))}


def test_every_guess_is_marked_where_it_stands() -> None:
    lines = propose(raw(), model="model.py:fit", data="d.csv", answers={}).splitlines()
    marked = sum(line.endswith("# guess: confirm") for line in lines)
    listed = sum(line.count('"') // 2 for line in lines if line.startswith("guessed = "))
    assert marked == listed == len(written().guesses)


def test_what_was_answered_is_no_guess() -> None:
    answers = {
        "name": "ward aid",
        "purpose": "advise",
        "population": "adults",
        "domain": "health",
        "label": "died",
        "positive": "0",
        "unit": "",
        "operating point": "0.3",
        "horizon": "30 days after entry",
        "after": "site_b",
        "units": "crea mg/dL, age years",
        "features": "crea,age,site_a",
    }
    system = written(answers)
    assert system.target is not None
    assert system.data is not None
    assert (system.name, system.domain, system.target.threshold, system.target.recall) == ("ward aid", "health", 0.3, None)
    assert (system.data.positive, system.data.unit, system.data.horizon) == ("0", "", "30 days after entry")
    assert [(feature.name, feature.unit) for feature in system.data.features] == [("crea", "mg/dL"), ("age", "years"), ("site_a", "")]
    answered = {"system.name", "system.purpose", "system.population", "system.domain", "target.threshold", "data.label", "data.positive", "data.unit"}
    assert not answered & system.guesses
    assert "features = " not in propose(raw(), model="m.skops", data="d.csv", answers=answers)


@pytest.mark.parametrize(
    ("model", "field"),
    [("m.py:fit", "fit"), ("m.py:train_it", "fit"), ("m.py:score", "call"), ("m.skops", "model"), ("m.joblib", "model"), ("s.csv", "predictions")],
)
def test_the_model_goes_where_it_belongs(model: str, field: str) -> None:
    target = written(model=model).target
    assert target is not None
    assert getattr(target, field) == model
    assert written({"model is": "call"}, model="m.py:fit").target != target


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"label": "dead"}, "d.csv: The «label» must be a column of the data; got 'dead'."),
        ({"label": "age"}, "d.csv: The «label» must be a column with two values; «age» has 40."),
        ({"unit": "person"}, "d.csv: The «unit» must be a column of the data; got 'person'."),
        ({"after": "age, los"}, "d.csv: The «after 2» must be a column of the data; got 'los'."),
        ({"features": "age, agee"}, "d.csv: The «feature 2» must be a column of the data; got 'agee'."),
        ({"features": "age, note"}, "d.csv: The «features» must be columns of numbers or of a few words, and not the outcome; got note."),
        ({"features": "age, died"}, "d.csv: The «features» must be columns of numbers or of a few words, and not the outcome; got died."),
        ({"units": "creatinine mg/dL"}, "d.csv: The «units of creatinine» must be a column of the data; got 'creatinine'."),
        ({"operating point": "high"}, "The «operating point» must be a score in [0, 1] or \"recall\" and a share; got 'high'."),
        ({"operating point": "recall 80"}, "The «operating point» must be a score in [0, 1] or \"recall\" and a share; got 'recall 80'."),
    ],
)
def test_an_answer_that_can_t_be_is_refused_with_one_line(answers: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        written(answers)
    assert caught.value.problems == [said]


def test_data_elsewhere_or_without_an_outcome_are_refused() -> None:
    with pytest.raises(InputError, match=r"The «data» must be the path of a file beside the system file"):
        propose(raw(), model="m.skops", data="../d.csv", answers={})
    with pytest.raises(InputError, match=r"The «label» must be a column with two values; the data have none"):
        written(text="age\n1\n2\n3\n")


@pytest.mark.parametrize(("folder", "file", "label"), [("healthcare", "data/careful.csv.gz", "hospdead"), ("minimal", "cells.csv", "diagnosis")])
def test_what_is_written_for_the_examples_can_be_framed(folder: str, file: str, label: str) -> None:
    table = read(EXAMPLES / folder / file)
    system = describe(propose(table, model="model.py:fit", data=file, answers={}), name="s.toml")
    assert system.data is not None
    assert (system.data.label, system.data.part) == (label, "part")
    tables = frame(table, system.data, digest="sha256:x")
    assert tables.train is not None
    assert max(tables.implausible.values(), default=0) < 20


cell = st.one_of(
    st.text(max_size=6), st.integers(-5, 5).map(str), st.floats(allow_nan=False, allow_infinity=False, width=16).map(str), st.sampled_from(["", "NA"])
)
name = st.text(min_size=1, max_size=8).filter(lambda text: text.strip() == text and text.isprintable() and text not in {"died", "keep"})


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(name, st.lists(cell, min_size=6, max_size=6), min_size=1, max_size=5))
def test_whatever_the_columns_hold_what_is_written_is_understood_and_framed(columns: dict[str, list[str]]) -> None:
    named = {**{key: tuple(cells) for key, cells in columns.items()}, "keep": tuple("102030"), "died": tuple("101010")}
    table = RawTable(name="d.csv", columns=named, lines=range(2, 8))
    text = propose(table, model="m.skops", data="d.csv", answers={"label": "died", "unit": ""})
    system = describe(text, name="s.toml")
    assert system.data is not None
    assert system.data.label == "died"
    frame(table, system.data, digest="sha256:x")
