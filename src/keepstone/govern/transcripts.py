"""Conversations behind the findings of a chat system, as a document of its own beside the result; no verdict is read from it."""

from __future__ import annotations

from typing import Literal

import msgspec

from keepstone.core.errors import InputError
from keepstone.govern.rows import Document, Number

SCHEMA = "keepstone/transcripts/1"
REDACTED = "Secrets, addresses, long numbers and keys are left out; names and all else stand as they were said. `--show-rows` shows everything."
WHOLE = "This file holds what was said as it was, secrets and personal data too. Keep it as you keep them; delete it when it is no longer needed."
LARGEST = 64 * 1024 * 1024

Text = tuple[tuple[str, Literal["", "found", "hidden"]], ...]
"""A text in pieces, each with what it is: found by the metric, hidden, or neither."""


class Turn(Document, frozen=True, kw_only=True):
    """A turn before the question.

    Attributes:
        role: "user" or "assistant".
        text: What was said.
    """

    role: str
    text: Text


class Sight(Document, frozen=True, kw_only=True):
    """What the metric found.

    Attributes:
        what: In words.
        how: In which dress, "plain" or an encoding; "" where nothing stands there.
        column: In what: "reply" or "tools".
    """

    what: str
    how: str = ""
    column: str = "reply"


class Talk(Document, frozen=True, kw_only=True):
    """One conversation.

    Attributes:
        trial: Its number in its stream: `keepstone replay` asks it again.
        loss: Its loss.
        prompt: What the deployer says beforehand.
        document: What was read beside the question.
        earlier: Turns before the question.
        asked: What the user says.
        reply: What was answered.
        tools: Calls of tools.
        held: Whether a mitigation let question or reply go no further.
        broken: Why there is no reply, or "".
        carrier: The words of the attack by their name, or "".
        encoding: Their dress, or "".
        tries: Tries of the attacker until it worked, or all; 0 where it had one.
        path: What the attacker tried.
        found: What the metric found.
        sent: What went over the wire, without any key.
        raw: The beginning of what came back.
    """

    trial: int
    loss: Number = None
    prompt: Text = ()
    document: Text = ()
    earlier: tuple[Turn, ...] = ()
    asked: Text = ()
    reply: Text = ()
    tools: Text = ()
    held: bool = False
    broken: str = ""
    carrier: str = ""
    encoding: str = ""
    tries: int = 0
    path: Text = ()
    found: tuple[Sight, ...] = ()
    sent: Text = ()
    raw: Text = ()


class Example(Document, frozen=True, kw_only=True):
    """A conversation that lost, and the same question without the attack.

    Attributes:
        talk: The conversation.
        counterpart: The same trial under the counterpart, or null where it was not played.
    """

    talk: Talk
    counterpart: Talk | None = None


class Behind(Document, frozen=True, kw_only=True):
    """The conversations behind one finding.

    Attributes:
        finding: Its id.
        lost: How many conversations lost.
        counterpart: What the examples are shown beside: the title of a condition, or "".
        examples: Some of them, the worst first, as unlike as they come.
    """

    finding: str
    lost: int
    counterpart: str = ""
    examples: tuple[Example, ...] = ()


class Transcripts(Document, frozen=True, kw_only=True):
    """What was said.

    Attributes:
        schema: The version of this document.
        notice: What whoever opens the file must know.
        findings: One each where something was lost, in the order of the plan.
    """

    schema: Literal["keepstone/transcripts/1"] = "keepstone/transcripts/1"
    notice: str = REDACTED
    findings: tuple[Behind, ...] = ()


def read_transcripts(data: bytes, *, name: str = "transcripts.json") -> Transcripts:
    """Decode a file of transcripts.

    Raises:
        InputError: If it is none.

    >>> read_transcripts(b"{}").findings
    ()
    """
    if len(data) > LARGEST:
        raise InputError(f"The «size» of «{name}» must be at most {LARGEST // 1024 // 1024} MiB.")
    try:
        return msgspec.json.decode(data, type=Transcripts)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise InputError(f"The «content» of «{name}» must be transcripts as this version of Keepstone writes them.") from None
