"""Checks that questions of a promptfoo configuration bring along are read off the replies, and asked about where there are any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from areas.chat.test_known import SYSTEM

from keepstone.areas.chat import alignment, known
from keepstone.catalog.load import load
from keepstone.core.channel import through
from keepstone.core.errors import InputError
from keepstone.core.probe import Scope
from keepstone.core.trial import Trials
from keepstone.map import derive
from keepstone.measure.checks import corpora
from keepstone.parts.assistants.function import Function
from keepstone.parts.corpora.file import File
from keepstone.parts.metrics.check_failed import CheckFailed
from keepstone.parts.targets.chat import Chat

pytest.importorskip("yaml")
TEXT = """prompts: ["{{q}}"]
tests:
  - {vars: {q: When?}, assert: [{type: contains, value: nine}]}
  - {vars: {q: Where?}, assert: [{type: not-contains, value: nine}]}
"""


@pytest.fixture
def target(tmp_path: Path) -> Chat:
    (tmp_path / "q.yaml").write_text(TEXT)
    return Chat(Function(lambda _messages: "At nine."), File(str(tmp_path / "q.yaml")))


def asked(target: Chat) -> list[str]:
    scope = Scope(system=SYSTEM, target=target, risk=derive.derive(SYSTEM, load()).risk, limit=lambda _area, _condition, _metric: 0.1)
    return [one.id for one in alignment.probes(scope)]


def test_a_reply_keeps_one_check_and_breaks_the_other(target: Chat) -> None:
    outcome = target.run(Trials(7, "test", 0, 2), through)
    losses = CheckFailed().loss(outcome, lambda: outcome)[:, 0]
    assert {question: float(loss) for question, loss in zip(outcome.columns["asked"], losses, strict=True)} == {"When?": 0, "Where?": 1}
    assert list(corpora.problems(target.corpus)) == []


def test_it_is_asked_only_where_questions_bring_checks_along(target: Chat) -> None:
    assert "alignment.nominal.check_failed" in asked(target)
    assert "alignment.nominal.check_failed" not in asked(known.flawless())
    assert "promptfoo" in CheckFailed().unfit(known.flawless())


def test_a_question_without_checks_is_not_counted() -> None:
    outcome = known.flawless().run(Trials(7, "test", 0, 5), through)
    assert np.isnan(CheckFailed().loss(outcome, lambda: outcome)).all()


def test_a_bad_configuration_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "q.yml").write_text(TEXT.replace("not-contains", "is-json"))
    with pytest.raises(InputError, match='"is-json" is not understood'):
        File(str(tmp_path / "q.yml"))
