"""An assistant behind an address of any form: its request is a template, its reply stands at a path of the answer."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

import msgspec

from keepstone.core.channel import INPUT, Channel
from keepstone.core.chat import DOCUMENT, PROMPT, Reply
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake.address import RULE, address
from keepstone.intake.completion import without
from keepstone.intake.endpoint import Dialogue, Endpoint, Key, Limits, Request, Way
from keepstone.intake.service import Reading, taken
from keepstone.intake.template import Tree, filled, parse, places, written

if TYPE_CHECKING:
    from keepstone.core.chat import Conversation
    from keepstone.intake.endpoint import Answer

GIVEN = frozenset({"question", "messages", "history", "prompt", "document", "session", "seed"})
"""What a request may be filled with; a step adds what it takes from its answer."""
METHODS = ("POST", "GET", "PUT", "DELETE")
SEEDS = 2**31
SHOWN = 4000  # letters of an answer that are kept as it came
RANGES = {"concurrency": (1, 1024), "attempts": (1, 100), "largest": (1, 10**8), "price_in": (0, 10**6), "price_out": (0, 10**6)}
SETTINGS = ("address", "path", "method", "request", "response", "steps", "reset", "streamed", "end", "jar")
TRIED = "the service did not do the step before the question: "


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request before the question.

    Attributes:
        path: What follows the address, with places or not.
        method: "POST", "GET", "PUT" or "DELETE".
        request: What is sent, or null.
        take: By name, the path in its answer of what later requests are filled with.
    """

    path: str = ""
    method: str = "POST"
    request: msgspec.Raw = msgspec.Raw(b"null")
    take: dict[str, str] = {}

    @property
    def body(self) -> Tree:
        """What is sent."""
        tree: Tree = msgspec.json.decode(self.request)
        return tree


@part("assistant")
@dataclass(frozen=True, eq=False, kw_only=True)
class Http:
    """A chat service of any form, asked by a template of your own.

    A request is JSON. Its places stand in texts of it: {question} (what the user says last), {messages} (the whole conversation as chat completions have
    it), {history} (the turns before the question), {prompt}, {document}, {session} (an id of this conversation alone), {seed}, and what a step took from its
    answer. Where neither {messages} nor {history} stands, the user's earlier turns are sent first, each by itself.

    A service that is told no {prompt} and no {messages} has a prompt of its own: a secret that Keepstone would have planted there is not looked for. What is
    read in a {document} is not tried where there is no place for it.

    Attributes:
        address: Where it answers: "http://127.0.0.1:8080".
        request: The template, as JSON.
        response: Path to the reply in the answer, "choices.0.text" or "/choices/0/text"; "" where the whole answer is the reply.
        path: What follows the address, with places or not.
        method: "POST", "GET", "PUT" or "DELETE".
        steps: Requests before each conversation, in turn, each as JSON with "path", "method", "request" and "take".
        reset: One more before them, which makes the service forget the conversation before.
        streamed: Whether a reply comes as a stream of events, each with a piece at the path.
        end: What the last event says; a stream that ends without it was cut off. "[DONE]" ends every stream.
        jar: Whether cookies that the service sets go along within the conversation.
        headers: Headers and cookies, each with the environment variable that its value stands in.
        read: Path to the number of tokens that were read, or "".
        written: Path to the number of tokens that were written, or "".
        acts: Whether asking it does something in the world: books, sends, writes.
        concurrency: Most conversations at a time, of each worker process.
        seconds: Longest time of one call.
        attempts: Most times that a call is tried.
        largest: Most bytes of an answer that are read.
        price_in: Price of a million tokens that are read.
        price_out: Price of a million tokens that are written.
        currency: Of the prices.
        key: What is sent as the bearer's token, or None.
        until: Last day on which anything may be sent, YYYY-MM-DD, or "".
        today: Tells the day; with `until` it is needed.
        way: How it is reached: the tester's proxy.

    Raises:
        InputError: If a template is none, or a setting lies outside its range.

    Example:
        >>> bot = Http(address="http://127.0.0.1:8080", path="/chat", request='{"text": "{question}", "id": "{session}"}', response="answer")
        >>> bot.title, sorted(channel.name for channel in bot.hears)
        ('the service at 127.0.0.1:8080/chat', ['input'])
    """

    address: str
    request: str
    response: str = ""
    path: str = ""
    method: str = "POST"
    steps: tuple[str, ...] = ()
    reset: str = ""
    streamed: bool = False
    end: str = ""
    jar: bool = False
    headers: tuple[tuple[str, Key], ...] = ()
    read: str = ""
    written: str = ""
    acts: bool = False
    concurrency: int = 8
    seconds: float = 60.0
    attempts: int = 5
    largest: int = 1_000_000
    price_in: float = 0.0
    price_out: float = 0.0
    currency: str = ""
    key: Key | None = None
    until: str = ""
    today: Callable[[], str] | None = None
    way: Way = field(default_factory=Way)

    name: ClassVar[str] = "http"
    id: ClassVar[str] = "http"

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if address(self.address) is None:
            raise InputError(f"The «address» of the assistant «http» {RULE}.")
        for key, (low, high) in RANGES.items():
            if not low <= getattr(self, key) <= high:
                raise InputError(f"The «{key}» of the assistant «http» must be in [{low}, {high}]; got {getattr(self, key)!r}.")
        self._known_places()
        if self.alone and self.concurrency > 1:
            raise InputError("The «concurrency» of the assistant «http» must be 1: its «reset» has no {session}, so it ends every conversation at once.")

    def _known_places(self) -> None:
        """Refuse a place that nothing fills, and a request that asks nothing."""
        known = set(GIVEN)
        for number, step in enumerate(self._steps):
            _usable(step, "reset" if self.reset and number == 0 else "steps", known)
            known |= set(step.take)
        _usable(self._question, "request", known)
        if not {"question", "messages"} & (places(self._question.body) | places(self.path)):
            raise InputError("The «request» of the assistant «http» must hold {question} or {messages}: it asks nothing.")

    @property
    def alone(self) -> bool:
        """Whether the service has one conversation at a time, so that one process asks it."""
        return bool(self.reset) and not any("session" in places(step.body) | places(step.path) for step in (self._question, *self._steps))

    @cached_property
    def _asked(self) -> Counter[str]:
        return Counter()

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        return tuple(_step(text, "reset" if self.reset and not number else "steps") for number, text in enumerate((*filter(None, (self.reset,)), *self.steps)))

    @cached_property
    def _question(self) -> Step:
        return Step(self.path, self.method, msgspec.Raw(msgspec.json.encode(parse(self.request, "request"))))

    @property
    def hears(self) -> frozenset[Channel]:
        """Of what it is told."""
        held = places(self._question.body).union(*(places(step.body) for step in self._steps))
        told = {INPUT} | ({PROMPT} if {"messages", "prompt"} & held else set()) | ({DOCUMENT} if {"messages", "document"} & held else set())
        return frozenset(told)

    @property
    def settings(self) -> dict[str, str]:
        """What its answers depend on."""
        said = {name: getattr(self, name) for name in SETTINGS}
        return {name: "; ".join(value) if isinstance(value, tuple) else str(value) for name, value in said.items() if value not in ("", ())}

    @property
    def recipe(self) -> str:
        """All settings; of keys the names alone."""
        names = [f"{name}={key.name}" for name, key in self.headers]
        return repr((self.name, self.settings, names, self.key.name if self.key else "", self.seconds, self.largest, self.attempts))

    @property
    def title(self) -> str:
        """In a few words."""
        where = address(self.address)
        return f"the service at {where.host}:{where.port}{self.path}" if where else self.address

    @cached_property
    def _endpoint(self) -> Endpoint:
        where = address(self.address)
        limits = Limits(concurrency=self.concurrency, seconds=self.seconds, attempts=self.attempts, largest=self.largest)
        return Endpoint(where.url if where else "", limits, self.key, self.headers, self.way)

    @cached_property
    def _reading(self) -> Reading:
        return Reading(response=self.response, streamed=self.streamed, end=self.end, read=self.read, written=self.written)

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Hold each conversation, some at a time.

        Raises:
            InputError: If the scope has ended, or a key was not handed on.
            MissingExtra: If httpx2 is not installed.
        """
        if self.until and (self.today is None or self.today() > self.until):
            raise InputError(f"The [scope] ended on {self.until}: nothing is sent to {self.address}.")
        for key in self._keys:
            if not key.value:
                raise InputError(f"The environment variable «{key.name}», which the target is asked with, was not read.")
        return self._endpoint.hold([self._held(one) for one in asked])

    def close(self) -> None:
        """Close all connections."""
        self._endpoint.close()

    def sent(self, one: Conversation) -> str:
        """What is sent for the question, the places that a step fills as they are."""
        values = {name: value for name, value in _values(one, "").items() if name != "session"}
        body = msgspec.json.encode(filled(self._question.body, values)).decode()
        return f"{self.method} {_path(self.path, values) or '/'}\n{body}"

    @property
    def _keys(self) -> tuple[Key, ...]:
        return (*(key for _name, key in self.headers), *((self.key,) if self.key else ()))

    def _held(self, one: Conversation) -> Dialogue[Reply]:
        """One conversation: what comes before it, the user's earlier turns where they are asked one by one, the question."""
        values, cookies, count = _values(one, self._session(one)), dict[str, str](), 0
        for step in self._steps:
            answer = yield _request(step, values, cookies)
            count += answer.asked
            cookies |= dict(answer.cookies) if self.jar else {}
            values |= {name: taken(answer.body, path) for name, path in step.take.items()}
            lost = [name for name in step.take if not values[name]]
            if (answer.error and answer.error != EMPTY) or lost:
                return Reply("", error=TRIED + (answer.error or f"its answer has no «{lost[0]}»"), asked=count)
        said = Reply("", asked=0)
        for turn in self._turns(one):
            answer = yield _request(self._question, values | {"question": _sound(turn)}, cookies)
            count += answer.asked
            cookies |= dict(answer.cookies) if self.jar else {}
            said = self._read(answer)
            if said.error:
                break
        return replace(said, asked=count)

    def _turns(self, one: Conversation) -> list[str]:
        """What the user says, one request each; all in one where the request holds the turns before."""
        whole = bool({"messages", "history"} & places(self._question.body))
        return [one.said] if whole else [text for role, text in one.turns if role == "user"]

    def _session(self, one: Conversation) -> str:
        """An id that no other conversation has: the same words asked again are another one."""
        same = blake2b(repr((one.prompt, one.documents, one.turns, one.chance)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        self._asked[same] += 1
        return f"keepstone-{same}-{os.getpid():x}-{self._asked[same]:x}"

    def _read(self, answer: Answer) -> Reply:
        if answer.error:
            return Reply("", error=answer.error)
        said = replace(self._reading.reply(answer.body), raw=answer.body.decode("utf-8", "replace"))
        bare = without(said, [secret for key in self._keys for secret in key.secrets])
        in_pieces = self.streamed and bare.text != said.text
        return replace(bare, raw="" if in_pieces else bare.raw[:SHOWN])


EMPTY = "the answer is empty"


def _step(text: str, what: str) -> Step:
    try:
        step = msgspec.json.decode(text, type=Step)
        msgspec.json.decode(step.request)
    except (msgspec.MsgspecError, RecursionError):
        raise InputError(f'The «{what}» of the assistant «http» must be JSON such as {{"path": "/session", "take": {{"id": "session.id"}}}}.') from None
    return step


def _usable(step: Step, what: str, known: set[str]) -> None:
    """Refuse another method, a path that leaves the address, and a place that nothing fills."""
    if step.method not in METHODS:
        raise InputError(f"The «method» of the assistant «http» must be one of {', '.join(METHODS)}; got {step.method!r}.")
    plain = step.path.isascii() and step.path.isprintable() and not set(step.path) & set(" \\#@")
    if step.path and not (step.path.startswith("/") and not step.path.startswith("//") and plain):
        raise InputError(f"The «path» of the assistant «http» must begin with one / and hold no blank, @, # or backslash; got {step.path!r}.")
    strange = sorted((places(step.body) | places(step.path)) - known)
    if strange:
        raise InputError(f"The «{what}» of the assistant «http» has a place that nothing fills, {{{strange[0]}}}; there are: {', '.join(sorted(known))}.")


def _values(one: Conversation, session: str) -> dict[str, Tree]:
    """What a request is filled with."""
    messages: list[Tree] = [{"role": message["role"], "content": _sound(message["content"])} for message in one.messages]
    return {
        "question": _sound(one.said),
        "messages": messages,
        "history": [{"role": role, "content": _sound(text)} for role, text in one.turns[:-1]],
        "prompt": _sound(one.prompt),
        "document": _sound("\n\n".join(text for text in one.documents if text)),
        "session": session,
        "seed": int(one.chance * SEEDS),
    }


def _sound(text: str) -> str:
    """The text with a sign in the place of each half of one, which JSON can't hold."""
    return text.encode("utf-8", "replace").decode()


def _request(step: Step, values: Mapping[str, Tree], cookies: Mapping[str, str]) -> Request:
    tree = step.body
    body = b"" if tree is None or step.method == "GET" else msgspec.json.encode(filled(tree, values))
    return Request(_path(step.path, values), body, step.method, tuple(cookies.items()))


def _path(path: str, values: Mapping[str, Tree]) -> str:
    """The path with its places filled, each as one segment."""
    return written(path, values, lambda value: quote(value, safe=""))
