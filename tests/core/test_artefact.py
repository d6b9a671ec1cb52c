"""A recipe is the same for the same thing, in every process, and different for another."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.artefact import key_of, recipe
from keepstone.core.origin import Area, Hazard

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN, PLAIN)
def test_equal_recipes_mean_equal_things(a: object, b: object) -> None:
    assert (recipe(a) == recipe(b)) == (repr(_sorted(a)) == repr(_sorted(b)))


def _sorted(thing: object) -> object:
    if isinstance(thing, dict):
        return {"d": sorted((repr(key), repr(_sorted(value))) for key, value in thing.items())}
    return tuple(_sorted(item) for item in thing) if isinstance(thing, tuple) else thing


def test_fields_that_do_not_compare_are_left_out() -> None:
    @dataclass(frozen=True)
    class Thing:
        size: int
        seen: list[int] = field(default_factory=list, compare=False)

    assert recipe(Thing(1, [2])) == "Thing(size=1)"


def test_a_thing_of_no_stable_spelling_is_refused() -> None:
    with pytest.raises(TypeError, match="«recipe» of its own"):
        recipe(object())


def test_a_key_is_the_same_in_another_process() -> None:
    made = "from keepstone.core.artefact import key_of\nfrom keepstone.core.origin import Area, Hazard\n"
    made += "print(key_of(frozenset('abcdef'), Area.FAIRNESS, Hazard(cause='rain')))"
    out = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, check=True, timeout=60).stdout
    assert out.strip() == key_of(frozenset("abcdef"), Area.FAIRNESS, Hazard(cause="rain"))


def test_a_part_from_outside_is_told_from_one_of_the_same_name() -> None:
    from keepstone.core.part import part
    from keepstone.parts.metrics.missed import Missed as Ours

    @part("metric")
    @dataclass(frozen=True)
    class Missed:
        pass

    assert recipe(Ours()) == "Missed()"
    assert recipe(Missed()) == f"{__name__}.Missed()"
