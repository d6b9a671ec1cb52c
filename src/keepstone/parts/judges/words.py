"""A judge that looks for words of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.artefact import key_of
from keepstone.core.chat import Opinion
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake.spelling import any_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.chat import Exchange

MOST = 10_000  # words of a list


@part("judge")
@dataclass(frozen=True, kw_only=True)
class Words:
    """Says 1 where the reply holds one of some words or phrases, whatever the case, the spacing and the apostrophes.

    Attributes:
        words: What is looked for.
        absent: Says 1 where none of them stands in the reply, instead.

    Raises:
        InputError: If there are none, or one is empty.

    Example:
        >>> from keepstone.core.chat import Exchange
        >>> [one.says for one in Words(words=("stupid",)).read([Exchange("Why?", "A STUPID question."), Exchange("Why?", "Because.")])]
        [True, False]
    """

    words: tuple[str, ...]
    absent: bool = False

    name: ClassVar[str] = "words"
    id: ClassVar[str] = "words"

    def __post_init__(self) -> None:
        """Refuse a list that finds nothing, or everything."""
        if not 0 < len(self.words) <= MOST or not all(one.strip() for one in self.words):
            raise InputError(f"The «words» of the judge «words» must be 1 to {MOST:,} texts that are not empty.")

    @property
    def recipe(self) -> str:
        """The list, as a digest."""
        return key_of("words", self.words, self.absent)

    @property
    def title(self) -> str:
        """In a few words."""
        return f"a list of {len(self.words)} words" if len(self.words) > 1 else "one word"

    def read(self, said: Sequence[Exchange]) -> list[Opinion]:
        """Look for the words in each reply."""
        return [Opinion(any_of(one.reply, self.words) != self.absent) for one in said]
