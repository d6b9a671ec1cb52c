"""What a chat service of any form answers, read by a path: whole, or as a stream of events. Errors are in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from keepstone.core.chat import Reply
from keepstone.intake.completion import BROKEN, CUT, LONG, LONGEST, NO_TEXT
from keepstone.intake.template import MISSING, at

NO_PLACE = "the answer has no text at the path of «response»"
DONE = "[DONE]"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How an answer is read.

    Attributes:
        response: Path to the text; "" where the whole answer is the text.
        streamed: Whether it comes as a stream of events, each with a piece.
        end: What the last event of a stream says; "" where the stream just ends.
        read: Path to the tokens that were read, or "".
        written: Path to the tokens that were written, or "".
    """

    response: str = ""
    streamed: bool = False
    end: str = ""
    read: str = ""
    written: str = ""

    def reply(self, body: bytes) -> Reply:
        r"""Read an answer; one with an error where there is none to be read.

        >>> Reading(response="answer.text").reply(b'{"answer": {"text": "Hello."}}').text
        'Hello.'
        >>> Reading(response="t", streamed=True).reply(b'data: {"t": "It is "}\n\ndata: {"t": "open."}\n\n').text
        'It is open.'
        """
        try:
            return self._streamed(body) if self.streamed else self._whole(body)
        except UnicodeDecodeError:
            return Reply("", error="the answer is no text in UTF-8")
        except (msgspec.MsgspecError, RecursionError):
            return Reply("", error=BROKEN)

    def _whole(self, body: bytes) -> Reply:
        if not self.response:
            return _reply(body.decode("utf-8"))
        tree: object = msgspec.json.decode(body)
        text = at(tree, self.response)
        return _reply(text, self._count(tree, self.read), self._count(tree, self.written)) if isinstance(text, str) else Reply("", error=NO_PLACE)

    def _streamed(self, body: bytes) -> Reply:
        pieces, read, written, ended = [], 0, 0, not self.end
        for data in events(body):
            if data.strip() in {DONE, self.end}:
                ended = True
                break
            tree: object = msgspec.json.decode(data) if self.response else data
            piece = at(tree, self.response) if self.response else data
            pieces += [piece] if isinstance(piece, str) else []
            read, written = max(read, self._count(tree, self.read)), max(written, self._count(tree, self.written))
        if not ended:
            return Reply("", error=CUT)
        return _reply("".join(pieces), read, written) if pieces else Reply("", error=NO_PLACE)

    def _count(self, tree: object, path: str) -> int:
        found = at(tree, path) if path else 0
        return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**53 else 0


def _reply(text: str, read: int = 0, written: int = 0) -> Reply:
    error = LONG if len(text) > LONGEST else "" if text.strip() else NO_TEXT
    return Reply("" if error else text, tokens=read + written, error=error, read=read)


def events(body: bytes) -> Iterator[str]:
    r"""The data of each event of a stream (WHATWG HTML, server-sent events); its lines joined.

    >>> list(events(b": hello\r\ndata: one\r\ndata: two\r\n\r\nevent: x\ndata:three\n\n"))
    ['one\ntwo', 'three']
    """
    lines: list[str] = []
    for line in [*body.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif not line and lines:
            yield "\n".join(lines)
            lines = []


def taken(body: bytes, path: str) -> str:
    """A text or a number that a later request needs, "" where there is none.

    >>> taken(b'{"session": {"id": 17}}', "session.id")
    '17'
    """
    try:
        found = at(msgspec.json.decode(body), path)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    known = found is not MISSING and isinstance(found, str | int) and not isinstance(found, bool)
    return str(found) if known and len(str(found)) <= 4096 else ""
