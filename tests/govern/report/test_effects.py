"""Effects as the report shows them."""

from __future__ import annotations

import msgspec
from govern import synthetic

from keepstone.govern.report import effects


def test_the_two_rows_of_a_threat_stand_together_and_most_added_comes_first() -> None:
    figure = effects.intent(synthetic.not_met())
    assert len(figure.rows) == 6
    added = [row.often.difference for row in figure.rows if row.often.difference is not None]
    assert added == sorted(added, reverse=True)
    evasion = next(row for row in figure.rows if row.threat == "Evasion by scores")
    assert evasion.once is not None
    assert (evasion.once.tries, evasion.often.tries) == (1, 100)
    assert float(evasion.chance_once[:-1]) < float(evasion.chance_often[:-1]) < float(evasion.intent[:-1])


def test_a_threat_without_a_counterpart_says_why() -> None:
    row = effects.intent(synthetic.not_met()).rows[-1]
    assert row.counterpart == ""
    assert "guessing has no advantage" in row.why
    assert row.word == "not measured"


def test_attacks_come_most_harmful_first_and_what_was_not_measured_last() -> None:
    harm = [row.number for row in effects.attack_harm(synthetic.not_met()).rows]
    assert harm[0] == "+331"
    doors = effects.exposed(synthetic.not_met()).rows
    assert doors[-1].word == "not measured"
    assert doors[-1].plot is None


def test_an_effect_of_fewer_than_ten_people_is_held_back() -> None:
    result = synthetic.not_met()
    few = tuple(msgspec.structs.replace(one, trials_of=7, effect=0.9, lower=0.8, upper=1.0) for one in result.exposed_by_flaw)
    figure = effects.exposed(msgspec.structs.replace(result, exposed_by_flaw=few))
    for row in figure.rows:
        assert row.plot is None
        assert row.number == "fewer than 10, not shown"
        assert row.compared == row.trials == ""


def test_nothing_measured_nothing_shown() -> None:
    empty = synthetic.empty()
    assert (effects.intent(empty).rows, effects.attack_harm(empty).rows, effects.exposed(empty).rows) == ((), (), ())
