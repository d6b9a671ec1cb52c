"""An assistant that is a function of yours: from the messages of a conversation to the reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.chat import Reply
from keepstone.core.part import part
from keepstone.intake.completion import LONG, LONGEST
from keepstone.intake.outside import Hung, Thread, told

if TYPE_CHECKING:
    from keepstone.core.chat import Conversation

Messages = Sequence[Mapping[str, str]]
MOST_HUNG = 3


@part("assistant")
@dataclass(frozen=True, eq=False)
class Function:
    """Calls a function once for each conversation, with messages as OpenAI's chat completions have them: "role" and "content".

    A document stands in the system's message. What the function raises, a reply that is no text, is longer than is read or takes too long is an ERROR of that
    trial. A LangChain runnable is one line: `def reply(messages): return chain.invoke(messages).content`.

    Attributes:
        function: From messages to a text.
        seconds: Longest time that one call may take.

    Example:
        >>> from keepstone.core.chat import Conversation
        >>> Function(lambda messages: messages[-1]["content"].upper()).reply([Conversation("Be kind.", (), (("user", "hello"),))])[0].text
        'HELLO'
    """

    function: Callable[[Messages], str]
    seconds: float = 60.0

    name: ClassVar[str] = "function"
    id: ClassVar[str] = "function"

    @property
    def recipe(self) -> str:
        """The file and its digest, where the function came from one; else its name."""
        return str(getattr(self.function, "recipe", getattr(self.function, "__qualname__", type(self.function).__name__)))

    @property
    def title(self) -> str:
        """In a few words."""
        return "a function of yours"

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Call it for each conversation, in turn. A call that hangs is left behind; after a few of them no other is begun."""
        thread, hung, out = Thread(self.function), 0, []
        for one in asked:
            if hung == MOST_HUNG:
                out.append(Reply("", error=f"{hung} earlier calls took longer than {self.seconds:g} s"))
                continue
            try:
                out.append(_checked(thread.ask(one.messages, self.seconds)))
            except Hung:
                thread, hung = Thread(self.function), hung + 1
                out.append(Reply("", error=f"the call took longer than {self.seconds:g} s"))
            except Exception as error:  # noqa: BLE001  a function from outside may raise anything
                out.append(Reply("", error=told(error, "The assistant")))
        return out


def _checked(said: object) -> Reply:
    if not isinstance(said, str):
        return Reply("", error=f"the assistant must answer with a text; got {type(said).__name__}")
    return Reply(said) if len(said) <= LONGEST else Reply("", error=LONG)
