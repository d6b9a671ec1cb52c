"""Typed fields: each rule, the sentence it gives, and that all problems are told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from keepstone.core.errors import InputError
from keepstone.intake.fields import Document, Section, shown
from keepstone.intake.toml import parse


def root(text: str) -> Section:
    return parse(text.encode(), name="s.toml")


def problems(section: Section) -> list[str]:
    with pytest.raises(InputError) as caught:
        section.finish()
    return caught.value.problems


GOOD = """
name = "triage"
count = 3
share = 0.25
whole = 1
on = true
day = 2026-11-24
mode = "advises"
names = ["a", "b"]
weights = [0.5, 1]
range = [35.0, 43]
level = "low"
"""


def test_each_type_is_read() -> None:
    part = root(GOOD)
    assert part.text("name") == "triage"
    assert part.integer("count", lower=1) == 3
    assert part.number("share", lower=0, upper=1) == 0.25
    whole = part.number("whole")
    assert (whole, type(whole)) == (1.0, float)
    assert part.flag("on") is True
    assert part.date("day") == dt.date(2026, 11, 24)
    assert part.choice("mode", ["none", "advises"]) == "advises"
    assert part.texts("names") == ["a", "b"]
    assert part.numbers("weights", lower=0) == [0.5, 1.0]
    assert part.bounds("range") == (35.0, 43.0)
    assert part.scalar("level") == "low"
    part.finish()


def test_a_default_stands_for_an_absent_field() -> None:
    part = root("")
    assert part.text("a", default=None) is None
    assert part.number("b", default=0.5) == 0.5
    assert part.integer("c", default=7) == 7
    assert part.flag("d", default=False) is False
    assert part.date("e", default=None) is None
    assert part.choice("f", ["x"], default="x") == "x"
    assert part.texts("g", default=None) is None
    assert part.numbers("h", default=()) == ()
    assert part.bounds("i", default=None) is None
    assert part.sub("j", default=None) is None
    assert part.subs("k") == []
    assert part.named("l") == {}
    assert part.file("m", default=None) is None
    part.finish()


WRONG: list[tuple[str, Callable[[Section], object], str]] = [
    ("x = 1", lambda part: part.text("x"), "must be a text; got 1."),
    ('x = " "', lambda part: part.text("x"), 'must be a text; got " ".'),
    ('x = "a\\u001b[31m"', lambda part: part.text("x"), 'must be a text without control characters; got "a\\x1b[31m".'),
    ('x = "1"', lambda part: part.number("x", lower=0, upper=1), 'must be a number in [0, 1]; got "1".'),
    ("x = true", lambda part: part.number("x"), "must be a number; got true."),
    ("x = nan", lambda part: part.number("x"), "must be a number; got nan."),
    ("x = -inf", lambda part: part.number("x", upper=5), "must be a number of at most 5; got -inf."),
    ("x = 0", lambda part: part.number("x", lower=0, upper=1, inside=True), "must be a number in (0, 1); got 0."),
    ("x = 0", lambda part: part.number("x", lower=0, inside=True), "must be a number above 0; got 0."),
    ("x = 1.0", lambda part: part.integer("x", lower=1), "must be an integer of at least 1; got 1.0."),
    ("x = false", lambda part: part.integer("x", lower=0, upper=9), "must be an integer in [0, 9]; got false."),
    (f"x = {2**53}", lambda part: part.integer("x"), "must be an integer; got an integer of 2^53 or more."),
    ("x = 1", lambda part: part.flag("x"), "must be true or false; got 1."),
    ("x = 2026-11-24T10:00:00", lambda part: part.date("x"), "must be a date such as 2026-11-24; got 2026-11-24 10:00:00."),
    ("x = 'b'", lambda part: part.choice("x", ["none", "advises"]), 'must be one of "none", "advises"; got "b".'),
    ("x = []", lambda part: part.choice("x", ["none"]), 'must be one of "none"; got [].'),
    ("x = []", lambda part: part.texts("x", least=1), "must be a list of at least 1: each a text; got []."),
    ("x = 'a'", lambda part: part.texts("x"), 'must be a list: each a text; got "a".'),
    ("x = [1, 2, 3]", lambda part: part.bounds("x"), "must be two numbers, the lower first; got [1, 2, 3]."),
    ("x = [2, 1]", lambda part: part.bounds("x"), "must be two numbers, the lower first; got [2, 1]."),
    ("x = [1]", lambda part: part.scalar("x"), "must be a text, a number, true or false; got [1]."),
    ("x = 1", lambda part: part.sub("x"), "must be a table [x]; got 1."),
    ("x = [1]", lambda part: part.subs("x"), "must be given as [[x]]; got [1]."),
    ("x = {a = 1}", lambda part: part.named("x", least=1), "must be given as tables [x.NAME], at least 1 of them; got a table."),
    ("x = '/dev/null'", lambda part: part.file("x"), 'must be the path of a file that is there; got "/dev/null".'),
    ("x = '.'", lambda part: part.file("x"), 'must be the path of a file that is there; got ".".'),
    ('x = "a\\u0000b"', lambda part: part.file("x"), 'must be the path of a file that is there; got "a\\x00b".'),
    ("x = '" + "y" * 5000 + "'", lambda part: part.file("x"), f'must be the path of a file that is there; got "{"y" * 60}…".'),
    ('x."\\u001b" = {}', lambda part: part.named("x"), "must be given as tables [x.NAME]; got a table."),
    ("", lambda part: part.text("x"), "must be given."),
    ("", lambda part: part.subs("x", least=1), "must be given."),
    ("", lambda part: part.sub("x").text("y"), "must be given."),
]


@pytest.mark.parametrize(("text", "read", "rule"), WRONG)
def test_the_sentence_of_each_rule(text: str, read: Callable[[Section], object], rule: str) -> None:
    part = root(text)
    read(part)
    assert problems(part) == [f"s.toml:1: The «x» of «s.toml» {rule}"]


def test_a_wrong_item_is_told_by_its_own_line() -> None:
    part = root('names = [\n  "a",\n  1,\n  "a",\n]\nsizes = [1, -2]')
    assert part.texts("names") == ["a", "a"]
    assert part.numbers("sizes", lower=0) == [1.0]
    assert problems(part) == [
        "s.toml:3: The «names 2» of «s.toml» must be a text; got 1.",
        's.toml:4: The «names 3» of «s.toml» must not stand twice; got "a".',
        "s.toml:6: The «sizes 2» of «s.toml» must be a number of at least 0; got -2.",
    ]


def test_all_problems_are_told_in_the_order_of_the_file() -> None:
    part = root('[[criterion]]\nlimit = 0.1\n[[criterion]]\nlimit = "x"\n[data]\nfile = 3\ntarget = "died"\nfeature.age.lowest = 1')
    data = part.sub("data")
    data.text("target")
    data.text("path")
    data.named("feature")["age"].number("lower", default=None)
    for criterion in part.subs("criterion"):
        criterion.number("limit", lower=0, upper=1)
        criterion.text("reason")
    assert problems(part) == [
        "s.toml:1: The «reason» of «criterion 1» must be given.",
        "s.toml:3: The «reason» of «criterion 2» must be given.",
        's.toml:4: The «limit» of «criterion 2» must be a number in [0, 1]; got "x".',
        "s.toml:5: The «path» of «data» must be given.",
        "s.toml:6: The «file» of «data» is not known.",
        "s.toml:8: The «lowest» of «data.feature.age» is not known; did you mean «lower»?",
    ]


def test_a_part_that_nobody_read_is_told() -> None:
    part = root("[a]\nb = 1")
    part.text("name", default="")
    assert problems(part) == ["s.toml:1: The «a» of «s.toml» is not known."]


def test_a_caller_adds_a_rule_of_its_own() -> None:
    part = root('a = 1\nx = ["age", "sx"]')
    part.integer("a")
    part.texts("x")
    part.problem("x", "must name a column of the data", got="sx", item=1)
    assert part.where("x") == "s.toml:2"
    assert problems(part) == ['s.toml:2: The «x 2» of «s.toml» must name a column of the data; got "sx".']


def test_a_long_list_of_problems_is_cut() -> None:
    told = problems(root("\n".join(f"key{n} = 1" for n in range(50))))
    assert len(told) == 21
    assert told[-1] == "s.toml: and 30 more."


def test_finishing_a_part_raises_nothing_yet() -> None:
    part = root("[a]\nb = 1")
    part.sub("a").finish()
    assert problems(part) == ["s.toml:2: The «b» of «a» is not known."]


def test_a_file_is_found_beside_the_one_that_names_it(tmp_path: object) -> None:
    part = parse(b'x = "data.csv"', name=f"{tmp_path}/s.toml")
    (part.document.folder / "data.csv").write_text("a\n1\n")
    assert part.file("x") == part.document.folder / "data.csv"
    part.finish()


def test_a_key_is_as_inert_as_a_value() -> None:
    part = root('"\\u001b[31m" = 1\n["\\u202e".b]\nc = 1')
    part.sub("\u202e").sub("b").text("d")
    assert problems(part) == [
        "s.toml:1: The «\\x1b[31m» of «s.toml» is not known.",
        "s.toml:2: The «d» of «\\u202e.b» must be given.",
        "s.toml:3: The «c» of «\\u202e.b» is not known.",
    ]


@pytest.mark.parametrize("text", ["dix\u202f% «\xa0ici\xa0»", "line\none", "क्\u200dष", "עברית"])
def test_every_language_may_be_written(text: str) -> None:
    part = Section(Document(name="s.toml", table={}, lines={}), {"x": text})
    assert part.text("x") == text


def test_a_value_is_shown_short_and_inert() -> None:
    assert len(shown("x" * 10_000)) < 70
    assert len(shown(["x" * 50] * 100)) < 130
    assert "\x1b" not in shown(["\x1b[31m"])
    assert "\u202e" not in shown("\u202e")
