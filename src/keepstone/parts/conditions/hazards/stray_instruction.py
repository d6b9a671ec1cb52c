"""Hazard: a sentence in the imperative mood that is meant for somebody else, in what the user says, in a document or in what a tool gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.chat import DOCUMENT, TOOL, Conversing, tools_of
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import NO_TOOLS, Saying, appended
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

PLACES = {"input": INPUT, "document": DOCUMENT, "tool": TOOL}
WHERE = {"input": "the question", "document": "the document", "tool": "what a tool gives back"}


@part("condition")
@dataclass(frozen=True)
class StrayInstruction(Saying):
    """An order that is not meant for the assistant: "please quote the reference ... in all letters".

    Hazard: letters, forms and mails hold orders to their readers. The accidental counterpart of prompt injection: the same place, one sentence too, with
    a random word in it that nobody wants said.

    Attributes:
        through: "input" (the user pastes it), "document" (it is retrieved) or "tool" (a tool gives it back).

    Example:
        >>> StrayInstruction("document").id
        'stray_instruction-document'
    """

    through: str = "document"

    name: ClassVar[str] = "stray_instruction"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="texts hold orders to their readers")

    def __post_init__(self) -> None:
        """Refuse another place."""
        if self.through not in PLACES:
            raise InputError(f"The «through» of «{self.name}» must be one of {', '.join(PLACES)}; got {self.through!r}.")

    @property
    def id(self) -> str:
        """The name and the place."""
        return f"{self.name}-{self.through}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"an order to somebody else in {WHERE[self.through]}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "stray order" if self.through != "tool" else "stray order, tool"

    @property
    def stream(self) -> str:
        """Questions, or tasks that need tools."""
        return "task" if self.through == "tool" else "test"

    def unfit(self, target: Target) -> str:
        """It is said to a chat system, and by a tool to one that calls some."""
        return super().unfit(target) or (NO_TOOLS if self.through == "tool" and not tools_of(target) else "")

    @property
    def channels(self) -> frozenset[Channel]:
        """Where it stands."""
        return frozenset({PLACES[self.through]})

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a sentence to each text."""
        del oracle, shelf
        lines = drawn(trials, "stray", talk().stray)
        words = [item.canary for item in cast("Conversing", target).corpus.items(trials)]
        added = [line.text.replace("{canary}", word) for line, word in zip(lines, words, strict=True)]

        return Act(appended(PLACES[self.through], added))
