"""Mitigation: replies that a word list or a moderation service flags are not given (content moderation). A service is asked of the question beforehand too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.chat import Assistant, Conversation, Reply
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Behind
from keepstone.intake.spelling import any_of

if TYPE_CHECKING:
    from keepstone.core.part import Target
    from keepstone.intake.moderating import Moderator, Opinion

REFUSAL = "I can't help with that."
"""What is said in the place of what is not given."""


@part("mitigation")
@dataclass(frozen=True)
class Moderation(Behind):
    """Gives a refusal in the place of a reply that is flagged. A service that fails is an error of that trial: it is never taken for one that flags nothing.

    Attributes:
        words: Words or phrases, any of which flags a reply; in a system file also "file:NAME", a phrase a line.
        address: Of a moderation service, without `/moderations`. It lies within the scope of the system file, as the target does.
        model: Its model's name, where it wants one.
        key: Name of the environment variable with its key, or "".
        moderator: The service, once it is known.

    Raises:
        InputError: If there is neither a word nor an address.

    Example:
        >>> Moderation(("250",)).id
        'moderation-words'
    """

    words: tuple[str, ...] = ()
    address: str = ""
    model: str = ""
    key: str = ""
    moderator: Moderator | None = None

    name: ClassVar[str] = "moderation"
    brief: ClassVar[str] = "moderation"

    def __post_init__(self) -> None:
        """Refuse one that flags nothing."""
        if not self.words and not self.address and self.moderator is None:
            raise InputError("The mitigation «moderation» needs «words», phrases that flag a reply, or the «address» of a service.")
        if not all(map(str.strip, self.words)):
            raise InputError("The «words» of moderation must be texts; one is empty.")

    @property
    def id(self) -> str:
        """The name, and by what."""
        how = [word for word, there in (("words", self.words), ("service", self.address or self.moderator)) if there]
        return f"{self.name}-{'_'.join(how)}"

    @property
    def title(self) -> str:
        """In plain words."""
        how = [word for word, there in (("a word list", self.words), ("a moderation service", self.address or self.moderator)) if there]
        return f"replies that {' or '.join(how)} flags not given"

    @property
    def calls(self) -> int:
        """A service is asked of the question and of the reply."""
        return 1 if not self.address and self.moderator is None else 3

    def unfit(self, target: Target) -> str:
        """A service must have been found."""
        if self.address and self.moderator is None:
            return super().unfit(target) or "the moderation service stands in no system file, within whose [scope] it could be asked"
        return super().unfit(target)

    def around(self, assistant: Assistant) -> Assistant:
        """Read what it says before it is given."""
        return Moderated(assistant, self.words, self.moderator)


@dataclass(frozen=True, eq=False)
class Moderated:
    """An assistant whose questions and replies are moderated.

    Attributes:
        assistant: What answers.
        words: What flags a reply.
        moderator: What flags a question or a reply, or None.
    """

    assistant: Assistant
    words: tuple[str, ...]
    moderator: Moderator | None

    @property
    def recipe(self) -> str:
        """Assistant, words and service."""
        return f"moderated {self.assistant.recipe} {self.words!r} {self.moderator.recipe if self.moderator else ''}"

    @property
    def title(self) -> str:
        """In a few words."""
        return f"{self.assistant.title}, moderated"

    @property
    def handles(self) -> bool:
        """Whether it is told of tools, as the assistant itself."""
        return bool(getattr(self.assistant, "handles", False))

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Answer each conversation whose question is not flagged, and give what is not flagged of it."""
        before = self._opinions([one.said for one in asked])
        going = [one for one, opinion in zip(asked, before, strict=True) if not opinion or not (opinion.flagged or opinion.error)]
        said = iter(self.assistant.reply(going))
        replies = [
            _instead(Reply("", asked=0), opinion) if opinion and (opinion.flagged or opinion.error) else _added(next(said), opinion) for opinion in before
        ]
        after = self._opinions(["" if reply.error or reply.text == REFUSAL else reply.text for reply in replies])
        return [self._given(reply, opinion) for reply, opinion in zip(replies, after, strict=True)]

    def _opinions(self, texts: list[str]) -> Sequence[Opinion | None]:
        return self.moderator.opinions(texts) if self.moderator is not None else [None] * len(texts)

    def _given(self, reply: Reply, opinion: Opinion | None) -> Reply:
        if reply.error or reply.text == REFUSAL:
            return _added(reply, opinion)
        if opinion and (opinion.flagged or opinion.error):
            return _instead(reply, opinion)
        if self.words and any_of(reply.text, self.words):
            return replace(_added(reply, opinion), text=REFUSAL, calls=())
        return _added(reply, opinion)


def _added(reply: Reply, opinion: Opinion | None) -> Reply:
    """The reply, with what was asked beside it."""
    return replace(reply, asked=reply.asked + opinion.asked) if opinion else reply


def _instead(reply: Reply, opinion: Opinion) -> Reply:
    """What is given where something was flagged, or the service failed."""
    counted = reply.asked + opinion.asked
    if opinion.error:
        return Reply("", tokens=reply.tokens, error=f"the moderation service: {opinion.error}", asked=counted)
    return Reply(REFUSAL, tokens=reply.tokens, asked=counted)
