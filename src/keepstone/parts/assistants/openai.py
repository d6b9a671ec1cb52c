"""An assistant behind an OpenAI-compatible address: a service on the network, or a model that runs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import msgspec

from keepstone.core.chat import Call, Reply
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake.address import RULE, Address, address
from keepstone.intake.calls import RAW, arguments_of
from keepstone.intake.completion import FORMS, spoken, without
from keepstone.intake.endpoint import Endpoint, Key, Limits, Way
from keepstone.intake.offered import functions, messages

if TYPE_CHECKING:
    from keepstone.core.chat import Conversation
    from keepstone.intake.endpoint import Answer

PATHS = {"chat": "/chat/completions", "responses": "/responses"}
SEEDS = 2**31  # seeds that a service may be given
SHOWN = 4000  # letters of an answer that are kept as it came
RANGES = {
    "temperature": (0, 10),
    "top_p": (0, 1),
    "max_tokens": (1, 10**6),
    "concurrency": (1, 1024),
    "attempts": (1, 100),
    "largest": (1, 10**8),
    "price_in": (0, 10**6),
    "price_out": (0, 10**6),
}
APART = frozenset({"key", "until", "today", "price_in", "price_out", "currency", "headers", "acts", "way"})
"""What does not make it another assistant."""
SETTINGS = ("address", "model", "form", "temperature", "top_p", "max_tokens", "seeded", "streamed")
COUNTS = ("max_tokens", "concurrency", "attempts", "largest")


@part("assistant")
@dataclass(frozen=True, eq=False, kw_only=True)
class Openai:
    """A model behind an OpenAI-compatible address, asked once for each conversation.

    Sent are the model's name, the conversation, the decoding settings that are given, and a seed of the trial's own: the same run asks the same. A document
    stands in the system's message. What the service fails at is an ERROR of that trial: a status that is no success, no answer in time, one that is empty,
    cut off (a reply that ends at `max_tokens` is not, where it is given), too large, or in another form. A busy service (429, 503) is asked again, after
    the time that it names.

    Attributes:
        address: Where it answers, without the path of the form: "http://127.0.0.1:8080/v1".
        model: Name of the model.
        temperature: Sent where it is given; it and the next two are the service's own where they are not.
        top_p: Sent where it is given.
        max_tokens: Sent where it is given: most tokens of a reply.
        seeded: Whether each conversation is sent with its seed; the form "responses" has none.
        streamed: Whether a reply is asked for as a stream.
        form: "chat" (chat completions) or "responses".
        tools: Whether it is told of the corpus's tools. What it calls acts on a simulated world alone.
        concurrency: Most calls at a time, of each worker process.
        seconds: Longest time of one call.
        attempts: Most times that a call is tried.
        largest: Most bytes of an answer that are read.
        key: What is sent as the bearer's token, or None.
        until: Last day on which anything may be sent, YYYY-MM-DD, or "".
        today: Tells the day; with `until` it is needed.
        price_in: Price of a million tokens that are read.
        price_out: Price of a million tokens that are written.
        currency: Of the prices.
        headers: Further headers and cookies, each with the environment variable that its value stands in.
        acts: Whether asking it does something in the world: books, sends, writes.
        way: How it is reached: the tester's proxy.

    Raises:
        InputError: If a setting lies outside its range.

    Example:
        >>> Openai(address="http://127.0.0.1:8080/v1", model="small", temperature=0.0).title
        'small at 127.0.0.1:8080'
    """

    address: str
    model: str
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seeded: bool = True
    streamed: bool = False
    form: str = "chat"
    tools: bool = False
    concurrency: int = 8
    seconds: float = 60.0
    attempts: int = 5
    largest: int = 1_000_000
    key: Key | None = None
    until: str = ""
    today: Callable[[], str] | None = None
    price_in: float = 0.0
    price_out: float = 0.0
    currency: str = ""
    headers: tuple[tuple[str, Key], ...] = ()
    acts: bool = False
    way: Way = field(default_factory=Way)

    name: ClassVar[str] = "openai"
    id: ClassVar[str] = "openai"

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        if address(self.address) is None:
            raise InputError(f"The «address» of the assistant «openai» {RULE}.")
        if self.form not in FORMS:
            raise InputError(f"The «form» of the assistant «openai» must be one of {', '.join(FORMS)}; got {self.form!r}.")
        for key in ("seeded", "streamed", "tools"):
            if not isinstance(getattr(self, key), bool):
                raise InputError(f"The «{key}» of the assistant «openai» must be true or false.")
        model: object = self.model
        if not (isinstance(model, str) and model.strip() and model.isprintable()):
            raise InputError("The «model» of the assistant «openai» must be a text.")
        for key, (low, high) in RANGES.items():
            value = getattr(self, key)
            kind = int if key in COUNTS else int | float
            if value is not None and (isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high):
                what = "an integer" if key in COUNTS else "a number"
                raise InputError(f"The «{key}» of the assistant «openai» must be {what} in [{low}, {high}]; got {value!r}.")

    @property
    def recipe(self) -> str:
        """All settings; of the key its name alone."""
        unsaid = APART if self.tools else APART | {"tools"}
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in unsaid}
        named = {"headers": [f"{name}={key.name}" for name, key in self.headers]} if self.headers else {}
        return repr(kept | {"key": self.key.name if self.key else ""} | named)

    @property
    def settings(self) -> dict[str, str]:
        """What its answers depend on."""
        return {name: str(getattr(self, name)) for name in SETTINGS if getattr(self, name) is not None}

    @property
    def handles(self) -> bool:
        """Whether it is told of tools."""
        return self.tools

    @property
    def title(self) -> str:
        """In a few words."""
        return f"{self.model} at {self._where.host}:{self._where.port}"

    @property
    def _where(self) -> Address:
        found = address(self.address)
        if found is None:
            raise InputError(f"The «address» of the assistant «openai» {RULE}.")
        return found

    @cached_property
    def _endpoint(self) -> Endpoint:
        limits = Limits(concurrency=self.concurrency, seconds=self.seconds, attempts=self.attempts, largest=self.largest)
        return Endpoint(self._where.url + PATHS[self.form], limits, self.key, self.headers, self.way)

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Ask for each conversation, some at a time.

        Raises:
            InputError: If the scope has ended, or the key was not handed on.
            MissingExtra: If httpx2 is not installed.
        """
        if self.until and (self.today is None or self.today() > self.until):
            raise InputError(f"The [scope] ended on {self.until}: nothing is sent to {self._where.host}.")
        for key in self._keys:
            if not key.value:
                raise InputError(f"The key of {self._where.host} stands in the environment variable «{key.name}», which was not read.")
        return self._endpoint.ask([self._body(one) for one in asked], self._read)

    def sent(self, one: Conversation) -> str:
        """What is sent for a conversation, without the key."""
        return f"POST {PATHS[self.form]}\n{self._body(one).decode()}"

    @property
    def _keys(self) -> tuple[Key, ...]:
        return (*(key for _name, key in self.headers), *((self.key,) if self.key else ()))

    def close(self) -> None:
        """Close all connections."""
        self._endpoint.close()

    def _body(self, one: Conversation) -> bytes:
        responses = self.form == "responses"
        sent: dict[str, object] = {"model": self.model, "input" if responses else "messages": messages(one, self.form), "stream": self.streamed}
        sent |= {key: value for key in ("temperature", "top_p") if (value := getattr(self, key)) is not None}
        if self.max_tokens is not None:
            sent["max_output_tokens" if responses else "max_tokens"] = self.max_tokens
        if self.seeded and not responses:
            sent["seed"] = int(one.chance * SEEDS)
        if self.streamed and not responses:
            sent["stream_options"] = {"include_usage": True}
        if one.tools:
            sent["tools"] = functions(one.tools, self.form)
        return msgspec.json.encode(sent)

    def _read(self, answer: Answer) -> Reply:
        if answer.error:
            return Reply("", error=answer.error, asked=answer.asked)
        said = spoken(answer.body, self.form, streamed=self.streamed, limited=self.max_tokens is not None)
        calls = tuple(Call(call.name, arguments_of(call.arguments.get(RAW, ""))) for call in said.calls) if self.tools else said.calls
        whole = replace(said, calls=calls, asked=answer.asked, raw=answer.body.decode("utf-8", "replace"))
        bare = without(whole, [secret for key in self._keys for secret in key.secrets])
        in_pieces = self.streamed and bare.text != whole.text
        return replace(bare, raw="" if in_pieces else bare.raw[:SHOWN])
