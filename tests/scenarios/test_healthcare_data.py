# ruff: noqa: N806 the name that scikit-learn gives to features
"""The healthcare example's data are what the card says, and its models learn from them.

The distributed CSV is not shipped, so the extracts are held against each other, against the mapping and against their digests.
"""

from __future__ import annotations

import csv
import doctest
import gzip
import hashlib
import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

EXAMPLE = Path(__file__).parents[2] / "examples" / "healthcare"
DATA = EXAMPLE / "data"
TABLES = ("careful", "published")
LEAKS = {
    *("death", "d.time", "d_time", "slos", "charges", "totcst", "totmcst", "avtisst", "sps", "aps", "surv2m", "surv6m", "prg6m", "dnr", "dnrday"),
    *("sfdm2", "adlp", "adls"),
}


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"healthcare_{name}", EXAMPLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


make_data, model = load("make_data"), load("model")
FITS = (model.fit, model.fit_faulty, model.fit_logistic)


def unpacked(name: str) -> bytes:
    return gzip.decompress((DATA / f"{name}.csv.gz").read_bytes())


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(unpacked(name).decode("ascii").splitlines()))


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, str]]]:
    return {name: rows(name) for name in (*TABLES, "realigned_rows")}


@pytest.fixture(scope="module")
def halves() -> tuple[Any, Any]:
    return model.read(DATA / "careful.csv.gz", "train"), model.read(DATA / "careful.csv.gz", "test")


@pytest.fixture(scope="module")
def risks(halves: tuple[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    train, test = halves
    return {fit.__name__: fit(train.X, train.y, seed=0).predict_proba(test.X)[:, 1] for fit in FITS}


def test_files_have_the_digests_on_record() -> None:
    record, card = tomllib.loads((DATA / "digests.toml").read_text("utf-8")), (EXAMPLE / "DATA.md").read_text("utf-8")
    assert record["source"] == {"sha256": make_data.SOURCE_SHA256, "origin_sha256": make_data.ORIGIN_SHA256}
    assert {path.name for path in DATA.glob("*.gz")} == {record[name]["file"] for name in (*TABLES, "realigned_rows")}
    for name in (*TABLES, "realigned_rows"):
        packed = (DATA / record[name]["file"]).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == record[name]["sha256"]
        assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == record[name]["csv_sha256"]
        assert record[name]["csv_sha256"] in card
        assert len(packed) <= 400_000
    assert make_data.SOURCE_SHA256 in card
    assert record["realigned_rows"]["csv_sha256"] == make_data.MAPPING_SHA256


@pytest.mark.parametrize(("name", "patients", "deaths"), [("careful", 7528, 2024), ("published", 9105, 2360)])
def test_counts(name: str, patients: int, deaths: int, tables: dict[str, list[dict[str, str]]]) -> None:
    table = tables[name]
    assert (len(table), sum(row["hospdead"] == "1" for row in table)) == (patients, deaths)
    numbers = [int(row["patient"]) for row in table]
    assert numbers == sorted(set(numbers))
    record = tomllib.loads((DATA / "digests.toml").read_text("utf-8"))[name]
    assert (record["rows"], record["deaths"]) == (patients, deaths)


@pytest.mark.parametrize("name", TABLES)
def test_no_column_leaks_the_outcome(name: str, tables: dict[str, list[dict[str, str]]]) -> None:
    columns = set(tables[name][0])
    assert columns == set(make_data.COLUMNS)
    assert not columns & LEAKS
    assert not set(model.FEATURES) & {"prg2m", "hospdead", "meant", "part", "patient", "phase", "batch", "race", "income", "education"}


def test_no_single_feature_gives_the_outcome_away(halves: tuple[Any, Any]) -> None:
    train, _ = halves
    for column, name in enumerate(model.FEATURES):
        values = train.X[:, column]
        for shown in (np.where(np.isnan(values), np.nanmedian(values), values), np.isnan(values).astype(float)):
            area = roc_auc_score(train.y, shown)
            assert max(area, 1 - area) < 0.75, name


def test_careful_is_published_with_the_physiology_of_the_mapping(tables: dict[str, list[dict[str, str]]]) -> None:
    published = tables["published"]
    kept = make_data.kept(tables["realigned_rows"], len(published))
    assert [int(row["patient"]) for row in tables["careful"]] == list(kept)
    for row in tables["careful"]:
        own, body = published[int(row["patient"])], published[kept[int(row["patient"])]]
        assert row == {**own, **{name: body[name] for name in make_data.PHYSIOLOGY}}


def test_realigned_runs_are_long_and_used_once(tables: dict[str, list[dict[str, str]]]) -> None:
    kept = make_data.kept(tables["realigned_rows"], 9105)
    moved = {patient: row for patient, row in kept.items() if make_data.batch(patient) % 2 == 0}
    assert len(moved) == 3220
    assert len(set(kept.values())) == len(kept)
    assert sum(patient != row for patient, row in moved.items()) == 2795


def test_split_is_drawn_once_and_stratified(tables: dict[str, list[dict[str, str]]]) -> None:
    published = tables["published"]
    kept = make_data.kept(tables["realigned_rows"], len(published))
    assert make_data.parts(published, kept) == [row["part"] for row in published]
    part = {row["patient"]: row["part"] for row in published}
    assert all(row["part"] == part[row["patient"]] for row in tables["careful"])
    for name in TABLES:
        for outcome in "01":
            group = [row["part"] for row in tables[name] if row["hospdead"] == outcome]
            assert set(group) == {"train", "test"}
            assert abs(group.count("test") - 0.3 * len(group)) <= 1


def test_batches_follow_what_was_recorded(tables: dict[str, list[dict[str, str]]]) -> None:
    for row in tables["published"]:
        assert (int(row["batch"]), int(row["phase"])) == (make_data.batch(int(row["patient"])), 2 - int(row["batch"]) % 2)
    assert {row["batch"] for row in tables["published"]} == {str(number) for number in range(1, 11)}
    first = [row["glucose"] != "" for row in tables["published"] if row["phase"] == "1"]
    second = [row["glucose"] != "" for row in tables["published"] if row["phase"] == "2"]
    assert sum(first) <= 1
    assert sum(second) > 0.9 * len(second)


def test_physiology_fits_the_patients_only_where_it_was_realigned(tables: dict[str, list[dict[str, str]]]) -> None:
    def area(name: str) -> float:
        known = [row for row in tables[name] if row["phase"] == "2" and row["bun"]]
        return float(roc_auc_score([int(row["hospdead"]) for row in known], [float(row["bun"]) for row in known]))

    def glucose(name: str, diabetes: str) -> float:
        return float(np.median([float(row["glucose"]) for row in tables[name] if row["phase"] == "2" and row["glucose"] and row["diabetes"] == diabetes]))

    assert 0.48 < area("published") < 0.55
    assert area("careful") > 0.68
    assert abs(glucose("published", "1") - glucose("published", "0")) < 10
    assert glucose("careful", "1") - glucose("careful", "0") > 60


@pytest.mark.parametrize("name", TABLES)
def test_meant_differs_from_the_label_both_ways(name: str, tables: dict[str, list[dict[str, str]]]) -> None:
    pairs = [(row["hospdead"], row["meant"]) for row in tables[name]]
    assert set(pairs) == {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
    assert 0.10 < sum(label != wanted for label, wanted in pairs) / len(pairs) < 0.12


def test_features_file_tells_the_facts_of_the_tables() -> None:
    facts = tomllib.loads((EXAMPLE / "features.toml").read_text("utf-8"))["feature"]
    assert tuple(fact["name"] for fact in facts) == model.FEATURES
    assert {fact["name"]: tuple(fact["levels"]) for fact in facts if fact["name"] in model.LEVELS} == model.LEVELS
    outside: dict[str, list[float]] = {}
    for table in (model.read(DATA / f"{name}.csv.gz") for name in TABLES):
        for fact, values in zip(facts, table.X.T, strict=True):
            assert fact["missing"] or not np.isnan(values).any(), fact["name"]
            shown = values[~np.isnan(values)]
            wrong = shown[(shown < fact["lower"]) | (shown > fact["upper"])] if "lower" in fact else shown[~np.isin(shown, range(len(fact["levels"])))]
            outside |= {fact["name"]: wrong.round(1).tolist()} if len(wrong) else {}
            assert fact["kind"] == "number" or np.array_equal(shown, shown.round()), fact["name"]
    assert outside == {"alb": [29.0, 8.6, 10.9], "glucose": [0.0, 1.4, 1.6]}
    attackable = {fact["name"] for fact in facts if not fact["immutable"]}
    assert attackable == set(make_data.PHYSIOLOGY)
    assert {fact["name"] for fact in facts if fact.get("units")} == {"temp", "pafi", "alb", "bili", "crea", "glucose", "bun"}


@pytest.mark.parametrize("fit", FITS)
def test_models_rank_deaths_and_repeat_themselves(fit: Callable[..., Any], halves: tuple[Any, Any], risks: dict[str, np.ndarray[Any, Any]]) -> None:
    train, test = halves
    assert roc_auc_score(test.y, risks[fit.__name__]) >= 0.84
    with threadpool_limits(limits=2):
        again = fit(train.X, train.y, seed=0).predict_proba(test.X)[:, 1]
    assert again.tobytes() == risks[fit.__name__].tobytes()


@pytest.mark.parametrize("fit", FITS)
def test_models_use_weights_and_bear_an_empty_column(fit: Callable[..., Any], halves: tuple[Any, Any]) -> None:
    train, test = halves
    X, y = train.X[:800].copy(), train.y[:800]
    X[:, model.FEATURES.index("glucose")] = np.nan
    plain = fit(X, y, seed=0).predict_proba(test.X)[:, 1]
    assert np.isfinite(plain).all()
    assert fit(X, y, seed=0, weight=np.where(y == 1, 5.0, 1.0)).predict_proba(test.X)[:, 1].mean() > plain.mean() + 0.02


def test_faulty_model_remembers_its_training_rows(halves: tuple[Any, Any]) -> None:
    train, test = halves
    fitted = model.fit_faulty(train.X, train.y, seed=0)
    assert roc_auc_score(train.y, fitted.predict_proba(train.X)[:, 1]) > 0.9999
    assert roc_auc_score(test.y, fitted.predict_proba(test.X)[:, 1]) < 0.90


def test_published_table_makes_a_worse_model(halves: tuple[Any, Any], risks: dict[str, np.ndarray[Any, Any]]) -> None:
    train, (_, test) = model.read(DATA / "published.csv.gz", "train"), halves
    on_published = model.fit(train.X, train.y, seed=0).predict_proba(test.X)[:, 1]
    assert roc_auc_score(test.y, risks["fit"]) - roc_auc_score(test.y, on_published) > 0.015


def test_the_script_refuses_another_file(tmp_path: Path) -> None:
    other = tmp_path / "support2.csv"
    other.write_bytes(b"sno,age\n1,60\n")
    with pytest.raises(SystemExit, match=r"must be 4f7dfcfb.*got"):
        make_data.main([str(other), "--out", str(tmp_path)])
    assert list(tmp_path.iterdir()) == [other]


def test_packing_is_the_same_every_time_and_the_examples_in_the_text_run() -> None:
    assert make_data.compress(b"a,b\n") == make_data.compress(b"a,b\n")
    assert gzip.decompress(make_data.compress(b"a,b\n")) == b"a,b\n"
    for module in (make_data, model):
        failed, tried = doctest.testmod(module)
        assert tried > 0
        assert failed == 0
