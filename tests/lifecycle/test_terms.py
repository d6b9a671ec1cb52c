"""What a caller demands: limits, mitigations, areas, features."""

from __future__ import annotations

import datetime as dt

import pytest

from keepstone.core.origin import Area
from keepstone.core.table import Feature, Unit
from keepstone.lifecycle.terms import KNOWN, adopted, chosen, confirmed, considered, excluded

SAID = {"limit": 0.1, "reason": "why", "set_by": "Dr A. Example", "source": "board", "date": "2026-01-31"}
LAB = Feature(name="lab", lower=0.0, upper=9.0, error_rel=0.05, guessed=frozenset({"lower", "upper", "error_rel", "immutable"}))
WARD = Feature(name="ward", kind="category", levels=("north", "south"), guessed=frozenset({"immutable"}))


def test_a_number_is_a_limit_that_nobody_stands_for() -> None:
    problems: list[str] = []
    (one,) = adopted({"*.missed": 0.25}, problems)
    assert problems == []
    assert (one.cell, one.limit, one.set_by, one.date) == ("*.missed", 0.25, "", "")


def test_a_limit_is_adopted_by_name() -> None:
    problems: list[str] = []
    (one,) = adopted({"robustness.nominal.missed": {**SAID, "critical": True, "floor": "robustness.nominal.alarms"}}, problems)
    (other,) = adopted({"*": {**SAID, "date": dt.date(2026, 1, 31)}}, problems)
    assert problems == []
    assert (one.set_by, one.critical, one.floor) == ("Dr A. Example", True, "robustness.nominal.alarms")
    assert other.date == one.date == "2026-01-31"


WRONG = {
    "no mapping": ([0.1], "The «limits» must be a mapping; got list."),
    "no area": ({"speed.x": 0.1}, 'The «limits» must be named by a finding or a pattern such as «*.missed»; got "speed.x".'),
    "odd signs": ({"*.missed[": 0.1}, 'The «limits» must be named by a finding or a pattern such as «*.missed»; got "*.missed[".'),
    "too large": ({"*": 1}, "The «limit» of limits: * must be above 0 and below 1; got 1."),
    "not a number": ({"*": "low"}, "The «limit» of «limits: *» must be a float; got str."),
    "another field": ({"*": {"limit": 0.1, "who": "me"}}, "The «limits: *» must be complete: it has the unknown field who."),
    "no limit": ({"*": {"reason": "x"}}, "The «limits: *» must be complete: it lacks the required field limit."),
    "no date": (
        {"*": {**SAID, "date": ""}},
        "The «date» of limits: * must be given too: a limit is adopted by name, reason, source and date, or by none of them.",
    ),
    "an odd date": ({"*": {**SAID, "date": "31.1.2026"}}, 'The «date» of limits: * must be YYYY-MM-DD; got "31.1.2026".'),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_limit_that_is_none_is_refused(what: str) -> None:
    limits, sentence = WRONG[what]
    problems: list[str] = []
    adopted(limits, problems)
    assert problems == [sentence]


def test_mitigations_are_names_pairs_and_several_together() -> None:
    problems: list[str] = []
    one, two, three = considered(["label_only", ("abstention", {"coverage": 0.8}), "plausibility + abstention"], problems)
    assert problems == []
    assert one.parts == (("label_only", {}),)
    assert two.parts == (("abstention", {"coverage": 0.8}),)
    assert three.parts == (("plausibility", {}), ("abstention", {}))
    assert considered("label_only", problems) == (one,)
    considered([3], problems)
    considered([("a + b", {"x": 1})], problems)
    considered(7, problems)
    assert problems == [
        'The «mitigations» must be names, or pairs of a name and a mapping of its parameters; got "3".',
        "The parameters of «a + b» must stand with one mitigation, not with several used together.",
        "The «mitigations» must be names; got int.",
    ]


def test_an_area_is_left_out_by_name_and_reason() -> None:
    problems: list[str] = []
    (one,) = excluded({"longterm": {"by": "Dr A. Example", "reason": "advises only"}}, problems)
    assert problems == []
    assert (one.area, one.by, one.reason) == (Area.LONGTERM, "Dr A. Example", "advises only")
    excluded({"longterm": {"by": "me"}, "speed": {"by": "a", "reason": "b"}, "access": "no"}, problems)
    assert problems[0] == "The «exclude: longterm» must be complete: it lacks the required field reason."
    assert problems[1].endswith('got "speed".')
    assert problems[2] == "The «exclude: access» must be a mapping; got str."


def test_areas_are_chosen() -> None:
    problems: list[str] = []
    assert chosen("fairness", problems) == {"fairness"}
    assert chosen(("fairness", "access"), problems) == {"fairness", "access"}
    assert chosen((), problems) == frozenset()
    assert problems == []
    chosen(["speed"], problems)
    assert len(problems) == 1


def test_what_is_known_of_a_column_is_no_guess() -> None:
    problems: list[str] = []
    for given in (
        [{"name": "lab", "upper": 20, "units": [{"name": "g/L", "factor": 10.0}]}],
        {"lab": {"upper": 20.0, "units": [Unit(name="g/L", factor=10.0)]}},
    ):
        lab, ward = confirmed([LAB, WARD], given, problems)
        assert problems == []
        assert (lab.lower, lab.upper, lab.units) == (0.0, 20.0, (Unit(name="g/L", factor=10.0),))
        assert lab.guessed == {"lower", "error_rel", "immutable"}
        assert ward == WARD


def test_a_feature_takes_the_place_of_all_guesses() -> None:
    problems: list[str] = []
    lab, ward = confirmed([LAB, WARD], [Feature(name="lab", lower=1.0, upper=2.0), Feature(name="ward", kind="category", immutable=True)], problems)
    assert problems == []
    assert lab.guessed == frozenset()
    assert (ward.levels, ward.guessed) == (("north", "south"), frozenset())


FEATURES = {
    "another column": ([{"name": "x"}], 'The «features» must name columns of X; got "x".'),
    "without a name": ([{"lower": 1.0}], 'The «features» must name columns of X; got "".'),
    "another field": ({"lab": {"lowest": 1.0}}, f"The feature «lab» has no field «lowest»; fields are {', '.join(sorted(KNOWN))}."),
    "another type": ({"lab": {"lower": "1"}}, "The «lower» of «features: lab» must be a float; got str."),
    "bounds": ({"lab": {"lower": 10.0}}, "The «upper» of feature «lab» must be above «lower», 10; got 9."),
    "error": ({"lab": {"error_rel": 2.0}}, "The measurement error of feature «lab» must not be negative, and «error_rel» at most 1."),
    "kind": ({"lab": {"kind": "float"}}, 'The «kind» of feature «lab» must be number, integer, category or binary; got "float".'),
    "levels": ({"ward": {"levels": ["a", "b"]}}, 'The «levels» of feature «ward» must be the words that X holds, "north", "south".'),
    "not a feature": ([3], 'The «features» must name columns of X; got "".'),
}  # fmt: skip


@pytest.mark.parametrize("what", FEATURES)
def test_a_feature_that_is_none_is_refused(what: str) -> None:
    given, sentence = FEATURES[what]
    problems: list[str] = []
    confirmed([LAB, WARD], given, problems)
    assert problems == [sentence]
