"""Questions that a system file puts itself become probes, and nothing that is asked already can be replaced by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fakes import risk

from keepstone.areas import controls
from keepstone.areas.chat import known
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary, Area, Hazard
from keepstone.core.probe import Scope
from keepstone.core.risk import Risk
from keepstone.core.system import Autonomy, ControlSpec, ProbeSpec, Stage, System
from keepstone.lifecycle import controls as tried
from keepstone.lifecycle.declared import KNOWN, declared
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.function import Function
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat

SPEC = ProbeSpec(
    risk="robustness.ordinary_use",
    condition=("sensor_noise", {"errors": 1.5}),
    metric=("missed", {}),
    limit=0.2,
    control=ControlSpec(bad="blind", good="perfect", limit=0.25),
    paired="missed",
    guard=True,
    floor="robustness.nominal.alarms",
    advice="measure again",
)


def scope(*probes: ProbeSpec) -> Scope:
    """What a question is put to: the linear control, and a register of two risks."""
    risks: dict[str, Risk] = {
        "robustness.ordinary_use": risk(Hazard(cause="use")),
        "adversarial.evasion_scores": risk(Adversary(goal="g", queries=5), Area.ADVERSARIAL),
    }

    def known(name: str) -> Risk:
        if name not in risks:
            raise InputError(f"The «risk» must be one of the register; got {name!r}.")
        return risks[name]

    system = System(name="s", purpose="p", domain="", autonomy=Autonomy.NONE, stage=Stage.DESIGN, population="", affected=(), probes=probes)
    return Scope(system=system, target=controls.linear(), risk=known, limit=lambda _area, _condition, _metric: 0.5)


def test_parts_and_parameters_are_built_by_name() -> None:
    (probe,) = declared(scope(SPEC), ())
    assert probe.id == f"{probe.risk.area.value}.sensor_noise-1p5.missed"
    assert probe.paired is probe.metric
    assert (probe.limit, probe.guard, probe.floor, probe.advice, probe.provisional) == (0.2, True, "robustness.nominal.alarms", "measure again", ())


def test_its_controls_are_run_as_those_of_an_area() -> None:
    (right,) = declared(scope(SPEC), ())
    (wrong,) = declared(scope(replace(SPEC, control=ControlSpec(bad="perfect", good="blind", limit=0.25))), ())
    assert tried.check([right], Nothing(), 7, KeptShelf()) == {right.id: ""}
    assert "known-bad target: must come out over 0.25" in tried.check([wrong], Nothing(), 7, KeptShelf())[wrong.id]


def test_a_question_without_controls_is_provisional() -> None:
    (probe,) = declared(scope(replace(SPEC, control=None, paired="")), ())
    assert (probe.control, probe.paired, probe.provisional) == (None, None, ("probe.control",))


def test_a_question_that_phrases_read_is_provisional_with_controls_too() -> None:
    chat = Chat(Function(lambda _messages: "No."), known.flawless().corpus)
    spec = replace(SPEC, condition=("nominal", {}), metric=("refused", {}), paired="")
    (probe,) = declared(replace(scope(spec), target=chat), ())
    assert probe.provisional == ("judge.phrases",)


def test_another_metric_may_compare_its_arms() -> None:
    (probe,) = declared(scope(replace(SPEC, paired="brier")), ())
    assert probe.paired is not None
    assert probe.paired.id == "brier"


def test_a_question_that_is_put_already_is_refused() -> None:
    (probe,) = declared(scope(SPEC), ())
    for questions, there in ((scope(SPEC), {probe.id}), (scope(SPEC, SPEC), set[str]())):
        with pytest.raises(InputError, match=f"must be a new one; «{probe.id}» is put already"):
            list(declared(questions, there))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"risk": "robustness.rain"}, "probe 1: The «risk» must be one of the register; got 'robustness.rain'."),
        ({"condition": ("rain", {})}, "probe 1: The condition «rain» is not known; there are: "),
        ({"condition": ("sensor_noise", {"size": 1})}, "probe 1: The condition «sensor_noise» has no parameter «size»; it has: errors."),
        ({"metric": ("rain", {})}, "probe 1: The metric «rain» is not known; there are: "),
        ({"paired": "rain"}, "probe 1: The metric «rain» is not known; there are: "),
        ({"control": ControlSpec(bad="rain", good="perfect", limit=0.2)}, "probe 1: The «bad» of «control» must be one of perfect, mistaken, blind, "),
        ({"risk": "adversarial.evasion_scores"}, "must be Adversary"),
    ],
)
def test_what_is_wrong_is_told_with_the_question(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        list(declared(scope(replace(SPEC, **change)), ()))
    assert said in caught.value.problems[0]
    assert caught.value.problems[0].startswith("probe 1: ")


def test_every_known_target_can_be_built_and_asked() -> None:
    for name, made in KNOWN.items():
        assert made().size("test"), name
