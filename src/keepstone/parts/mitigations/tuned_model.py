"""Mitigation: another assistant in the place of this one: after RLHF, DPO, constitutional or any other tuning. No training is needed to measure it.

The same questions in the same seeds are put to both, so what tuning buys and costs is a paired comparison like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Behind
from keepstone.intake.slug import slug

if TYPE_CHECKING:
    from keepstone.core.chat import Assistant
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class TunedModel(Behind):
    """Asks another assistant, named as in `[target]`: all else, prompt, documents and questions, is the same.

    Attributes:
        chat: What answers: an address, "file.py:function", or "reference:NAME"; "" for that of the target, with other settings.
        settings: Lines of TOML that differ from the target's parameters: 'model = "tuned"'.
        label: What tells it from others that are tried.
        assistant: What answers, once it is known.

    Raises:
        InputError: If it names nothing that differs.

    Example:
        >>> TunedModel(settings=('model = "after"',), label="after DPO").id
        'tuned_model-after_DPO'
    """

    chat: str = ""
    settings: tuple[str, ...] = ()
    label: str = ""
    assistant: Assistant | None = None

    name: ClassVar[str] = "tuned_model"
    brief: ClassVar[str] = "tuned model"

    def __post_init__(self) -> None:
        """Refuse one that is the same."""
        if not self.chat and not self.settings and self.assistant is None:
            raise InputError("The mitigation «tuned_model» needs «chat», what answers in the target's place, or «settings» that differ from the target's.")

    @property
    def id(self) -> str:
        """The name and the label."""
        return f"{self.name}-{slug(self.label)}" if self.label else self.name

    @property
    def title(self) -> str:
        """In plain words."""
        return f"another assistant in its place{f' ({self.label})' if self.label else ''}"

    def unfit(self, target: Target) -> str:
        """It must have been found."""
        return super().unfit(target) or ("" if self.assistant is not None else "what answers in its place was not opened: name it in a system file")

    def around(self, assistant: Assistant) -> Assistant:
        """Let the other one answer."""
        return assistant if self.assistant is None else self.assistant
