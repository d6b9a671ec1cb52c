"""The metric that a judge reads: losses, and what the judge can't read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepstone.areas.chat import known
from keepstone.core.artefact import key_of
from keepstone.core.channel import through
from keepstone.core.chat import Exchange, Opinion
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.play import thousandths
from keepstone.parts.judges.words import Words
from keepstone.parts.metrics.judged import Judged


@dataclass
class Moody:
    """Says 1 of every third, gives no answer of every fourth."""

    recipe: str = "moody"
    title: str = "moody"
    asked: int = 0

    def read(self, said: Sequence[Exchange]) -> list[Opinion]:
        self.asked += len(said)
        return [Opinion(None, "no") if at % 4 == 3 else Opinion(at % 3 == 0) for at in range(len(said))]


def outcome(broken: tuple[int, ...] = ()) -> Outcome:
    got = known.flawless().run(Trials(3, "test", 0, 20), through)
    mask = np.zeros(20, dtype=np.bool_)
    mask[list(broken)] = True
    return Outcome(got.columns, got.calls, mask, got.why)


def test_what_was_not_read_stands_in_both_ways() -> None:
    said = outcome()
    losses = Judged(by=Moody(), label="x", meaning="it is so").loss(said, lambda: said)
    assert losses[0].tolist() == [1, 1, 1]
    assert losses[1].tolist() == [0, 0, 0]
    assert np.isnan(losses[3][0])
    assert losses[3][1:].tolist() == [1, 0]


def test_of_what_broke_the_judge_is_asked_nothing() -> None:
    said, moody = outcome((0, 5)), Moody()
    losses = Judged(by=moody, label="x", meaning="it is so").loss(said, lambda: said)
    assert moody.asked == 18
    assert thousandths(losses, said.broken)[0].tolist() == [1000, 1000, 1000]


def test_judge_meaning_and_labels_belong_to_it() -> None:
    one = Judged(by=Words(words=("a",)), label="x", meaning="it is so")
    others = [
        Judged(by=Words(words=("b",)), label="x", meaning="it is so"),
        Judged(by=Words(words=("a",)), label="x", meaning="it is not"),
        Judged(by=Words(words=("a",)), label="x", meaning="it is so", caught=(1, 2)),
        Judged(by=Words(words=("a",)), label="x", meaning="it is so", labels="sha256:1"),
    ]
    assert len({key_of(metric) for metric in (one, *others)}) == 5
    assert one.title == "it is so, as judged"
