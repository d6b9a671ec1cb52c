"""What was explored after a finding failed: distinct ways in, and how often they open. No verdict rests on it."""

from __future__ import annotations

from typing import Literal

import msgspec

from keepstone.core.errors import InputError
from keepstone.govern.rows import Document, Number
from keepstone.govern.transcripts import LARGEST, Talk

NOTICE = "Exploratory: it began after the verdicts stood, and changes none. Intervals are of 95 % each, with no correction for their number."


class Success(Document, frozen=True, kw_only=True):
    """How often something succeeds.

    Attributes:
        tries: So many tries of an attacker.
        share: Success of attackers who have succeeded by then.
        lower: Lower bound of 95 %, or null where the trials are no independent draws.
        upper: Upper bound, likewise.
    """

    tries: int
    share: float
    lower: Number = None
    upper: Number = None


class WayIn(Document, frozen=True, kw_only=True):
    """One way in.

    Attributes:
        carrier: The words of the attack by their name, or "".
        encoding: Their dress, or "".
        effect: What was found, and how.
        hits: Conversations in which it was.
        tries: Conversations in which these words were tried in this dress.
        share: The one over the other.
        lower: Lower bound of 95 %, or null where the trials are no independent draws.
        upper: Upper bound, likewise.
        talk: The first of the conversations, with what went over the wire where there is one.
    """

    carrier: str
    encoding: str
    effect: str
    hits: int
    tries: int
    share: float
    lower: Number = None
    upper: Number = None
    talk: Talk


class Opened(Document, frozen=True, kw_only=True):
    """What was explored of one finding.

    Attributes:
        finding: Its id.
        tries: Conversations, those of the run among them.
        hits: Of these, how many lost.
        ways: Distinct ways in, the most frequent first.
        at: Success of an attacker who holds k conversations.
        within: Success of one who tries k times within a conversation, where the attack does.
    """

    finding: str
    tries: int
    hits: int
    ways: tuple[WayIn, ...] = ()
    at: tuple[Success, ...] = ()
    within: tuple[Success, ...] = ()


class Explored(Document, frozen=True, kw_only=True):
    """All that was explored.

    Attributes:
        schema: The version of this document.
        notice: What a reader must know.
        calls: Calls beyond those of the run.
        ended: Why it ended.
        findings: One each that failed and is an attack.
    """

    schema: Literal["keepstone/explored/1"] = "keepstone/explored/1"
    notice: str = NOTICE
    calls: float = 0.0
    ended: str = ""
    findings: tuple[Opened, ...] = ()

    @property
    def ways(self) -> int:
        """Distinct ways in, of all findings."""
        return sum(len(one.ways) for one in self.findings)


def read_explored(data: bytes, *, name: str = "explored.json") -> Explored:
    """Decode a file of what was explored.

    Raises:
        InputError: If it is none.

    >>> read_explored(b"{}").ways
    0
    """
    if len(data) > LARGEST:
        raise InputError(f"The «size» of «{name}» must be at most {LARGEST // 1024 // 1024} MiB.")
    try:
        return msgspec.json.decode(data, type=Explored)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise InputError(f"The «content» of «{name}» must be what this version of Keepstone explored.") from None
