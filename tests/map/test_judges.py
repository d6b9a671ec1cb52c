"""The table [[judge]] of a system file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keepstone.core.errors import InputError
from keepstone.core.system import JudgeSpec
from keepstone.map.describe import describe

HEAD = '[system]\nname = "bot"\npurpose = "answers"\nautonomy = "advises"\npopulation = "patients"\n'
ONE = '[[judge]]\nname = "rude"\nmeaning = "the reply is rude"\nkind = "words"\nlimit = 0.05\nparameters = { words = ["stupid"] }\n'


def judges(text: str) -> tuple[JudgeSpec, ...]:
    return describe(HEAD + text, name="system.toml").judges


def test_it_is_read() -> None:
    (one,) = judges(ONE + 'labels = "labels/rude.jsonl"\nstreams = ["test", "benign"]\nthreats = false\n')
    assert list(one.parameters) == ["words"]
    assert replace(one, parameters={}) == JudgeSpec(
        name="rude", meaning="the reply is rude", limit=0.05, kind="words", labels="labels/rude.jsonl", streams=("test", "benign"), threats=False
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('name = "rude"', 'name = "Rude!"'), "«name» of «judge 1» must be of small letters"),
        (('kind = "words"', 'kind = "model"'), "«kind»"),
        (('kind = "words"', 'kind = "function"'), "«call» of «judge 1» must be given"),
        (('kind = "words"', 'kind = "openai"'), "«address» of «judge 1» must be given"),
        (("limit = 0.05", "limit = 1.5"), "«limit»"),
        (('parameters = { words = ["stupid"] }', 'call = "a.py:f"'), "«call» of «judge 1» must not stand beside"),
        (('meaning = "the reply is rude"\n', ""), "«meaning»"),
        (("limit = 0.05", 'limit = 0.05\nlabels = "../x.jsonl"'), "«labels»"),
        (("limit = 0.05", "limit = 0.05\nstreams = []"), "«streams»"),
        (("limit = 0.05", 'limit = 0.05\nrisk = "nowhere.x"'), "«risk»"),
        (("limit = 0.05", "limit = 0.05\nlimits = 1"), "did you mean «limit»"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(change: tuple[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        judges(ONE.replace(*change))
    assert "system.toml:" in str(raised.value)


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="must not stand twice"):
        judges(ONE + ONE)


@pytest.mark.parametrize(
    ("address", "more", "told"),
    [
        ("http://api.example.org/v1", "", "must stand beside a table \\[scope\\]"),
        ("http://user:secret@127.0.0.1/v1", "", "«address»"),
        ("elsewhere", "", "«address»"),
    ],
)
def test_an_address_is_held_to_the_scope(address: str, more: str, told: str) -> None:
    text = ONE.replace('kind = "words"', f'kind = "openai"\naddress = "{address}"').replace('{ words = ["stupid"] }', '{ model = "m" }')
    with pytest.raises(InputError, match=told) as raised:
        judges(text + more)
    assert "secret" not in str(raised.value)


def test_an_excluded_area_has_no_judge() -> None:
    with pytest.raises(InputError, match="leaves out"):
        judges(ONE + '[[exclude]]\narea = "alignment"\nby = "A"\nreason = "none"\n')
