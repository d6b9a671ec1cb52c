"""What is said: conversations, replies, and the items that a chat system is asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from keepstone.core.channel import Channel
from keepstone.core.part import Target

if TYPE_CHECKING:
    from keepstone.core.channel import Ints
    from keepstone.core.trial import Outcome, Trials

DOCUMENT = Channel("document")  # what the system reads beside the question: one text a trial, "" where there is none
PROMPT = Channel("prompt")  # what the deployer says beforehand: one text a trial
SESSION = Channel("session")  # who is talked to, as the place where it runs knows it: "ROLE NAME", one text a trial
OFFER = Channel("offer")  # the tools that it is told of, a name a line: one text a trial; a name that is none is a tool that does nothing
CALL = Channel("call")  # a tool that the assistant wants to call, as `intake.calls` writes it: one text a trial, "" where there is none
TOOL = Channel("tool")  # what a tool gave back: one text a trial
ORDER = Channel("order")  # what the operator says while a task runs: one text a trial, "" where nothing


@dataclass(frozen=True)
class Call:
    """A tool that an assistant calls.

    Attributes:
        name: Of the tool.
        arguments: As text, by name.
    """

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """Something that an assistant may call.

    Attributes:
        name: Letters, digits and `_`.
        description: What it does, for the assistant.
        parameters: What each is, by name; all are texts, and all are needed.
        roles: Who may have it called for anybody.
        own: Who may have it called for themselves alone.
        whose: The parameter that names for whom it is called, or "".
        acts: Whether a call changes something.
        widens: Whether a call widens what the assistant may do, or narrows how it is watched.
    """

    name: str
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    whose: str = ""
    acts: bool = False
    widens: bool = False

    def permits(self, call: Call, role: str, user: str) -> bool:
        """Whether somebody may have this call made.

        Example:
            >>> book = Tool(name="book", description="Book.", roles=("nurse",), own=("patient",), whose="patient")
            >>> [book.permits(Call("book", {"patient": name}), "patient", "Karl Brandt") for name in ("karl  brandt", "Greta Lehmann")]
            [True, False]
        """
        return role in self.roles or (role in self.own and bool(user) and even(call.arguments.get(self.whose, "")) == even(user))


def even(text: str) -> str:
    """A name as it is compared: small letters, single blanks."""
    return " ".join(text.casefold().split())


class World(Protocol):
    """What tools act on: a fresh one for each trial."""

    def answer(self, call: Call) -> str:
        """Carry a call out and give what comes back. What can't be meant is said so, and changes nothing."""

    @property
    def changes(self) -> tuple[str, ...]:
        """All that was changed so far, a line each."""


@dataclass(frozen=True)
class Conversation:
    """All that an assistant is asked with.

    Attributes:
        prompt: What the deployer says beforehand.
        documents: What was retrieved for this question.
        turns: (role, text) in turn, role "user" or "assistant"; with tools also "call" (a tool called, as `intake.calls` writes it), each followed by
            "tool" (what came back), and "order" (what the operator says while a task runs). The last is what must be answered.
        chance: A number in [0, 1) of this trial alone: a real model is seeded by it, the flaws of a scripted one come by it at their stated rates.
        tools: What it may call.
        session: Who is talked to, "ROLE NAME", or "".
    """

    prompt: str
    documents: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]
    chance: float = 0.0
    tools: tuple[Tool, ...] = ()
    session: str = ""

    @cached_property
    def said(self) -> str:
        """What the user says last."""
        return next((text for role, text in reversed(self.turns) if role == "user"), "")

    def of(self, role: str) -> tuple[str, ...]:
        """What was said by a role, in turn."""
        return tuple(text for who, text in self.turns if who == role)

    @property
    def messages(self) -> list[dict[str, str]]:
        """As chat completions have them, "role" and "content": the prompt with what was retrieved as the system's, then the turns."""
        user = f"You talk to: {self.session}" if self.session else ""
        system = "\n\n".join(text for text in (self.prompt, user, *(f"Document:\n{text}" for text in self.documents)) if text)
        first = [{"role": "system", "content": system}] if system else []
        return [*first, *({"role": SPOKEN.get(role, role), "content": text} for role, text in self.turns)]


@dataclass(frozen=True)
class Reply:
    """What an assistant answers.

    Attributes:
        text: To the user.
        calls: Tools that it calls.
        tokens: Read and written, where they are counted.
        error: Why there is no answer (an ERROR of the trial, counted the worst way), or "".
        asked: How often the assistant was asked for it: 0 where nothing was sent, more than 1 where a busy service was asked again.
        read: Of the tokens those that were read, where they are counted apart.
        raw: The beginning of what a service answered, as it came; no two replies differ by it.
    """

    text: str
    calls: tuple[Call, ...] = ()
    tokens: int = 0
    error: str = ""
    asked: int = 1
    read: int = 0
    raw: str = field(default="", compare=False, repr=False)


@dataclass
class Meter:
    """What was asked of an assistant so far, attackers' queries among it.

    Attributes:
        replies: Replies that were asked for.
        read: Tokens read.
        written: Tokens written.
    """

    replies: int = 0
    read: int = 0
    written: int = 0

    def add(self, replies: Sequence[Reply]) -> None:
        """Count some replies."""
        self.replies += sum(one.asked for one in replies)
        self.read += sum(one.read for one in replies)
        self.written += sum(one.tokens - one.read for one in replies)


@dataclass(frozen=True)
class Trace:
    """Something that a metric found in what was said, or missed in it.

    Attributes:
        what: In words: "the secret", "no refusal".
        how: In which dress it stands there, "plain" or an encoding; "" where nothing stands there.
        column: What it stands in: "reply" or "tools".
        spans: Where: start and stop of each place; none where what stands there can't be told by letters.
    """

    what: str
    how: str = ""
    column: str = "reply"
    spans: tuple[tuple[int, int], ...] = ()


@runtime_checkable
class Tracing(Protocol):
    """A metric that tells what it counted."""

    def traces(self, outcome: Outcome, place: int) -> tuple[Trace, ...]:
        """What was found in one trial of a batch, by its place; asked only where the trial lost."""


@runtime_checkable
class Wired(Protocol):
    """An assistant behind a wire: what it sends can be shown."""

    def sent(self, one: Conversation) -> str:
        """What is sent for a conversation, without any key."""


@runtime_checkable
class Deaf(Protocol):
    """An assistant that is not told all of a conversation."""

    @property
    def hears(self) -> frozenset[Channel]:
        """The channels of which it is told: PROMPT, DOCUMENT, INPUT."""


@runtime_checkable
class Settled(Protocol):
    """An assistant whose answers depend on settings: two that differ in one can't be compared unseen."""

    @property
    def settings(self) -> Mapping[str, str]:
        """By name, as text; no secret among them."""


SPOKEN = {"order": "system", "call": "assistant"}
"""As whose a turn is sent that is neither the user's nor a plain reply."""


class Assistant(Protocol):
    """Something that answers conversations."""

    @property
    def recipe(self) -> str:
        """What makes it this one: model, digest, address, decoding settings."""

    @property
    def title(self) -> str:
        """In a few words."""

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Answer each conversation, in order; an endpoint's failure is a `Reply` with an error, never an exception."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question with what is known of it.

    Attributes:
        question: What the user says.
        document: What the system reads beside it, or "".
        right: Answers that are right, any of them; empty where nothing in the knowledge answers it.
        secret: What must not be said, planted in the prompt or in another's record, or "".
        canary: A random word that only an injected order asks for.
        group: Whom the question is about or from: by attribute, a name.
        template: Which template it was made from.
        earlier: Turns before it.
        checks: (kind, words), what must hold of a reply beside all that; empty for most.
        session: Who asks, as the place where it runs knows it: "ROLE NAME", or "".
        other: Somebody else, whose affairs are not theirs, or "".
        needs: The changes that the question asks for, as a world tells them; empty where it asks for none.
        stale: A sentence about the same that is not so any more, or "".
        foreign: The question in other languages.
    """

    question: str
    document: str = ""
    right: tuple[str, ...] = ()
    secret: str = ""
    canary: str = ""
    group: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    earlier: tuple[tuple[str, str], ...] = ()
    checks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    session: str = ""
    other: str = ""
    needs: tuple[str, ...] = ()
    stale: str = ""
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """What a judge reads: one question and one reply.

    Attributes:
        question: What the user said last.
        reply: What was answered, "" where nothing was.
    """

    question: str
    reply: str


@dataclass(frozen=True)
class Opinion:
    """What a judge says of an exchange.

    Attributes:
        says: Whether it is so; None where the judge gave no answer that can be read.
        why: Why there is none, in our own words, or "".
    """

    says: bool | None
    why: str = ""


class Judge(Protocol):
    """Something that reads exchanges and may err."""

    @property
    def recipe(self) -> str:
        """What makes it this one: words, digest, address, prompt, settings."""

    @property
    def title(self) -> str:
        """In a few words."""

    def read(self, said: Sequence[Exchange]) -> list[Opinion]:
        """Judge each exchange, in order; a failure is an `Opinion` without an answer, never an exception."""


class Corpus(Protocol):
    """Where items come from."""

    @property
    def recipe(self) -> str:
        """What makes it this one: version of the generator, or digest of a file."""

    @property
    def streams(self) -> Mapping[str, int]:
        """How many items there are of each kind."""

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Per attribute of whoever asks, its groups; empty where nothing is known of them."""

    def items(self, trials: Trials) -> list[Item]:
        """The items of the trials. The same trial is the same item, whatever the batch."""

    def prompt(self, item: Item) -> str:
        """What the deployer says beforehand, the item's secret in it where it has one."""


@runtime_checkable
class Clustered(Corpus, Protocol):
    """A corpus whose items belong together in clusters: each is one unit of independence."""

    def units(self, trials: Trials) -> Ints:
        """The cluster of each of the trials, as a number; trials of one stand together."""


@runtime_checkable
class Equipped(Corpus, Protocol):
    """A corpus whose questions come with tools and a world that they act on."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What may be called."""

    def world(self, item: Item) -> World:
        """A fresh world for an item."""


@runtime_checkable
class Conversing(Target, Protocol):
    """A target that is talked to."""

    @property
    def assistant(self) -> Assistant:
        """What answers."""

    @property
    def corpus(self) -> Corpus:
        """What it is asked about."""

    def population(self, stream: str) -> str:
        """Which items a stream is drawn from: streams of different populations share none."""


@runtime_checkable
class Replaceable(Conversing, Protocol):
    """A target that is talked to and whose assistant can be another, all around it as it is."""

    def answered_by(self, assistant: Assistant) -> Target:
        """The same target, answered by another assistant."""


def offered(assistant: Assistant, corpus: Corpus) -> tuple[Tool, ...]:
    """What an assistant may call: the tools of the corpus, where the assistant says under `handles` that it is told of tools."""
    return corpus.tools if getattr(assistant, "handles", False) and isinstance(corpus, Equipped) else ()


def tools_of(target: Target) -> tuple[Tool, ...]:
    """What the assistant of a target may call; none where the target is not talked to."""
    return offered(target.assistant, target.corpus) if isinstance(target, Conversing) else ()
