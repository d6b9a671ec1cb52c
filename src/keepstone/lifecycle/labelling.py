"""Labels of exchanges, made in one sitting after another: where they come from, who has said what, and how far raters agree.

Nobody sees what another rater said before both have said it. Every answer is in the file before the next is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, cast

from keepstone.core.artefact import key_of
from keepstone.core.channel import through
from keepstone.core.chat import Conversing, Exchange
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.intake import foreign, labelled
from keepstone.intake.labelled import Labels, Line, append, item_of, read
from keepstone.lifecycle import inventory
from keepstone.lifecycle.judging import source_of
from keepstone.stats.agreement import Agreement, agreement

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.core.chat import Judge
    from keepstone.core.part import Target
    from keepstone.intake.labelled import Said

YES, NO, SKIP, BACK, QUIT = "y", "n", "s", "b", "q"
WORDS = {YES: "yes", NO: "no", SKIP: "can't tell", BACK: "back", QUIT: "quit"}
SAID = {YES: 1, NO: 0, SKIP: None}


@dataclass
class Sitting:
    """One rater's way through the items that they have not answered yet.

    Attributes:
        path: The file of labels.
        rater: Who answers.
        labels: What it holds.
        done: Items answered in this sitting, in turn.
    """

    path: Path
    rater: str
    labels: Labels
    done: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path, rater: str) -> Sitting:
        """Begin, or go on where this rater left off.

        Raises:
            InputError: If the file can't be read, or the name is none.
        """
        if not (rater.strip() and rater.isprintable() and len(rater) <= labelled.NAMES):
            raise InputError(f"The «--rater» must be a name of at most {labelled.NAMES} printable characters.")
        return cls(path, rater, read(path))

    @property
    def mine(self) -> dict[str, int | None]:
        """What this rater has said."""
        return self.labels.votes.setdefault(self.rater, {})

    @property
    def answered(self) -> int:
        """How many items this rater has answered."""
        return len(self.mine)

    def current(self) -> tuple[str, Said] | None:
        """The item that is next, or None at the end."""
        if self.again:
            return self.again[-1], self.labels.items[self.again[-1]]
        return next(((item, said) for item, said in self.labels.items.items() if item not in self.mine), None)

    def take(self, word: str) -> bool:
        """Take an answer: keep it, or go back to the one before. False where the sitting is over, or the word is none.

        Args:
            word: One of `WORDS`.
        """
        now = self.current()
        if word not in WORDS or word == QUIT or now is None:
            return False
        if word == BACK:
            self.again += [self.done.pop()] if self.done else []
            return True
        append(self.path, [Line(item=now[0], rater=self.rater, label=SAID[word])])
        self.mine[now[0]] = SAID[word]
        self.again = self.again[:-1]
        self.done.append(now[0])
        return True


def gathered(path: Path, form: str) -> list[Line]:
    """The exchanges of a file that another tool wrote, or of one with «question» and «reply» a line.

    Args:
        path: The file.
        form: "garak", "promptfoo", "pyrit", or "" to see by what it holds.

    Raises:
        InputError: It is none of it.
    """
    if not form and path.suffix == ".jsonl" and b'"entry_type"' not in _start(path):
        own = read(path)
        return [Line(item=item, question=said.question, reply=said.reply, source=said.source, times=said.times) for item, said in own.items.items()]
    run, lines = foreign.read(path, form), dict[str, Line]()
    for one in run.tried:
        _draw(lines, one.question, one.reply, f"{run.form} {one.probe}".strip())
    return list(lines.values())


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4096)


def _draw(lines: dict[str, Line], question: str, reply: str, source: str) -> None:
    """Note an exchange; of one that was drawn before, that it was drawn again."""
    item = item_of(question, reply)
    if item in lines:
        lines[item].times += 1
    else:
        lines[item] = Line(item=item, question=question, reply=reply, source=source)


def asked(target: Target, streams: Sequence[str], each: int, seed: int) -> list[Line]:
    """Ask the system itself, in ordinary use.

    Args:
        target: What is asked.
        streams: Kinds of items.
        each: How many of each.
        seed: Of the items; another than that of the runs that the labels are for.

    Raises:
        InputError: If the target is not talked to, or has no such items.
    """
    if not isinstance(target, Conversing):
        raise InputError("Labels are made of what a chat system says; this system is none.")
    lines: dict[str, Line] = {}
    for stream in streams:
        size = min(each, target.size(stream))
        if not size:
            known = ", ".join(sorted(target.corpus.streams))
            raise InputError(f"The «streams» of the judge must be kinds of items that there are: {known}; got {stream!r}.")
        outcome = target.run(Trials(seed, stream, 0, size), through)
        source = source_of(target, inventory.build("condition", "nominal", {"stream": stream}), seed)
        for question, reply, broken in zip(outcome.columns["asked"], outcome.columns["reply"], outcome.broken.tolist(), strict=True):
            if not broken:
                _draw(lines, str(question), str(reply), source)
    return list(lines.values())


def holds(path: Path, target: Target, streams: Sequence[str], seed: int) -> bool:
    """Whether a file of labels has what the system says to the items of this seed: then it is not asked again."""
    sources = {source_of(target, inventory.build("condition", "nominal", {"stream": stream}), seed) for stream in streams}
    return path.exists() and bool(sources & {said.source for said in read(path).items.values()})


def put(path: Path, lines: Sequence[Line]) -> int:
    """Add exchanges that the file of labels does not hold yet; give how many.

    Raises:
        InputError: If the file can't be read or written.
    """
    known = read(path).items if path.exists() else {}
    new = [line for line in lines if line.item not in known]
    append(path, new)
    return len(new)


def ask_judge(path: Path, judge: Judge) -> tuple[int, int]:
    """Ask a judge of every labelled exchange that it has not answered, and keep what it says; give how many were asked and how many were not answered."""
    labels, name = read(path), key_of(judge)
    said = labels.opinions.get(name, {})
    open_ = [item for item in labels.truth if said.get(item) is None]
    opinions = judge.read([Exchange(labels.items[item].question, labels.items[item].reply) for item in open_])
    lines = [Line(item=item, judge=name, says=None if one.says is None else int(one.says)) for item, one in zip(open_, opinions, strict=True)]
    append(path, lines)
    return len(lines), sum(one.says is None for one in opinions)


@dataclass(frozen=True, kw_only=True)
class Met:
    """Two raters and what they make of the same items.

    Attributes:
        raters: Their names.
        told: How far they agree.
        split: Items on which they differ.
    """

    raters: tuple[str, str]
    told: Agreement
    split: tuple[str, ...]


def met(labels: Labels) -> list[Met]:
    """Every two raters who have rated the same items."""
    out = []
    for one, other in combinations(labels.votes, 2):
        first, second = labels.votes[one], labels.votes[other]
        both = [item for item in labels.items if first.get(item) is not None and second.get(item) is not None]
        if both:
            pairs = [(cast("int", first[item]), cast("int", second[item])) for item in both]
            out.append(Met(raters=(one, other), told=agreement(pairs), split=tuple(item for item in both if first[item] != second[item])))
    return out
