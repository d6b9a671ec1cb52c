"""What an OpenAI-compatible service answers, read strictly: chat completions and responses, whole or streamed.

Whatever is not in the form is an error in our own words; nothing of the answer stands in them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import msgspec

from keepstone.core.chat import Call, Reply
from keepstone.intake.calls import arguments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LONGEST = 100_000  # characters of a reply, or of a call of a tool, that are read
FORMS = ("chat", "responses")
SHORTEST_KEY = 8  # characters of a key that is looked for in replies
NO_TEXT = "the reply has no text"
HELD = "the filter of the service held the reply back"
LONG = f"the reply is longer than is read, {LONGEST} characters"
SHORT = "the service cut the reply off"
CUT = "the stream ended before the reply did"
STRANGE = "the answer is not in the form of a reply"
BROKEN = "the answer is no JSON, or is cut off"


class Function(msgspec.Struct):
    """A tool that is called."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(msgspec.Struct):
    """A call of a tool, or in a stream a piece of one."""

    function: Function
    index: int = 0


class Message(msgspec.Struct):
    """What the assistant says, or in a stream a piece of it."""

    content: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None


class Choice(msgspec.Struct):
    """One reply of those that were asked for: we ask for one."""

    message: Message
    finish_reason: str | None = None


class Usage(msgspec.Struct):
    """Tokens read and written, by the names of either form."""

    total_tokens: int = 0
    prompt_tokens: int = 0
    input_tokens: int = 0


class Completion(msgspec.Struct):
    """A chat completion."""

    choices: list[Choice]
    usage: Usage | None = None


class Piece(msgspec.Struct):
    """One reply's piece in a stream."""

    delta: Message
    finish_reason: str | None = None


class Chunk(msgspec.Struct):
    """A line of a streamed chat completion."""

    choices: list[Piece]
    usage: Usage | None = None


class Content(msgspec.Struct):
    """A piece of a message of a response."""

    type: str
    text: str = ""
    refusal: str = ""


class Output(msgspec.Struct):
    """A message, a call of a tool, or something else of a response."""

    type: str
    content: list[Content] | None = None
    name: str = ""
    arguments: str = ""


class Lacking(msgspec.Struct):
    """Why a response is not whole."""

    reason: str | None = None


class Response(msgspec.Struct):
    """A response."""

    output: list[Output]
    status: str = "completed"
    incomplete_details: Lacking | None = None
    usage: Usage | None = None


class Event(msgspec.Struct):
    """A line of a streamed response; its last one holds the whole."""

    type: str
    response: msgspec.Raw = msgspec.Raw()


S = TypeVar("S", bound=msgspec.Struct)


class StrangeError(ValueError):
    """An answer is not in its form; the text is one of ours."""


def spoken(body: bytes, form: str, *, streamed: bool, limited: bool = False) -> Reply:
    """Read an answer.

    Args:
        body: All that came back.
        form: "chat" (chat completions) or "responses".
        streamed: Whether it came as a stream of events.
        limited: Whether a longest reply was asked for, so that one that the service ends for its length is as it was asked for.

    Returns:
        The reply; one with an error where there is none to be read.

    Example:
        >>> spoken(b'{"choices": [{"message": {"content": "Hello."}}], "usage": {"total_tokens": 7}}', "chat", streamed=False)
        Reply(text='Hello.', calls=(), tokens=7, error='', asked=1, read=0)
        >>> spoken(b'{"choices": [{"mess', "chat", streamed=False).error
        'the answer is no JSON, or is cut off'
    """
    try:
        if form == "responses":
            return _of_response(_last(body) if streamed else _decoded(body, Response), limited=limited)
        return _of_chunks(body, limited=limited) if streamed else _of_completion(_decoded(body, Completion), limited=limited)
    except StrangeError as error:
        return Reply("", error=str(error))


def acted(message: Mapping[str, object]) -> Reply:
    """Read a message as chat completions have them that is no JSON but plain values: "content", and "tool_calls".

    Example:
        >>> acted({"content": None, "tool_calls": [{"function": {"name": "book", "arguments": '{"day": "Monday"}'}}]}).calls
        (Call(name='book', arguments={'day': 'Monday'}),)
    """
    try:
        said = msgspec.convert(message, Message)
    except (msgspec.ValidationError, RecursionError):
        return Reply("", error=STRANGE)
    calls = [Call(call.function.name or "", arguments_of(call.function.arguments or "")) for call in said.tool_calls or ()]
    return _reply(said.content or said.refusal or "", calls, None, finish=None, limited=True)


def _decoded(body: bytes | msgspec.Raw, form: type[S]) -> S:
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.ValidationError:
        raise StrangeError(STRANGE) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise StrangeError(BROKEN) from None


def _reply(text: str, calls: Sequence[Call], usage: Usage | None, *, finish: str | None, limited: bool) -> Reply:
    """A reply that is whole. Of one that is not, nothing is judged: what it lacks may be what is looked for."""
    tokens = max(usage.total_tokens, 0) if usage else 0
    read = min(max(usage.prompt_tokens, usage.input_tokens, 0), tokens) if usage else 0
    error = "" if text.strip() or calls else NO_TEXT
    if max(len(text), *(len(piece) for call in calls for piece in (call.name, *call.arguments.values())), 0) > LONGEST:
        error = LONG
    elif finish == "length" and not limited:
        error = SHORT
    elif finish == "content_filter":
        error = HELD
    return Reply("", tokens=tokens, error=error, read=read) if error else Reply(text, tuple(calls), tokens, read=read)


def _call(function: Function) -> Call:
    return Call(function.name or "", {"arguments": function.arguments or ""})


def _of_completion(said: Completion, *, limited: bool) -> Reply:
    if not said.choices:
        raise StrangeError(STRANGE)
    one = said.choices[0].message
    calls = [_call(call.function) for call in one.tool_calls or ()]
    return _reply(one.content or one.refusal or "", calls, said.usage, finish=said.choices[0].finish_reason, limited=limited)


def _events(body: bytes) -> Iterator[bytes]:
    """The data of each event of a stream."""
    for line in body.splitlines():
        if line.startswith(b"data:"):
            yield line[5:].strip()


def _of_chunks(body: bytes, *, limited: bool) -> Reply:
    """Put the pieces of a stream together; one without an end is none."""
    texts: list[str] = []
    calls: dict[int, Function] = {}
    usage, finish, done = None, None, False
    for data in _events(body):
        if data == b"[DONE]":
            done = True
            break
        chunk = _decoded(data, Chunk)
        usage = chunk.usage or usage
        for piece in chunk.choices[:1]:
            texts.append(piece.delta.content or piece.delta.refusal or "")
            finish = piece.finish_reason or finish
            for call in piece.delta.tool_calls or ():
                _grow(calls.setdefault(call.index, Function()), call.function)
    if not (done or finish):
        raise StrangeError(CUT if texts else STRANGE)
    return _reply("".join(texts), [_call(calls[at]) for at in sorted(calls)], usage, finish=finish, limited=limited)


def _grow(whole: Function, piece: Function) -> None:
    whole.name = (whole.name or "") + (piece.name or "")
    whole.arguments = (whole.arguments or "") + (piece.arguments or "")


def _last(body: bytes) -> Response:
    """The whole response, which the last event of its stream holds."""
    events = [_decoded(data, Event) for data in _events(body) if data != b"[DONE]"]
    ends = [event for event in events if event.type in {"response.completed", "response.incomplete"}]
    if not ends:
        raise StrangeError(CUT if events else STRANGE)
    return _decoded(ends[-1].response, Response)


def _of_response(said: Response, *, limited: bool) -> Reply:
    if said.status not in {"completed", "incomplete"}:
        raise StrangeError(NO_TEXT)
    pieces = [piece for one in said.output if one.type == "message" for piece in one.content or ()]
    calls = [Call(one.name, {"arguments": one.arguments}) for one in said.output if one.type == "function_call"]
    held = said.incomplete_details is not None and said.incomplete_details.reason == "content_filter"
    finish = None if said.status == "completed" else "content_filter" if held else "length"
    return _reply("".join(piece.text or piece.refusal for piece in pieces), calls, said.usage, finish=finish, limited=limited)


def without(reply: Reply, secrets: Iterable[str]) -> Reply:
    """Take out of a reply what a service was sent as a key and says again; a value of few letters is not looked for.

    >>> without(Reply("It is sk-12345678."), ("sk-12345678",)).text
    'It is [key].'
    """
    long = [value for value in secrets if len(value) >= SHORTEST_KEY]
    if not long:
        return reply

    def bare(text: str) -> str:
        for value in long:
            text = text.replace(value, "[key]").replace(msgspec.json.encode(value).decode()[1:-1], "[key]")
        return text

    calls = tuple(Call(call.name, {name: bare(text) for name, text in call.arguments.items()}) for call in reply.calls)
    return replace(reply, text=bare(reply.text), calls=calls, raw=bare(reply.raw))
