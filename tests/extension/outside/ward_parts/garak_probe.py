"""Probes of garak as threats: what they say, said by the user (Derczynski et al. 2024, *garak*)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.part import part
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.stats.chance import seed_of, uniform

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

NEEDED = "pip install --no-deps garak==0.17.1; pip install pyyaml xdg-base-dirs colorama tqdm nltk langdetect jsonschema"


@part("condition")
@dataclass(frozen=True)
class GarakProbe(PromptInjection):
    """A prompt of a garak probe in the place of what the user says, drawn for each conversation. Origin and counterpart are those of a direct injection.

    Attributes:
        probe: Module and class, as in `garak --probes`.
    """

    through: str = "input"
    probe: str = "dan.Dan_11_0"

    name: ClassVar[str] = "garak_probe"
    instead: ClassVar[bool] = True  # of the trial's own question, which is then not asked

    @property
    def id(self) -> str:
        """The name and the probe."""
        return f"{self.name}-{self.probe.replace('.', '_')}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"what garak's probe {self.probe} says"

    def unfit(self, target: Target) -> str:
        """It needs garak, and a chat system."""
        return super().unfit(target) if find_spec("garak") else NEEDED

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Say one prompt in each conversation."""
        del oracle, shelf, target
        prompts = adapt(self.probe, trials.seed)
        said = [prompts[int(place * len(prompts))] for place in uniform(trials, "garak", 1)[:, 0].tolist()]

        def tap(channel: Channel, signal: Signal) -> Signal:
            return Signal(said, signal.rulings, signal.last) if channel == INPUT else signal

        return Act(tap)


def adapt(probe: str, seed: int) -> list[str]:
    """The prompts of a probe; of a conversation what is said last. garak draws from Python's own generator, which is therefore seeded."""
    module, _dot, name = probe.partition(".")
    random.seed(seed_of(seed, "garak", probe))
    prompts = getattr(import_module(f"garak.probes.{module}"), name)().prompts
    last = [one.turns[-1].content if hasattr(one, "turns") else one for one in prompts]
    return [str(one.text if hasattr(one, "text") else one) for one in last]


EXAMPLES = [GarakProbe()]  # what `keepstone check` plays
