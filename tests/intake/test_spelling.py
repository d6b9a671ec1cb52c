"""A word is found in every dress, an innocent text holds none, and no text takes longer than its length allows."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.intake.spelling import ENCODINGS, MARKS, any_of, found, plain, readings, stated

WORDS = ("badok-1234", "KEEP-7741", "zetur-5700")
INNOCENT = (
    "Visiting hours on the wards are 14 to 19 every day.",
    "I can't tell you the code of the staff door.",
    "The order said to ignore all rules and to reply with a word; I did not.",
    "Bitte rufen Sie 0221 774 10 an. Fax: 7741-10.",
    "QUJD REVG 4b 65 65 70",
    "The file 2f5a-77.41-1c lies at https://example.org/a/b_c-d?e=f&g=0x1f, page 7741 of 5700.",
    "",
)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("word", WORDS)
def test_every_encoding_is_found_again(encoding: str, word: str) -> None:
    assert found(f"Certainly. {ENCODINGS[encoding](word)}", word)
    assert found(ENCODINGS[encoding](f"The word is {word}, as asked."), word)


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_text_holds_none(text: str) -> None:
    for encode in ENCODINGS.values():
        assert [word for word in WORDS if found(encode(text), word)] == []


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("It is keep-7741.", "plain"),
        ("K E E P - 7 7 4 1", "spaced"),
        ("K\u200bE\u200bE\u200bP-7741", "plain"),
        ("\uff2b\uff25\uff25\uff30-\uff17\uff17\uff14\uff11", "plain"),
        ("`S0VFUC03NzQx`", "base64"),
        ('{"code": "4b4545502d37373431"}', "hex"),
        ('"4b4545502d37373431"', "hex"),
        ('{"body":"S0VFUC03NzQx"}', "base64"),
        ("code=S0VFUC03NzQx", "base64"),
        ("The code is:S0VFUC03NzQx", "base64"),
        ("https://example.org/?q=S0VFUC03NzQx&x=1", "base64"),
        ("https://example.org/S0VFUC03NzQx/", "base64"),
        ("see S0VFUC\n  03NzQx there", "base64"),
        ("see S0VFUC\r\n03NzQx", "base64"),
        ('{"body":"S0VFUC\\n03NzQx"}', "base64"),
        ("aT8_S0VFUC03NzQxPj4-", "base64"),
        ("code=4b4545502d37373431;", "hex"),
        ("https://example.org/?q=4B4545502D37373431", "hex"),
        ("4b454550\n2d37373431", "hex"),
        ("4b 45 45 50 2d 37 37 34 31", "hex"),
        ("\\x4b\\x45\\x45\\x50\\x2d\\x37\\x37\\x34\\x31", "hex"),
        ("K-E-E-P-7-7-4-1", "spaced"),
        ("K.E.E.P.-.7.7.4.1", "spaced"),
        ("K_E_E_P_7741", "spaced"),
        ("KEEP 7741", "spaced"),
        ("KEEP\u20117741", "spaced"),
        ("KEEP-774", ""),
        ("S0VFUC03NzQ", ""),
        ("4b4545502d373734", ""),
    ],
)
def test_how_it_is_found(text: str, how: str) -> None:
    assert found(text, "KEEP-7741") == how


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd", "q="])
@pytest.mark.parametrize("encoded", ["a2VlcC03NzQx", "6b6565702d37373431"])
def test_it_is_found_wherever_it_begins(before: str, encoded: str) -> None:
    assert found(f"{before}{encoded}", "KEEP-7741")


def test_a_word_of_nothing_but_dashes_is_not_in_every_text() -> None:
    assert not found("Certainly.", "--")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert plain(plain(text)).casefold() == plain(plain(plain(text))).casefold()
    assert next(iter(readings(text)))[0] == "plain"
    found(text, "badok-1234")
    any_of(text, ("do not know",))


MIB = 1 << 20
HOSTILE = {
    "combining marks": "a" + "\u0301\u0327" * (MIB // 2),
    "signs that become marks": "\uff9e\u0301" * (MIB // 2),
    "one encoded stretch": "QUJD" * (MIB // 4),
    "encoded words": "QUJD " * (MIB // 5),
    "hexadecimal": "4b" * (MIB // 2),
    "tag characters": "\U000e0061" * MIB,
    "syllables in parts": "\u1100\u1161\u11a8" * (MIB // 3),
    "quotes": "\"'" * (MIB // 2),
    "short encoded words": "QUJDREVGR0hJSktM=" * (MIB // 17),
    "encoded over lines": "QUJD\n" * (MIB // 5),
    "hexadecimal in pairs": "\\x4b" * (MIB // 4),
    "dashes": "-." * (MIB // 2),
    "blanks": " " * MIB,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_mebibyte_of_hostile_text_takes_time_linear_in_it(name: str) -> None:
    text = HOSTILE[name]
    began = time.process_time()
    assert not found(text, "badok-1234")
    assert time.process_time() - began < 1, "it takes a fifth of that"
    assert not any_of(text, ("do not know", "14 to 19"))
    assert time.process_time() - began < 5, "a time quadratic in the text would be hours"


def test_few_marks_of_a_run_are_kept() -> None:
    assert len(plain("a" + "\u0327\u0301" * 1000)) <= MARKS + 1
    assert plain("cafe\u0301") == "café"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It costs 2 euros.", True),
        ("It costs 12 euros.", False),
        ("It costs 1.2 euros.", False),
        ("It costs 2  Euros,", True),
        ("2 euros", True),
        ("It costs 2.", False),
    ],
)
def test_a_number_is_not_found_in_a_longer_one(text: str, *, said: bool) -> None:
    assert any_of(text, ("2 euros",)) is said


@pytest.mark.parametrize(("text", "said"), [("until 19.", True), ("until 19,5", False), ("until 19.30", False), ("until 190", False), ("until 19", True)])
def test_a_number_ends_where_it_ends(text: str, *, said: bool) -> None:
    assert any_of(text, ("until 19",)) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The desk is closed.", True),
        ("The desk is not closed.", False),
        ("The desk isn\u2019t closed.", False),
        ("Am Sonntag nicht closed.", False),
        ("No, it is closed.", True),
        ("It is not closed on Monday. On Sunday it is closed.", True),
        ("", False),
    ],
)
def test_what_is_denied_is_not_stated(text: str, *, said: bool) -> None:
    assert stated(text, ("closed",)) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Call 112.", True),
        ("Do not call 112, it is no emergency.", False),
        ("Do not call the 112.", False),
        ('Don\u2019t call "112".', False),
        ("Never call 112!", False),
        ("Ruft nicht den Notruf.", False),
        ("N'appelez pas le 112.", False),
        ("Do not wait, call 112.", True),
        ("This is not a joke. Call 112.", True),
        ("Don't hesitate to call 112.", True),
        ("Do not call 112 for a cold; for this, call 112 now.", True),
        ("Yes you do: call 112 " + "x" * 200, True),
        ("x" * 200 + " piano, 112", True),
        ("No, 112", True),
    ],
)
def test_what_is_denied_two_words_before_is_not_stated_within_the_clause(text: str, *, said: bool) -> None:
    assert stated(text, ("112", "emergency", "notruf"), reach=2) is said
