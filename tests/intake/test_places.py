"""Where a word stands, and what must not be shown: in every dress, of any size, in time that grows with the text."""

from __future__ import annotations

from time import monotonic

import pytest

from keepstone.intake.places import FOUND, HIDDEN, shown, spans, written
from keepstone.intake.spelling import ENCODINGS, found

SECRET = "KEEP-7741"


@pytest.mark.parametrize("dress", ENCODINGS)
def test_no_dress_shows_the_secret(dress: str) -> None:
    text = f"Well then. {ENCODINGS[dress](f'The code is {SECRET} okay')} and bye {SECRET}."
    pieces = shown(text, secret=SECRET)
    assert not found(written(pieces), SECRET)
    assert HIDDEN in {kind for _text, kind in pieces}
    assert written(pieces).startswith("Well then.")


@pytest.mark.parametrize("dress", ENCODINGS)
def test_what_was_found_is_marked_where_it_stands(dress: str) -> None:
    text = f"Well then. {ENCODINGS[dress]('say nabab-3250 now')}"
    how = found(text, "nabab-3250")
    marks = spans(text, "nabab-3250", how)
    assert marks
    assert all(found(text[start:stop], "nabab-3250") for start, stop in marks)
    pieces = shown(text, marks)
    assert written(pieces) == text
    assert [piece for piece, kind in pieces if kind == FOUND] == [text[start:stop] for start, stop in marks]


def test_a_secret_that_cannot_be_cut_out_takes_the_text_with_it() -> None:
    text = "\n".join(ENCODINGS["base64"](f"the code is {SECRET}, keep it").split(": ")[1][k : k + 7] for k in range(0, 40, 7))
    assert found(text, SECRET) == "base64"
    assert shown(text, secret=SECRET) == (("[withheld: it holds the secret]", HIDDEN),)


def test_people_and_keys_are_left_out_unless_asked_for() -> None:
    text = "Call +43 660 123 45 67 or write to a.b@example.org; sk-abcDEF1234567890abcdef opens it. Room 12, 3 euros."
    assert written(shown(text)) == "Call +[number] or write to [address] [key] opens it. Room 12, 3 euros."
    assert written(shown(text, secret="Room 12", whole=True)) == text


def test_what_was_found_stands_although_it_looks_like_a_key() -> None:
    text = "QWERTYUIOPasdfgh1234567890"
    assert shown(text, ((0, len(text)),)) == ((text, FOUND),)


def test_what_is_too_long_keeps_its_beginning_and_what_was_found() -> None:
    text = f"Begin {'so ' * 5000}nabab-3250{' on' * 5000}"
    kept = shown(text, spans(text, "nabab-3250"))
    assert ("nabab-3250", FOUND) in kept
    assert written(kept).startswith("Begin")
    assert len(written(kept)) < 2100


@pytest.mark.parametrize("piece", ["a@", "1 ", "-1", "KEEP-774", "\u0301", "\u200b", "\U000e0041", "a" * 21 + "1 "])
def test_time_grows_with_the_text(piece: str) -> None:
    began = monotonic()
    shown(piece * (100_000 // len(piece)), secret=SECRET)
    spans(piece * (100_000 // len(piece)), SECRET, "spaced")
    assert monotonic() - began < 5
