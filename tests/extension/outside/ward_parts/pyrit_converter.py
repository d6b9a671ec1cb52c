"""Converters of PyRIT as threats: an order in what the user says, spelled by one of them (Munoz et al. 2024, *PyRIT*)."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.part import part
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.stats.chance import seed_of, uniform

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.chat import Conversing
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class PyritConverter(PromptInjection):
    """A direct injection whose order is spelled by a converter of PyRIT that needs no model. All else is that of a direct injection.

    Attributes:
        converter: Its class in `pyrit.converter`.
    """

    through: str = "input"
    converter: str = "AtbashConverter"

    name: ClassVar[str] = "pyrit_converter"

    @property
    def id(self) -> str:
        """The name and the converter."""
        return f"{self.name}-{self.converter}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"an attacker's order in the question, spelled by PyRIT's {self.converter}"

    def unfit(self, target: Target) -> str:
        """It needs PyRIT, and a chat system."""
        return super().unfit(target) if find_spec("pyrit") else "pip install --no-deps pyrit==1.1.0; pip install pydantic appdirs tinytag jinja2 pyyaml"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add an order to each question."""
        del oracle, shelf
        lines, luck = talk().carrier, uniform(trials, "carrier", 1)[:, 0].tolist()
        words = [item.canary for item in cast("Conversing", target).corpus.items(trials)]
        orders = [lines[int(place * len(lines))].text.replace("{canary}", word) for place, word in zip(luck, words, strict=True)]
        spelled = adapt(self.converter, orders, [seed_of(trials.seed, "pyrit", trials.stream, at) for at in range(trials.start, trials.stop)])

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            return Signal([f"{text} {order}" for text, order in zip(signal.values, spelled, strict=True)], signal.rulings, signal.last)

        return Act(tap)


def adapt(converter: str, texts: list[str], seeds: list[int]) -> list[str]:
    """Convert texts one by one. PyRIT draws from Python's own generator, which is therefore seeded for each."""
    made = getattr(import_module("pyrit.converter"), converter)()

    async def converted() -> list[str]:
        out = []
        for text, seed in zip(texts, seeds, strict=True):
            random.seed(seed)
            out.append(str((await made.convert_async(prompt=text, input_type="text")).output_text))
        return out

    return asyncio.run(converted())


EXAMPLES = [PyritConverter()]  # what `keepstone check` plays
