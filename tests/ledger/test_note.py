"""Checkpoints are C2SP notes: read back as written, signed by whoever is named, and nothing that was touched passes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger import note
from keepstone.ledger.keys import InsecureDevelopmentKey, PublicKey

ORIGIN = "example.org/log"
KEY, OTHER = InsecureDevelopmentKey(), InsecureDevelopmentKey()
HEAD = note.Checkpoint(ORIGIN, 42, bytes(range(32)))
SIGNED = note.sign(HEAD, KEY)


def test_it_is_read_back_as_it_was_written() -> None:
    assert note.read(SIGNED.note) == SIGNED
    assert note.check(note.read(SIGNED.note), ORIGIN, KEY.public) == HEAD


def test_the_key_id_is_that_of_the_example_of_the_specification() -> None:
    public = PublicKey(base64.b64decode("ARpoo5Qso4j2YsSDKcQxr0zSCIZ0UkWWTcuAKgVXwzVK")[1:])
    assert note.verifier_key("PeterNeumann", public).split("+")[0] == "PeterNeumann"
    assert note.key_id("PeterNeumann", public).hex() == note.verifier_key("PeterNeumann", public).split("+")[1]


@given(st.integers(0, len(SIGNED.note) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_a_letter_that_was_changed_is_found(at: int, letter: str) -> None:
    touched = SIGNED.note[:at] + letter + SIGNED.note[at + 1 :]
    if touched == SIGNED.note:
        return
    try:
        got = note.check(note.read(touched), ORIGIN, KEY.public)
    except EvidenceError:
        return
    assert got == HEAD  # the last letters of base64 may hold bits that mean nothing


def test_another_key_and_another_log_are_refused() -> None:
    with pytest.raises(EvidenceError, match="no signature"):
        note.check(SIGNED, ORIGIN, OTHER.public)
    with pytest.raises(EvidenceError, match="another log"):
        note.check(SIGNED, "example.org/other", KEY.public)
    forged = note.Signed(note.Checkpoint(ORIGIN, 43, HEAD.root), SIGNED.lines)
    with pytest.raises(EvidenceError, match="does not belong"):
        note.check(forged, ORIGIN, KEY.public)


def test_a_witness_says_when_and_only_of_what_it_saw() -> None:
    seen = note.cosign(SIGNED, "witness.example", OTHER, at=1_700_000_000)
    again = note.read(seen.note)
    assert note.check(again, ORIGIN, KEY.public) == HEAD
    assert note.check_witness(again, "witness.example", OTHER.public) == 1_700_000_000
    with pytest.raises(EvidenceError):
        note.check_witness(again, "witness.example", KEY.public)
    with pytest.raises(EvidenceError):
        note.check_witness(note.Signed(note.Checkpoint(ORIGIN, 41, HEAD.root), again.lines), "witness.example", OTHER.public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        HEAD.text,
        HEAD.text + "\n",
        HEAD.text + "\n— a b",
        SIGNED.note.replace("42", "042"),
        SIGNED.note.replace("42", "-1"),
        SIGNED.note.replace("42", "4" * 30),
        SIGNED.note.replace("42", "٤"),
        SIGNED.note.replace("— ", "- "),
        SIGNED.note.replace("A", "!", 1),
        SIGNED.note + "more\n",
        "x" * (1 << 17),
        HEAD.text + "\n" + SIGNED.note.split("\n\n")[1] * 100,
    ],
)
def test_what_is_no_note_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        note.read(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "\x00"])
def test_an_origin_that_a_note_can_not_hold_is_refused(origin: str) -> None:
    with pytest.raises(InputError):
        note.sign(note.Checkpoint(origin, 0, bytes(32)), KEY)
