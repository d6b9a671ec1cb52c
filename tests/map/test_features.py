"""What is said of a column is read in full, and what is left out is not known."""

from __future__ import annotations

import math

from keepstone.core.table import Feature, Unit
from keepstone.intake import toml
from keepstone.map.features import features


def read(text: str) -> tuple[Feature, ...]:
    root = toml.parse(text.encode(), name="f.toml")
    found = features(root)
    root.finish()
    return found


def test_everything_that_can_be_said_is_kept() -> None:
    text = """
        [[feature]]
        name = "crea"
        kind = "number"
        unit = "mg/dL"
        lower = 0.1
        upper = 30
        error_abs = 0.2
        error_rel = 0.1
        immutable = true
        missing = true
        units = [{ name = "umol/L", factor = 88.42 }, { name = "F", factor = 1.8, offset = 32 }]
        cost = 2.5
        guessed = ["cost"]
        [[feature]]
        name = "site_a"
        kind = "binary"
        one_hot = "site"
        levels = ["0", "1"]
    """
    crea, site = read(text)
    assert crea == Feature(
        name="crea",
        unit="mg/dL",
        lower=0.1,
        upper=30.0,
        error_abs=0.2,
        error_rel=0.1,
        immutable=True,
        missing=True,
        units=(Unit(name="umol/L", factor=88.42), Unit(name="F", factor=1.8, offset=32.0)),
        cost=2.5,
        guessed=frozenset({"cost"}),
    )
    assert (site.one_hot, site.levels, site.kind) == ("site", ("0", "1"), "binary")


def test_what_is_left_out_is_not_known() -> None:
    (bare,) = read('[[feature]]\nname = "age"\n')
    assert bare == Feature(name="age")
    assert (bare.lower, bare.upper, bare.noisy) == (-math.inf, math.inf, False)
    assert read("") == ()
