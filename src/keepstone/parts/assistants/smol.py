"""A real small language model on this machine, for a demonstration and a test without a network: SmolLM2-135M-Instruct."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake.smol import CONTEXT, DIGEST, MODEL

if TYPE_CHECKING:
    from keepstone.core.chat import Assistant, Conversation, Reply


@part("assistant")
@dataclass(frozen=True, eq=False, kw_only=True)
class Smol:
    """SmolLM2-135M-Instruct (Apache-2.0), served on this machine. `keepstone demo-model` installs it. It is weak: it leaks, it invents, and it never refuses.

    Attributes:
        temperature: 0 takes the likeliest word; above, a word is drawn with the trial's seed.
        max_tokens: Most tokens of a reply.
        runtime: What runs it, with its version; given by Keepstone.
        connect: Starts it in this process and gives what asks it; given by Keepstone. Every worker process has its own.

    Example:
        >>> Smol().title
        'SmolLM2-135M-Instruct on this machine'
    """

    temperature: float = 0.0
    max_tokens: int = 60
    runtime: str = ""
    connect: Callable[[], Assistant] | None = field(default=None, compare=False)

    name: ClassVar[str] = "smol"
    id: ClassVar[str] = "smol"

    @property
    def recipe(self) -> str:
        """The model's digest, the runtime and the decoding settings; not the port, which is another each time."""
        return repr((self.name, DIGEST, self.runtime, CONTEXT, float(self.temperature), self.max_tokens))

    @property
    def title(self) -> str:
        """In a few words."""
        return f"{MODEL} on this machine"

    @property
    def settings(self) -> dict[str, str]:
        """What its answers depend on."""
        return {"model": MODEL, "digest": DIGEST, "runtime": self.runtime, "temperature": str(float(self.temperature)), "max_tokens": str(self.max_tokens)}

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        """Ask the server on this machine.

        Raises:
            InputError: If it was not started.
        """
        if self.connect is None:
            raise InputError('The assistant «smol» is not started: name it as `chat = "reference:smol"`.')
        return self.connect().reply(asked)
