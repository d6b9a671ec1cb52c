"""The conversations behind the findings of a chat system, from what the run kept: nobody is asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from keepstone.core.cell import Role
from keepstone.core.chat import Conversing
from keepstone.core.claim import NOT_COUNTED, UNIT
from keepstone.core.result import Verdict
from keepstone.core.trial import Trials
from keepstone.govern.transcripts import REDACTED, WHOLE, Behind, Example, Sight, Talk, Transcripts, Turn
from keepstone.ledger.canonical import encode
from keepstone.lifecycle.record import TRANSCRIPTS
from keepstone.measure.play import Played
from keepstone.measure.rounds import BLOCK
from keepstone.measure.said import Spoken, unpack

if TYPE_CHECKING:
    import numpy as np

    from keepstone.core.artefact import Shelf
    from keepstone.core.cell import Arm, Cell
    from keepstone.core.result import Finding
    from keepstone.lifecycle.record import Record
    from keepstone.measure.state import State

MOST, FEW = 5, 2  # conversations of a finding that is not met, and of another
MOST_KINDS = 200  # kinds of conversations that are told apart
Told: TypeAlias = tuple[Spoken, dict[str, int]]
"""A conversation, and its loss by metric, in thousandths."""
Kind: TypeAlias = tuple[int, str, str, str]


@dataclass
class Archive:
    """What was kept of the arms of a run, read a batch at a time.

    Attributes:
        state: The finished run.
        shelf: Where its batches are kept.
        beyond: By arm, batches that were played once the run had ended.
    """

    state: State
    shelf: Shelf
    beyond: dict[str, list[Played]] = field(default_factory=dict)

    def of(self, arm: Arm, wanted: Callable[[Played, Mapping[str, np.ndarray]], bool] = lambda _played, _value: True) -> Iterator[Told]:
        """The conversations of an arm in turn, each with its loss by metric in thousandths; of the batches that are wanted."""
        for played in (*self._played(arm), *self.beyond.get(arm.id, ())):
            value = self.shelf.get(played)
            if wanted(played, value):
                yield from conversations(value)

    def lost(self, cell: Cell) -> Iterator[Told]:
        """Those that lost, of a cell; where there was no reply nothing is told."""
        name = cell.metric.id
        for spoken, losses in self.of(cell.arm, lambda _played, value: f"loss:{name}" in value and bool((value[f"loss:{name}"] > 0).any())):
            if losses.get(name, 0) > 0 and not spoken.broken:
                yield spoken, losses

    def at(self, arm: Arm, trials: frozenset[int]) -> dict[int, Told]:
        """Some conversations of an arm, by trial; those that were not played are not there."""
        found = self.of(arm, lambda played, _value: any(played.trials.start <= trial < played.trials.stop for trial in trials))
        return {spoken.trial: (spoken, losses) for spoken, losses in found if spoken.trial in trials}

    def _played(self, arm: Arm) -> Iterator[Played]:
        track = self.state.tracks[arm.id]
        for start, stop in track.spans:
            for at in range(start, stop, BLOCK):
                yield Played(arm, Trials(self.state.plan.seed, arm.condition.stream, at, min(stop, at + BLOCK), arm.unit), track.metrics, track.named)


def conversations(value: Mapping[str, np.ndarray]) -> Iterator[Told]:
    """The conversations of a batch, with the loss of each by metric."""
    names = [name for name in value if name.startswith("loss:")]
    worst = {name.removeprefix("loss:"): value[name].max(axis=1).tolist() for name in names}
    for place, spoken in enumerate(unpack(value["said"]) if "said" in value else ()):
        yield spoken, {name: losses[place] for name, losses in worst.items() if losses[place] != NOT_COUNTED}


def transcripts(archive: Archive, findings: Sequence[Finding], *, whole: bool) -> Transcripts:
    """Choose the conversations that tell the most of each finding in which something was lost.

    Args:
        archive: What the run kept.
        findings: What it found.
        whole: Whether it was kept with secrets and personal data.
    """
    talked = [one for one in findings if isinstance(one.held.cell.arm.target, Conversing)]
    told = [_behind(archive, one) for one in talked]
    return Transcripts(notice=WHOLE if whole else REDACTED, findings=tuple(one for one in told if one.lost))


def write_transcripts(record: Record, said: Transcripts) -> None:
    """Write them beside the result."""
    record.write(TRANSCRIPTS, encode(msgspec.to_builtins(said)))


def _behind(archive: Archive, found: Finding) -> Behind:
    cell, name = found.held.cell, found.held.cell.metric.id
    lost, kinds = _kinds(archive.lost(cell), name)
    chosen = _unlike(kinds)[: MOST if found.verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE} else FEW]
    beside = counterpart(archive.state, cell)
    others = {} if beside is None else archive.at(beside.arm, frozenset(spoken.trial for spoken, _losses in chosen))
    return Behind(
        finding=found.held.id,
        lost=lost,
        counterpart="" if beside is None else beside.arm.condition.title,
        examples=tuple(_example(spoken, losses[name], name, others) for spoken, losses in chosen),
    )


def counterpart(state: State, cell: Cell) -> Cell | None:
    """What an attack is held against: chance in the same place, else ordinary use of the same questions; None for ordinary use itself."""
    chance = (pair.against for pair in state.plan.pairs if pair.role is Role.INTENT and pair.of.id == cell.id)
    calm = state.calm.get((cell.metric.id, cell.arm.mitigation.id, cell.arm.condition.stream))
    found = next((one for one in chance if one is not None), calm)
    return None if found is None or found.arm.id == cell.arm.id else found


def _kinds(lost: Iterable[Told], metric: str) -> tuple[int, dict[Kind, list[Told]]]:
    """How many lost, and of each kind the first: by loss, carrier, encoding, and question. Of many kinds those with the most loss are kept."""
    count, kinds = 0, dict[Kind, list[Told]]()
    for spoken, losses in lost:
        count += 1
        kind = (losses[metric], spoken.carrier, spoken.encoding, "" if spoken.carrier else spoken.template)
        if kind not in kinds and len(kinds) >= MOST_KINDS:
            least = min(kinds, key=lambda one: one[0])
            if least[0] >= kind[0]:
                continue
            del kinds[least]
        if len(kinds.setdefault(kind, [])) < MOST:
            kinds[kind].append((spoken, losses))
    return count, kinds


def _unlike(kinds: Mapping[Kind, Sequence[Told]]) -> list[Told]:
    """The worst first, and of equal ones by turns one of each kind."""
    out: list[Told] = []
    for worst in sorted({kind[0] for kind in kinds}, reverse=True):
        rows = [kinds[kind] for kind in kinds if kind[0] == worst]
        out += [one for turn in zip_longest(*rows) for one in turn if one is not None]
    return out


def _example(spoken: Spoken, loss: int, metric: str, others: Mapping[int, Told]) -> Example:
    other = others.get(spoken.trial)
    return Example(talk=talk(spoken, metric, loss), counterpart=None if other is None else talk(other[0], metric, other[1].get(metric, NOT_COUNTED)))


def talk(spoken: Spoken, metric: str, loss: int) -> Talk:
    """A conversation as it is told.

    Args:
        spoken: What was kept.
        metric: What was read.
        loss: In thousandths; `NOT_COUNTED` where it does not count.
    """
    same = {name: getattr(spoken, name) for name in SAME}
    return Talk(
        **same,
        loss=None if loss == NOT_COUNTED else loss / UNIT,
        earlier=tuple(Turn(role=role, text=text) for role, text in spoken.earlier),
        found=tuple(Sight(what=one.what, how=one.how, column=one.column) for one in spoken.seen.get(metric, ())),
    )


SAME = ("trial", "prompt", "document", "asked", "reply", "tools", "held", "broken", "carrier", "encoding", "tries", "path", "sent", "raw")
