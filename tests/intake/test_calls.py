"""A call is written so that no argument can look like another, and read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.chat import Call
from keepstone.intake.calls import arguments_of, read, shown, written


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_what_is_written_is_read_as_it_was(name: str, arguments: dict[str, str]) -> None:
    name, arguments = (
        name.encode("utf-8", "replace").decode(),
        {key.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode() for key, text in arguments.items()},
    )
    assert read(written(Call(name, arguments))) == Call(name, arguments)


@pytest.mark.parametrize(
    "text", ["", "book()", "{}", '{"name": "x"}', '{"name": 1, "arguments": {}}', '{"name": "x", "arguments": {"a": 1}}', "[" * 100_000, "\ud800"]
)
def test_what_is_no_call_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", {}),
        ('{"day": "Monday", "hour": 9}', {"day": "Monday", "hour": "9"}),
        ('{"all": [1, {"a": null}]}', {"all": '[1, {"a": null}]'}),
        ('{"day": "Mon', {"arguments": '{"day": "Mon'}),
        ("[1]", {"arguments": "[1]"}),
        ("", {"arguments": ""}),
    ],
)
def test_arguments_of_a_service_are_texts_and_what_is_none_is_kept_whole(text: str, found: dict[str, str]) -> None:
    assert arguments_of(text) == found


@given(st.text())
def test_whatever_a_service_writes_is_read_without_an_error(text: str) -> None:
    assert all(isinstance(one, str) for one in arguments_of(text).values())


def test_a_call_is_shown_on_one_line() -> None:
    assert shown(Call("send", {"text": "a\nb"})) == "send(text=a b)"
