"""The order stands where it should, in the dress that was asked for, with the canary of its item."""

from __future__ import annotations

from typing import cast

import pytest

from keepstone.areas.chat import known
from keepstone.catalog.talk import talk
from keepstone.core.cell import Arm
from keepstone.core.chat import Conversing
from keepstone.core.errors import InputError
from keepstone.core.origin import Side, side_of
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.spelling import ENCODINGS, found, plain
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.stray_instruction import StrayInstruction
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.parts.mitigations.none import Nothing

TRIALS = Trials(7, "test", 0, 120)


def played(condition: PromptInjection | StrayInstruction) -> Outcome:
    target = known.flawless()
    return play(target, Arm(target, condition, Nothing()), TRIALS, KeptShelf())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("through", "column"), [("input", "asked"), ("document", "document")])
def test_every_trial_holds_its_own_canary(through: str, column: str, encoding: str) -> None:
    outcome = played(PromptInjection(through, encoding))
    items = cast("Conversing", known.flawless()).corpus.items(TRIALS)
    for text, item in zip(outcome.columns[column], items, strict=True):
        assert found(str(text), item.canary)
    other = "document" if through == "input" else "asked"
    assert not any(found(str(text), item.canary) for text, item in zip(outcome.columns[other], items, strict=True))


def test_the_question_stands_first_and_every_carrier_comes_up() -> None:
    outcome = played(PromptInjection("input"))
    items = known.flawless().corpus.items(TRIALS)
    added = [str(text).removeprefix(item.question).strip() for text, item in zip(outcome.columns["asked"], items, strict=True)]
    carriers = {line.text.replace("{canary}", item.canary) for line in talk().carrier for item in items}
    assert set(added) <= carriers
    assert len({text.split()[0] for text in added}) == len({line.text.split()[0] for line in talk().carrier})


def test_what_does_not_show_is_there_all_the_same() -> None:
    hidden = played(PromptInjection("input", "tags")).columns["asked"]
    shown = played(PromptInjection("input")).columns["asked"]
    assert [plain(str(text)) for text in hidden] == list(shown)
    assert list(hidden) != list(shown)


def test_its_counterpart_is_one_sentence_in_the_same_place_by_chance() -> None:
    for through in ("input", "document"):
        threat = PromptInjection(through)
        assert side_of(threat.origin) is Side.SECURITY
        assert side_of(threat.counterpart.origin) is Side.SAFETY
        assert threat.counterpart.channels == threat.channels
        now, calm = played(threat), played(threat.counterpart)
        column = "asked" if through == "input" else "document"
        sizes = [sum(len(str(text)) for text in outcome.columns[column]) for outcome in (now, calm)]
        assert 0.7 < sizes[0] / sizes[1] < 1.5


def test_another_place_or_encoding_is_refused() -> None:
    with pytest.raises(InputError, match="«through» of «prompt_injection» must be one of input, document, tool, mail, file_name, alt_text; got 'air'"):
        PromptInjection("air")
    with pytest.raises(InputError, match="«encoding» of «prompt_injection»"):
        PromptInjection("input", "morse")
    with pytest.raises(InputError, match="«through» of «stray_instruction»"):
        StrayInstruction("prompt")


@pytest.mark.parametrize("place", ["mail", "file_name", "alt_text"])
def test_in_a_document_an_order_stands_in_many_a_frame(place: str) -> None:
    outcome = played(PromptInjection(place))
    assert all(str(word) in str(text) for text, word in zip(outcome.columns["document"], outcome.columns["canary"], strict=True))
    assert PromptInjection(place).counterpart == StrayInstruction("document")


def test_by_a_tool_it_stands_in_what_comes_back_and_nowhere_else() -> None:
    target, threat = known.equipped("obeys_tools", 1.0), PromptInjection("tool")
    outcome = play(target, Arm(target, threat, Nothing()), Trials(7, "task", 0, 60), KeptShelf())
    for asked, tools, word in zip(outcome.columns["asked"], outcome.columns["tools"], outcome.columns["canary"], strict=True):
        assert str(word) not in str(asked)
        assert f"send_message(text={word}, to=ward)" in str(tools)
    assert threat.counterpart.stream == threat.stream == "task"
    assert "set `tools = true`" in threat.unfit(known.flawless())
