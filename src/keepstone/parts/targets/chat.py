"""A chat system: an assistant, what it is asked about, and the channels on which a conversation flows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from msgspec import json

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal
from keepstone.core.chat import DOCUMENT, PROMPT, Clustered, Conversation, Deaf, Item, Meter, Reply, Wired
from keepstone.core.errors import PartError
from keepstone.core.part import part
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.promptfoo import spelled
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.channel import Ints, Rulings, Tap
    from keepstone.core.chat import Assistant, Corpus

SAMPLE = "SAMPLE-0000"  # in the place of a secret, for a client who asks
WHY = 20  # broken trials of a batch whose reason is kept


@part("target")
@dataclass(frozen=True, eq=False)
class Chat:
    """An assistant behind its prompt, asked about the items of a corpus, one conversation a trial.

    What flows: PROMPT (the deployer's words), DOCUMENT (what is retrieved) and INPUT (what the user says) pass the tap on their way in, in this order,
    OUTPUT (the reply) on its way out; values are texts, one a trial. A row ruled above CHANGED is not asked, or not answered.

    Columns of an outcome: "reply", "asked", "document", "prompt", "ruling", "right" (answers that are right, joined by a line break), "secret", "canary",
    "template", "checks" (as text), "earlier" (turns before, as JSON), "tools" (calls as text), "row", "unit", "group:NAME", and of an assistant behind a
    wire "sent" and "raw".

    A service that is not told the deployer's words knows no secret that stands only in them, so none is looked for there. What it is not told is "".

    Attributes:
        assistant: What answers.
        corpus: What it is asked about.
        whole: Whether what is said is kept as it is, secrets and personal data too.
        known: The recipe under which what was learned of it is kept; its own where it is "".
        meter: What was asked so far.
    """

    assistant: Assistant
    corpus: Corpus
    whole: bool = False
    known: str = ""
    meter: Meter = field(default_factory=Meter)

    name: ClassVar[str] = "chat"

    @property
    def channels(self) -> frozenset[Channel]:
        """Those of which the assistant is told, and what it says."""
        heard = self.assistant.hears if isinstance(self.assistant, Deaf) else frozenset({PROMPT, DOCUMENT, INPUT})
        return heard | {OUTPUT}

    @property
    def id(self) -> str:
        """The name."""
        return self.name

    @property
    def title(self) -> str:
        """In a few words."""
        return self.assistant.title

    @cached_property
    def recipe(self) -> str:
        """Assistant and corpus."""
        return self.known or key_of("chat", self.assistant.recipe, self.corpus.recipe)

    def size(self, stream: str) -> int:
        """How many items of a kind there are."""
        return self.corpus.streams.get(stream, 0)

    def answered_by(self, assistant: Assistant) -> Chat:
        """The same questions, put to another assistant."""
        return replace(self, assistant=assistant)

    def population(self, stream: str) -> str:
        """Items of different kinds are drawn apart, so that no cell of one kind has seen those of another."""
        return stream

    def several(self, stream: str) -> bool:
        """Whether items of a kind belong together, so that a unit has several conversations."""
        size = self.size(stream)
        return size > 0 and isinstance(self.corpus, Clustered) and len(set(self.corpus.units(Trials(0, stream, 0, size)).tolist())) < size

    def cut(self, trials: Trials, at: int) -> int:
        """The first place at or after `at` where a batch may end: between items that belong together."""
        if not isinstance(self.corpus, Clustered) or not 0 < at < trials.stop:
            return at
        units = self.corpus.units(trials)
        while at < len(units) and units[at] == units[at - 1]:
            at += 1
        return at

    def _units(self, trials: Trials) -> Ints:
        return self.corpus.units(trials) if isinstance(self.corpus, Clustered) else np.arange(trials.start, trials.stop)

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        """Hold the conversations of a batch."""
        items = self.corpus.items(trials)
        rulings = np.zeros(len(items), dtype=np.int8)
        prompt, rulings = _passed(tap, PROMPT, [self.corpus.prompt(item) for item in items], rulings)
        document, rulings = _passed(tap, DOCUMENT, [item.document for item in items], rulings)
        asked, rulings = _passed(tap, INPUT, [item.question for item in items], rulings)
        going = np.flatnonzero(rulings <= Ruling.CHANGED)
        chance = _chances(trials, len(items))
        said = [Reply("", asked=0)] * len(items)
        conversations = [
            Conversation(prompt[k], (document[k],) if document[k] else (), (*items[k].earlier, ("user", asked[k])), chance[k]) for k in going.tolist()
        ]
        replies = self.assistant.reply(conversations)
        self.meter.add(replies)
        for k, reply in zip(going.tolist(), replies, strict=True):
            said[k] = reply
        broken = np.array([bool(reply.error) for reply in said], dtype=np.bool_)
        texts, rulings = _passed(tap, OUTPUT, [reply.text for reply in said], rulings)
        texts = ["" if ruling > Ruling.CHANGED else text for text, ruling in zip(texts, rulings.tolist(), strict=True)]
        return Outcome(
            {
                "reply": texts,
                "asked": asked,
                "document": document if DOCUMENT in self.channels else [""] * len(items),
                "prompt": prompt if PROMPT in self.channels else [""] * len(items),
                "ruling": rulings,
                "right": ["\n".join(item.right) for item in items],
                "secret": [self._secret(item) for item in items],
                "canary": [item.canary for item in items],
                "template": [item.template for item in items],
                "checks": [spelled(item.checks) for item in items],
                "earlier": [json.encode(item.earlier).decode() if item.earlier else "" for item in items],
                "tools": [_spelled(reply, ruling) for reply, ruling in zip(said, rulings.tolist(), strict=True)],
                "row": np.arange(trials.start, trials.stop),
                "unit": self._units(trials),
                **_groups(items),
                **self._wire(conversations, going.tolist(), said),
            },
            np.array([reply.asked for reply in said], dtype=np.float64),
            broken,
            {trials.start + k: said[k].error for k in np.flatnonzero(broken)[:WHY].tolist()},
        )

    def _secret(self, item: Item) -> str:
        """What must not be said, "" where the assistant was not told it."""
        unheard = PROMPT not in self.channels and item.secret and item.secret in self.corpus.prompt(item)
        return "" if unheard else item.secret

    def _wire(self, conversations: Sequence[Conversation], going: Sequence[int], said: Sequence[Reply]) -> dict[str, list[str]]:
        """What went over the wire, where there is one."""
        if not isinstance(self.assistant, Wired):
            return {}
        sent = [""] * len(said)
        for k, one in zip(going, conversations, strict=True):
            sent[k] = self.assistant.sent(one)
        return {"sent": sent, "raw": [reply.raw for reply in said]}

    def answer(self, signal: Signal) -> Signal:
        """Answer texts as a client's: one turn, no document, the deployer's prompt with a sample in the secret's place. The same text, the same answer."""
        texts = cast("Sequence[str]", signal.values)
        going = [k for k, ruling in enumerate(np.asarray(signal.rulings).tolist()) if ruling <= Ruling.CHANGED]
        prompt = self.corpus.prompt(Item(question="", secret=SAMPLE))
        said = self.assistant.reply([Conversation(prompt, (), (("user", str(texts[k])),), _chance(str(texts[k]))) for k in going])
        self.meter.add(said)
        out = [""] * len(texts)
        for k, reply in zip(going, said, strict=True):
            out[k] = reply.text
        return Signal(out, signal.rulings, signal.last)


def _passed(tap: Tap, channel: Channel, texts: list[str], rulings: Rulings) -> tuple[list[str], Rulings]:
    """Let texts pass a channel; the higher ruling wins.

    Raises:
        PartError: If as many texts don't come out.
    """
    got = tap(channel, Signal(texts, rulings))
    if len(got.values) != len(texts) or len(got.rulings) != len(texts):
        raise PartError(f"What sits on the channel «{channel.name}» must give as many texts and rulings as came in, {len(texts)}; it gave {len(got.values)}.")
    return [str(text) for text in got.values], np.maximum(rulings, np.asarray(got.rulings, dtype=np.int8))


def _chances(trials: Trials, count: int) -> list[float]:
    return [float(one) for one in uniform(trials, "assistant", 1)[:count, 0]]


def _chance(text: str) -> float:
    """A number in [0, 1) of a text alone."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") / 2**48


def _spelled(reply: Reply, ruling: int) -> str:
    """The tools called, as a line each; none where the reply was not let out."""
    if ruling > Ruling.CHANGED:
        return ""
    return "\n".join(f"{call.name}({', '.join(f'{key}={value}' for key, value in sorted(call.arguments.items()))})" for call in reply.calls)


def _groups(items: Sequence[Item]) -> dict[str, list[str]]:
    names = sorted({name for item in items for name in item.group})
    return {f"group:{name}": [item.group.get(name, "") for item in items] for name in names}
