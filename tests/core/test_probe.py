"""A probe refuses a condition of the other half."""

from __future__ import annotations

import pytest
from fakes import ADVERSARY, Lost, Rate, risk

from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.probe import PHRASES, PROXY, Probe, Unasked, rests


def test_a_probe_is_named_by_area_condition_and_metric() -> None:
    probe = Probe(risk=risk(Hazard(cause="rain")), condition=Rate(0.25), metric=Lost(), limit=0.1)
    assert probe.id == "robustness.rate-0p25.lost-1"
    assert Unasked(risk=probe.risk, what="shift", why="give «batch»").id == "robustness.shift"


def test_a_threat_shows_no_safety_risk() -> None:
    with pytest.raises(InputError, match="must be Hazard"):
        Probe(risk=risk(Hazard(cause="rain")), condition=Rate(0.25, ADVERSARY), metric=Lost(), limit=0.1)


def test_what_a_verdict_rests_on_is_told_in_words() -> None:
    assert rests((PROXY,)) == "a short run, which can show a sign and never its absence"
    assert rests((PHRASES, PROXY, "target.threshold")).count(", and on ") == 2
    assert PROXY not in rests(("target.threshold", PROXY))
