"""Mitigation: a defence that comes with AgentDojo, as AgentDojo has it. Two of the four work without a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.agent import Acting
from keepstone.core.channel import INPUT, Channel, Ruling, Signal
from keepstone.core.chat import PROMPT, TOOL
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.screened import screened
from keepstone.intake.agentdojo import ASKING, DEFENCES, defence

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Tap
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class AgentdojoDefence:
    """Marks what tools gave, or says the user's task again behind it. What it adds is read off AgentDojo's own pipeline.

    Attributes:
        defence: "spotlighting_with_delimiting" or "repeat_user_prompt"; "tool_filter" and "transformers_pi_detector" can't be used without a model.

    Example:
        >>> AgentdojoDefence("repeat_user_prompt").id
        'agentdojo_defence-repeat_user_prompt'
    """

    defence: str = DEFENCES[0]

    name: ClassVar[str] = "agentdojo_defence"
    channels: ClassVar[frozenset[Channel]] = frozenset({PROMPT, INPUT, TOOL})

    def __post_init__(self) -> None:
        """Refuse another name."""
        if self.defence not in DEFENCES:
            raise InputError(f"The «defence» of «{self.name}» must be one of {', '.join(DEFENCES)}; got {self.defence[:40]!r}.")

    @property
    def id(self) -> str:
        """The name and the defence."""
        return f"{self.name}-{self.defence}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"AgentDojo's defence «{self.defence.replace('_', ' ')}»"

    @property
    def brief(self) -> str:
        """In two or three words, for a row's head."""
        return self.defence.replace("_", " ")

    def unfit(self, target: Target) -> str:
        """It stands before an agent, and some need a model."""
        return ASKING.get(self.defence, "") if isinstance(target, Acting) else "the target does not act by tools"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Stand before it."""
        del shelf
        return screened(target, self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Add to the deployer's words and to what tools gave."""
        del memory
        does, task = defence(self.defence), [""] * rows

        def tap(channel: Channel, signal: Signal) -> Signal:
            texts = [str(text) for text in signal.values]
            if channel == INPUT:
                task[:] = texts
            if channel == PROMPT and does.said:
                return _changed(signal, [f"{text}\n{does.said}" for text in texts])
            if channel == TOOL:
                again = [f"\n{one}" if does.repeats else "" for one in task]
                return _changed(signal, [f"{does.before}{text}{does.after}{more}" if text else "" for text, more in zip(texts, again, strict=True)])
            return signal

        return tap


def _changed(signal: Signal, texts: list[str]) -> Signal:
    marked = [Ruling.ALLOWED if old == new else Ruling.CHANGED for old, new in zip(signal.values, texts, strict=True)]
    return Signal(texts, np.maximum(np.asarray(signal.rulings), marked).astype(np.int8), signal.last)
