"""What was said in a batch, kept beside its losses: whoever reads a finding later sees the conversations behind it, and nobody is asked again.

What must not be shown is left out before anything is kept, unless a person asked for it whole. Kept is JSON, packed, as an array of bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.chat import Tracing
from keepstone.core.claim import NOT_COUNTED
from keepstone.intake.places import HIDDEN, Piece, Span, shown, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.chat import Trace
    from keepstone.core.claim import Losses
    from keepstone.core.part import Metric
    from keepstone.core.trial import Outcome, Trials

Said = tuple[Piece, ...]
TEXTS = ("prompt", "document", "asked", "reply", "tools")
OURS = frozenset({"prompt", "document", "asked"})
WIRE = ("sent", "raw")
LARGEST = 1 << 26  # bytes of a batch that are unpacked
STREAM: Said = (("[withheld: a stream, whose pieces may hold a secret between them]", HIDDEN),)
LONGEST = 2000  # letters of a text that are kept


class Seen(msgspec.Struct, frozen=True):
    """What a metric found in one conversation: in words, in which dress, in what."""

    what: str
    how: str = ""
    column: str = "reply"


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation.

    Attributes:
        trial: Its number in its stream.
        prompt: What the deployer said.
        document: What was read beside the question.
        earlier: Turns before, as (role, text).
        asked: What the user said.
        reply: What was answered.
        tools: Calls of tools.
        held: Whether a mitigation let the question or the reply go no further.
        broken: Why there is no reply, or "".
        carrier: The attack's words by their name, or "".
        encoding: Their dress, or "".
        template: Of the question.
        tries: Tries of the attacker until it worked, or all; 0 where it had one.
        path: What the attacker tried.
        seen: By metric, what was found.
        sent: What went over the wire, where there is one and the trial lost.
        raw: The beginning of what came back.
    """

    trial: int
    prompt: Said = ()
    document: Said = ()
    earlier: tuple[tuple[str, Said], ...] = ()
    asked: Said = ()
    reply: Said = ()
    tools: Said = ()
    held: bool = False
    broken: str = ""
    carrier: str = ""
    encoding: str = ""
    template: str = ""
    tries: int = 0
    path: Said = ()
    seen: dict[str, tuple[Seen, ...]] = msgspec.field(default_factory=dict)
    sent: Said = ()
    raw: Said = ()


def pack(outcome: Outcome, trials: Trials, losses: Mapping[str, Losses], metrics: Sequence[Metric], *, whole: bool) -> NDArray[np.uint8]:
    """Keep the conversations of a batch.

    Args:
        outcome: What happened.
        trials: Its address.
        losses: By metric, in thousandths.
        metrics: What read the losses; those that trace say what they found where a trial lost.
        whole: Whether secrets and personal data are kept.
    """
    lost = {metric.id: (metric, ((losses[metric.id] > 0) & (losses[metric.id] != NOT_COUNTED)).any(axis=1)) for metric in metrics}
    batch = _Batch(outcome, trials, lost, _without_secret(losses), whole)
    return np.frombuffer(zlib.compress(msgspec.json.encode([batch.spoken(place) for place in range(len(trials))]), 1), dtype=np.uint8)


def unpack(data: NDArray[np.uint8]) -> list[Spoken]:
    """Give what was kept; nothing where it can't be read.

    The shelf may be anybody's file: it is unpacked no further than what a batch may hold.
    """
    try:
        text = zlib.decompressobj().decompress(data.astype(np.uint8).tobytes(), LARGEST)
        return msgspec.json.decode(text, type=list[Spoken])
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def _without_secret(losses: Mapping[str, Losses]) -> NDArray[np.bool_] | None:
    """Which replies were read for the secret already, and hold none."""
    told = losses.get("leaked")
    return None if told is None else (told == 0).all(axis=1)


@dataclass(frozen=True)
class _Batch:
    """A batch that is being kept."""

    outcome: Outcome
    trials: Trials
    lost: Mapping[str, tuple[Metric, NDArray[np.bool_]]]
    safe: NDArray[np.bool_] | None
    whole: bool

    def spoken(self, place: int) -> Spoken:
        """Keep one conversation."""
        columns, trial = self.outcome.columns, self.trials.start + place
        traces = {name: one.traces(self.outcome, place) for name, (one, hits) in self.lost.items() if hits[place] and isinstance(one, Tracing)}
        earlier = msgspec.json.decode(self._column("earlier", place) or "[]", type=list[tuple[str, str]])
        given: dict[str, Said] = self._texts(place, [trace for found in traces.values() for trace in found])
        given |= {name: self._wired(self._column(name, place), place) for name in WIRE if traces}
        return Spoken(
            trial=trial,
            prompt=given["prompt"],
            document=given["document"],
            earlier=tuple((role, self._kept(text, place)) for role, text in earlier),
            asked=given["asked"],
            reply=given["reply"],
            tools=given["tools"],
            held=bool("ruling" in columns and np.asarray(columns["ruling"])[place] > Ruling.CHANGED),
            broken=(self.outcome.why.get(trial, "") or "the target broke") if self.outcome.broken[place] else "",
            carrier=self._column("carrier", place),
            encoding=self._column("encoding", place),
            template=self._column("template", place),
            tries=int(columns["tries"][place]) if "tries" in columns else 0,
            path=self._kept(self._column("path", place), place, wire=True),
            seen={name: tuple(self._seen(trace, place) for trace in found) for name, found in traces.items() if found},
            sent=given.get("sent", ()),
            raw=given.get("raw", ()),
        )

    def _texts(self, place: int, traces: Sequence[Trace]) -> dict[str, Said]:
        marks = {name: sorted({span for trace in traces if trace.column == name for span in trace.spans}) for name in TEXTS}
        return {name: self._kept(self._column(name, place), place, marks[name], ours=name in OURS) for name in TEXTS}

    def _column(self, name: str, place: int) -> str:
        """A text of a trial; "" where the target gives none."""
        return str(self.outcome.columns[name][place]) if name in self.outcome.columns else ""

    def _kept(self, text: str, place: int, marks: Sequence[Span] = (), *, ours: bool = False, wire: bool = False) -> Said:
        """The text without what must not be shown; what was read for the secret already is not read again."""
        dressed = wire or not (ours or (self.safe is not None and bool(self.safe[place])))
        return shown(text, marks, self._column("secret", place), whole=self.whole, longest=LONGEST, dressed=dressed) if text else ()

    def _wired(self, text: str, place: int) -> Said:
        """What went over the wire. A stream may hold in pieces what nobody finds in one: it is shown only where all is."""
        if not self.whole and any(line.startswith("data:") for line in text.splitlines()):
            return STREAM
        return self._kept(text, place, wire=True)

    def _seen(self, trace: Trace, place: int) -> Seen:
        return Seen(written(self._kept(trace.what, place)), trace.how, trace.column)
