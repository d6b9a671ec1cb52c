"""Mitigation: a circuit breaker on what happens inside the model (Zou et al. 2024). No target of this version shows that, so it is named and never tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.part import part
from keepstone.core.talked import Behind

if TYPE_CHECKING:
    from keepstone.core.chat import Assistant
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class CircuitBreaker(Behind):
    """Breaks off where the model's activations leave what is harmless. It takes a model whose activations can be read; an address gives texts alone.

    Example:
        >>> CircuitBreaker().id
        'circuit_breaker'
    """

    name: ClassVar[str] = "circuit_breaker"
    title: ClassVar[str] = "replies broken off by the model's own activations"
    brief: ClassVar[str] = "circuit breaker"

    def unfit(self, target: Target) -> str:
        """No target shows its activations."""
        why = "not applicable: the target shows no activations, it gives texts alone; tuned_model measures a model that has a breaker built in"
        return super().unfit(target) or why

    def around(self, assistant: Assistant) -> Assistant:
        """Leave it as it is; it is never asked."""
        return assistant
