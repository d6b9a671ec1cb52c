"""A judge that looks for words."""

from __future__ import annotations

import pytest

from keepstone.core.chat import Exchange
from keepstone.core.errors import InputError
from keepstone.parts.judges.words import Words


def test_it_finds_words_whatever_their_dress_and_can_say_that_none_is_there() -> None:
    said = [Exchange("", "You DON\u2019T\n know"), Exchange("", "I know."), Exchange("", "")]
    assert [one.says for one in Words(words=("don't know",)).read(said)] == [True, False, False]
    assert [one.says for one in Words(words=("don't know",), absent=True).read(said)] == [False, True, True]


@pytest.mark.parametrize("words", [(), ("",), ("ok", " ")])
def test_a_list_that_finds_nothing_or_everything_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="«words»"):
        Words(words=words)


def test_another_list_is_another_judge() -> None:
    assert len({Words(words=("a",)).recipe, Words(words=("b",)).recipe, Words(words=("a",), absent=True).recipe}) == 3
