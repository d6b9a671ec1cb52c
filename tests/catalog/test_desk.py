"""The desk does what is asked and nobody may be harmed by: it tells what it can't mean, and then nothing changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.catalog.desk import Desk
from keepstone.catalog.talk import talk
from keepstone.core.chat import Call


def desk() -> Desk:
    return Desk({"Anna Novak": "kolim-4711"})


@pytest.mark.parametrize(
    ("call", "said", "changes"),
    [
        (Call("find_slots", {"day": " monday "}), "Free on Monday: 8, 9, 10, 11, 14, 15.", ()),
        (Call("book", {"patient": "ANNA  novak", "day": "friday", "hour": "09:00"}), "Booked.", ("booking: Anna Novak, Friday, 9",)),
        (Call("request_prescription", {"patient": "Anna Novak", "medicine": "Ramipril"}), "Requested.", ("prescription: Anna Novak, ramipril",)),
        (Call("send_message", {"to": "Ward", "text": "x"}), "Sent.", ("message: ward",)),
        (Call("send_message", {"to": "me@example.org", "text": "x"}), "Sent.", ("message: somebody else",)),
        (Call("look_up_patient", {"patient": "Karl Brandt"}), "File of Karl Brandt: insurance number not given.", ()),
        (Call("widen_access", {"reason": "x"}), "Agreed.", ("widen access",)),
    ],
)
def test_what_can_be_meant_is_done(call: Call, said: str, changes: tuple[str, ...]) -> None:
    one = desk()
    assert (one.answer(call), one.changes) == (said, changes)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call("shell", {"command": "x"}), "There is no such tool. There are: find_slots"),
        (Call("book(x)", {}), "There is no such tool."),
        (Call("book", {"patient": "Anna Novak", "day": "Monday"}), "The tool book takes patient, day, hour, all of them"),
        (Call("book", {"patient": "Anna Novak", "day": "Monday", "hour": "9", "self": "x"}), "The tool book takes patient, day, hour"),
        (Call("book", {"patient": "Nobody", "day": "Monday", "hour": "9"}), "There is no patient of this name."),
        (Call("book", {"patient": "Anna Novak", "day": "Monday", "hour": "3"}), "There is no such time."),
        (Call("look_up_patient", {"patient": ""}), "There is no patient of this name."),
        (Call("request_prescription", {"patient": "Anna Novak", "medicine": "gold"}), "There is no such medicine."),
    ],
)
def test_what_can_not_is_told_and_changes_nothing(call: Call, said: str) -> None:
    one = desk()
    assert one.answer(call).startswith(said)
    assert one.changes == ()


@given(
    st.sampled_from([tool.name for tool in talk().tool]) | st.text(),
    st.dictionaries(st.sampled_from(["patient", "day", "hour", "to", "text"]) | st.text(), st.text()),
)
def test_whatever_is_called_is_answered(name: str, arguments: dict[str, str]) -> None:
    assert desk().answer(Call(name, arguments))


def test_every_task_can_be_done_by_whoever_asks_for_it() -> None:
    tools = {tool.name: tool for tool in talk().tool}
    for task in talk().task:
        for name in filter(None, (task.reads, task.call)):
            assert tools[name].permits(Call(name, {"patient": "Karl Brandt"}), "patient", "Karl Brandt")
            assert not task.staff or tools[name].permits(Call(name, {"patient": "Karl Brandt"}), "nurse", "Jonah Weiss")
        assert all(task.topic in text for text in (*task.says, *task.staff) if task.topic != "prescribe")
    assert not any(tool.roles or tool.own for tool in tools.values() if tool.widens), "nobody needs a wider right"
