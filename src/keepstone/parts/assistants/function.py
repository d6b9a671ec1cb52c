"""An assistant that is a function of yours: from the messages of a conversation to the reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.chat import Reply
from keepstone.core.part import part
from keepstone.intake.completion import LONG, LONGEST, acted
from keepstone.intake.offered import functions, messages
from keepstone.intake.outside import Hung, Thread, told

if TYPE_CHECKING:
    from keepstone.core.chat import Conversation

MOST_HUNG = 3


@part("assistant")
@dataclass(frozen=True, eq=False)
class Function:
    """Calls a function once for each conversation, with messages as OpenAI's chat completions have them: "role" and "content".

    A document stands in the system's message. What the function raises, a reply that is no text, is longer than is read or takes too long is an ERROR of that
    trial. A LangChain runnable is one line: `def reply(messages): return chain.invoke(messages).content`.

    With tools it is called with the messages and with the tools as JSON Schema, and may answer with a message as chat completions have them: "content" and
    "tool_calls". What it calls acts on a simulated world alone.

    Attributes:
        function: From messages to a text; with tools from messages and tools to a text or a message.
        seconds: Longest time that one call may take.
        tools: Whether it is told of the corpus's tools.

    Example:
        >>> from keepstone.core.chat import Conversation
        >>> Function(lambda messages: messages[-1]["content"].upper()).reply([Conversation("Be kind.", (), (("user", "hello"),))])[0].text
        'HELLO'
    """

    function: Callable[..., object]
    seconds: float = 60.0
    tools: bool = False

    name: ClassVar[str] = "function"
    id: ClassVar[str] = "function"

    @property
    def recipe(self) -> str:
        """The file and its digest, where the function came from one; else its name."""
        told = str(getattr(self.function, "recipe", getattr(self.function, "__qualname__", type(self.function).__name__)))
        return f"{told} with tools" if self.tools else told

    @property
    def handles(self) -> bool:
        """Whether it is told of tools."""
        return self.tools

    @property
    def title(self) -> str:
        """In a few words."""
        return "a function of yours"

    @cached_property
    def _hung(self) -> _Hung:
        return _Hung()

    def _call(self, one: Conversation) -> object:
        return self.function(messages(one, "chat"), functions(one.tools, "chat")) if self.tools else self.function(one.messages)

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Call it for each conversation, in turn. A call that hangs is left behind.

        After a few of them in a row no other of a batch is begun, and of each later batch one, to see whether that still is so.
        """
        thread, hung, out = Thread(self._call), self._hung, []
        hung.calls = min(hung.calls, MOST_HUNG - 1)
        for one in asked:
            if hung.calls == MOST_HUNG:
                out.append(Reply("", error=f"calls before it took longer than {self.seconds:g} s", asked=0))
                continue
            try:
                said = _checked(thread.ask(one, self.seconds))
            except Hung:
                thread, hung.calls = Thread(self._call), hung.calls + 1
                out.append(Reply("", error=f"the call took longer than {self.seconds:g} s"))
                continue
            except Exception as error:  # noqa: BLE001  a function from outside may raise anything
                said = Reply("", error=told(error, "The assistant"))
            hung.calls = 0
            out.append(said)
        return out


@dataclass
class _Hung:
    """How many calls in a row hung, those of earlier batches among them."""

    calls: int = 0


def _checked(said: object) -> Reply:
    if isinstance(said, Mapping):
        return acted(said)
    if not isinstance(said, str):
        return Reply("", error=f"the assistant must answer with a text; got {type(said).__name__}")
    return Reply(said) if len(said) <= LONGEST else Reply("", error=LONG)
