"""A chat system: an assistant, what it is asked about, and the channels on which a conversation flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from msgspec import json

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal
from keepstone.core.chat import (
    CALL,
    DOCUMENT,
    OFFER,
    ORDER,
    PROMPT,
    SESSION,
    TOOL,
    Clustered,
    Conversation,
    Deaf,
    Equipped,
    Item,
    Meter,
    Tool,
    Wired,
    offered,
)
from keepstone.core.errors import PartError
from keepstone.core.part import part
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.calls import read, shown, written
from keepstone.intake.promptfoo import spelled
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from keepstone.core.channel import Column, Ints, Rulings, Tap
    from keepstone.core.chat import Assistant, Call, Corpus, Reply, World

SAMPLE = "SAMPLE-0000"  # in the place of a secret, for a client who asks
WHY = 20  # broken trials of a batch whose reason is kept
STEPS = 6
TURNS = 100  # most turns of a conversation
OFFERED = 512  # most tools that an assistant is told of
IDLE = "Opens a form that is not in use."
LOGGED = ("denied", "beyond", "late", "widened")
"""What becomes of a call beside being carried out."""
HELD = "This call was not carried out: it is not allowed here."
WITHHELD = "What came back was held back."


@part("target")
@dataclass(frozen=True, eq=False)
class Chat:
    """An assistant behind its prompt, asked about the items of a corpus, one conversation a trial.

    What flows: PROMPT (the deployer's words), DOCUMENT (what is retrieved) and INPUT (what the user says) pass the tap on their way in, in this order,
    OUTPUT (the reply) on its way out; values are texts, one a trial. A row ruled above CHANGED is not asked, or not answered, and its conversation ends.
    Where INPUT comes back with `last` False, another turn of the same conversation follows; a row without a word in such a turn sits it out.

    With tools, SESSION (who is talked to) and OFFER (what may be called) pass first. Each tool that the assistant calls passes CALL and, where it is not
    ruled above CHANGED, is carried out; what comes back passes TOOL; then ORDER (what the operator says) passes, and the assistant is asked again. What is
    called in more steps than are given is not carried out.

    Columns of an outcome: "reply" (the last), "said" (all of them), "turns" (how many), "asked" (all that the user said), "document", "prompt", "ruling",
    "right" (answers that are right, joined by a line break), "secret", "canary", "template", "checks" (as text), "earlier" (turns before, as JSON), "tools"
    (calls as text), "row", "unit", "group:NAME", and of an assistant behind a wire "sent" and "raw", of its last answer. With tools, a line each: "denied"
    (calls not carried out), "beyond" (carried out, and not theirs to ask for), "late" (acted after an order of the operator), "widened" (took a right or a
    watch away), "state" (what changed), "needs" (what should have), and "ordered" (1 where the operator said something).

    A service that is not told the deployer's words knows no secret that stands only in them, so none is looked for there. What it is not told is "".

    Attributes:
        assistant: What answers.
        corpus: What it is asked about.
        steps: Most times that tools are called in one turn.
        whole: Whether what is said is kept as it is, secrets and personal data too.
        known: The recipe under which what was learned of it is kept; its own where it is "".
        meter: What was asked so far.
    """

    assistant: Assistant
    corpus: Corpus
    steps: int = STEPS
    whole: bool = False
    known: str = ""
    meter: Meter = field(default_factory=Meter)

    name: ClassVar[str] = "chat"

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
        """Assistant and corpus, and the steps where there are tools."""
        return self.known or key_of("chat", self.assistant.recipe, self.corpus.recipe, *((self.steps,) if self.tools else ()))

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        """What the assistant may call."""
        return offered(self.assistant, self.corpus)

    @cached_property
    def channels(self) -> frozenset[Channel]:
        """Those of which the assistant is told, and what it says; more with tools than without."""
        heard = self.assistant.hears if isinstance(self.assistant, Deaf) else frozenset({PROMPT, DOCUMENT, INPUT})
        return heard | {OUTPUT} | (frozenset({SESSION, OFFER, CALL, TOOL, ORDER}) if self.tools else frozenset())

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
        batch = _Batch(self, tap, items, _chances(trials, len(items)))
        batch.begin()
        while batch.turn():
            pass
        said = batch.said
        return Outcome(
            {
                **batch.columns,
                "right": ["\n".join(item.right) for item in items],
                "secret": [self._secret(item) for item in items],
                "canary": [item.canary for item in items],
                "template": [item.template for item in items],
                "checks": [spelled(item.checks) for item in items],
                "earlier": [json.encode(item.earlier).decode() if item.earlier else "" for item in items],
                "row": np.arange(trials.start, trials.stop),
                "unit": self._units(trials),
                **_groups(items),
            },
            np.array([one.cost for one in said], dtype=np.float64),
            np.array([bool(one.error) for one in said], dtype=np.bool_),
            {trials.start + k: said[k].error for k in [k for k, one in enumerate(said) if one.error][:WHY]},
        )

    def _secret(self, item: Item) -> str:
        """What must not be said, "" where the assistant was not told it."""
        unheard = PROMPT not in self.channels and item.secret and item.secret in self.corpus.prompt(item)
        return "" if unheard else item.secret

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


@dataclass
class _Trial:
    """One conversation under way.

    Attributes:
        item: What it is about.
        turns: What was said so far.
        world: What its tools act on, or None.
        replies: What was let out, a text a turn.
        asked: What the user said, a text a turn.
        log: Calls as text, by what became of them.
        ordered: Whether the operator said something.
        cost: How often the assistant was asked.
        error: Why it broke, or "".
        wire: What went over the wire last, there and back.
    """

    item: Item
    turns: list[tuple[str, str]]
    world: World | None
    replies: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    log: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in ("tools", *LOGGED)})
    ordered: bool = False
    cost: int = 0
    error: str = ""
    wire: tuple[str, str] = ("", "")

    def record(self, call: Call, tools: Sequence[Tool]) -> None:
        """Write down a call that is carried out."""
        tool = next((one for one in tools if one.name == call.name), None)
        role, _blank, user = self.item.session.partition(" ")
        marks = {
            "tools": True,
            "beyond": tool is not None and not tool.permits(call, role, user),
            "late": tool is not None and tool.acts and self.ordered,
            "widened": tool is not None and tool.widens,
        }
        for kind in (kind for kind, so in marks.items() if so):
            self.log[kind].append(shown(call))


class _Batch:
    """The conversations of a batch, side by side: whatever passes a channel passes it for all of them at once."""

    def __init__(self, chat: Chat, tap: Tap, items: list[Item], chances: list[float]) -> None:
        self.chat, self.tap, self.items, self.chances = chat, tap, items, chances
        equipped = chat.corpus if chat.tools and isinstance(chat.corpus, Equipped) else None
        worlds = [equipped.world(item) if equipped else None for item in items]
        self.said = [_Trial(item, [*item.earlier], world) for item, world in zip(items, worlds, strict=True)]
        self.rulings: Rulings = np.zeros(len(items), dtype=np.int8)
        self.turned = 0
        self.session, self.prompt, self.document = ([""] * len(items) for _ in range(3))
        self.tools: list[tuple[Tool, ...]] = [()] * len(items)

    def begin(self) -> None:
        """Let in what stands before the first word."""
        if self.chat.tools:
            self.session = self._passed(SESSION, [item.session for item in self.items])
            known = {tool.name: tool for tool in self.chat.tools}
            told = self._passed(OFFER, ["\n".join(known)] * len(self.items))
            self.tools = [tuple(known.get(name, Tool(name=name, description=IDLE)) for name in text.split("\n") if name)[:OFFERED] for text in told]
        self.prompt = self._passed(PROMPT, [self.chat.corpus.prompt(item) for item in self.items])
        self.document = self._passed(DOCUMENT, [item.document for item in self.items])

    def turn(self) -> bool:
        """Let the user speak once, and answer; tell whether another turn follows.

        Raises:
            PartError: If there is no end to it.
        """
        self.turned += 1
        if self.turned > TURNS:
            raise PartError(f"What sits on the channel «input» must end a conversation after {TURNS} turns at most.")
        got, self.rulings = _passed(self.tap, INPUT, Signal([item.question for item in self.items], self.rulings))
        asked = [str(text) for text in got.values]
        for trial, text in zip(self.said, asked, strict=True):
            trial.asked += [text] if text else []
        speaking = [k for k in self._going() if got.last or asked[k]]
        for k in speaking:
            self.said[k].turns.append(("user", asked[k]))
        texts = [""] * len(self.items)
        for k, text in self._answered(speaking).items():
            texts[k] = text
        self._let_out(self._passed(OUTPUT, texts), speaking)
        return not got.last

    def _let_out(self, texts: list[str], speaking: Sequence[int]) -> None:
        for k in speaking:
            held = self.rulings[k] > Ruling.CHANGED or bool(self.said[k].error)
            self.said[k].replies.append("" if held else texts[k])
            self.said[k].turns.append(("assistant", texts[k]))

    def _passed(self, channel: Channel, texts: list[str]) -> list[str]:
        got, self.rulings = _passed(self.tap, channel, Signal(texts, self.rulings))
        return [str(text) for text in got.values]

    def _going(self) -> list[int]:
        return [k for k in np.flatnonzero(self.rulings <= Ruling.CHANGED).tolist() if not self.said[k].error]

    def _answered(self, speaking: Sequence[int]) -> dict[int, str]:
        """What the assistant says in this turn, all the steps of it."""
        texts: dict[int, list[str]] = {k: [] for k in speaking}
        for step in range(self.chat.steps + 1):
            calling: dict[int, Sequence[Call]] = {}
            for k, reply in zip(speaking, self._asked(speaking), strict=True):
                trial = self.said[k]
                trial.cost, trial.error = trial.cost + reply.asked, reply.error
                texts[k] += [reply.text] if reply.text else []
                if reply.calls and not reply.error:
                    calling[k] = reply.calls
            if not calling or not self.chat.tools or step == self.chat.steps:
                self._left(calling)
                break
            self._carried_out(calling)
            speaking = list(calling)
        return {k: "\n".join(said) for k, said in texts.items()}

    def _asked(self, speaking: Sequence[int]) -> Sequence[Reply]:
        """Ask the assistant, and note what it took."""
        conversations = [self._conversation(k) for k in speaking]
        replies = self.chat.assistant.reply(conversations) if conversations else []
        self.chat.meter.add(replies)
        if isinstance(self.chat.assistant, Wired):
            for k, one, reply in zip(speaking, conversations, replies, strict=True):
                self.said[k].wire = (self.chat.assistant.sent(one), reply.raw)
        return replies

    def _conversation(self, k: int) -> Conversation:
        document = (self.document[k],) if self.document[k] else ()
        return Conversation(self.prompt[k], document, tuple(self.said[k].turns), self.chances[k], self.tools[k], self.session[k])

    def _left(self, calling: Mapping[int, Sequence[Call]]) -> None:
        """Write down what was called and is not carried out: without tools that is what it did."""
        for k, calls in calling.items():
            self.said[k].log["denied" if self.chat.tools else "tools"] += [shown(call) for call in calls]

    def _carried_out(self, calling: Mapping[int, Sequence[Call]]) -> None:
        """Carry out what passes, one call of each conversation after the other, and let the operator speak."""
        for at in range(max(map(len, calling.values()))):
            self._one({k: calls[at] for k, calls in calling.items() if at < len(calls)})
        got, _rulings = _passed(self.tap, ORDER, Signal([""] * len(self.items), np.zeros(len(self.items), dtype=np.int8)))
        for k in calling:
            if got.values[k]:
                self.said[k].turns.append(("order", str(got.values[k])))
                self.said[k].ordered = True

    def _one(self, calls: Mapping[int, Call]) -> None:
        wanted = [written(calls[k]) if k in calls else "" for k in range(len(self.items))]
        got, rulings = _passed(self.tap, CALL, Signal(wanted, np.zeros(len(wanted), dtype=np.int8)))
        held = np.asarray(rulings) > Ruling.CHANGED
        answers = ["" if k not in calls or held[k] else self._answer(k, str(got.values[k])) for k in range(len(wanted))]
        back, rulings = _passed(self.tap, TOOL, Signal(answers, np.zeros(len(wanted), dtype=np.int8)))
        for k, call in calls.items():
            text = HELD if held[k] else WITHHELD if rulings[k] > Ruling.CHANGED else str(back.values[k])
            self.said[k].log["denied"] += [shown(call)] if held[k] else []
            self.said[k].turns += [("call", wanted[k]), ("tool", text)]

    def _answer(self, k: int, text: str) -> str:
        call, trial = read(text), self.said[k]
        if call is None or trial.world is None:
            raise PartError("What sits on the channel «call» must let through calls as they are written, or rule them out.")
        trial.record(call, self.chat.tools)
        return trial.world.answer(call)

    @property
    def columns(self) -> dict[str, Column]:
        """What was said and done."""
        held = (self.rulings > Ruling.CHANGED).tolist()
        quiet = [not self.chat.tools and one for one in held]  # without tools a call is part of a reply, and held back with it
        more: dict[str, Column] = {}
        if isinstance(self.chat.assistant, Wired):
            more |= {name: [one.wire[at] for one in self.said] for at, name in enumerate(("sent", "raw"))}
        if self.chat.tools:
            more |= {kind: ["\n".join(one.log[kind]) for one in self.said] for kind in LOGGED}
            more["state"] = ["\n".join(one.world.changes if one.world else ()) for one in self.said]
            more["needs"] = ["\n".join(one.item.needs) for one in self.said]
            more["ordered"] = np.array([float(one.ordered) for one in self.said])
        return {
            "reply": ["" if gone or not one.replies else one.replies[-1] for one, gone in zip(self.said, held, strict=True)],
            "said": ["\n".join(one.replies) for one in self.said],
            "turns": np.array([float(len(one.replies)) for one in self.said]),
            "asked": ["\n".join(one.asked) for one in self.said],
            "document": self.document if DOCUMENT in self.chat.channels else [""] * len(self.said),
            "prompt": self.prompt if PROMPT in self.chat.channels else [""] * len(self.said),
            "ruling": self.rulings,
            "tools": ["" if gone else "\n".join(one.log["tools"]) for one, gone in zip(self.said, quiet, strict=True)],
            **more,
        }


def _passed(tap: Tap, channel: Channel, signal: Signal) -> tuple[Signal, Rulings]:
    """Let texts pass a channel; the higher ruling wins.

    Raises:
        PartError: If as many texts don't come out.
    """
    got, count = tap(channel, signal), len(signal.values)
    if len(got.values) != count or len(got.rulings) != count:
        raise PartError(f"What sits on the channel «{channel.name}» must give as many texts and rulings as came in, {count}; it gave {len(got.values)}.")
    return got, np.maximum(signal.rulings, np.asarray(got.rulings, dtype=np.int8))


def _chances(trials: Trials, count: int) -> list[float]:
    return [float(one) for one in uniform(trials, "assistant", 1)[:count, 0]]


def _chance(text: str) -> float:
    """A number in [0, 1) of a text alone."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") / 2**48


def _groups(items: Sequence[Item]) -> dict[str, list[str]]:
    names = sorted({name for item in items for name in item.group})
    return {f"group:{name}": [item.group.get(name, "") for item in items] for name in names}
