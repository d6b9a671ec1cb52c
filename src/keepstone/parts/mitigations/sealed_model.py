"""Mitigation: the model's parameters carry a seal and are not loaded where it does not fit (paper, section 1: checksum against accident, MAC against Eve)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import PARAMETERS, Channel, through
from keepstone.core.errors import InputError
from keepstone.core.part import Parametric, part
from keepstone.core.usual import Around
from keepstone.ledger.seal import checksum

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap
    from keepstone.core.part import Target

WAYS = {"checksum": "a checksum", "mac": "a message authentication code"}
KEY = b"known to the deployer alone; a deployment has one of its own"


@part("mitigation")
@dataclass(frozen=True)
class SealedModel(Around):
    """Nothing is answered by a model whose parameters are not those that were sealed.

    A checksum (CRC-32) finds every accident of up to 32 bits in a row and no attacker: whoever writes the parameters writes a checksum that fits. A message
    authentication code (HMAC with SHA-256, RFC 2104) finds both.

    Attributes:
        by: "checksum" or "mac".

    Raises:
        InputError: If it is another word.

    Example:
        >>> seal = SealedModel("checksum")
        >>> seal.fits(b"weights", seal.seal(b"weights")), seal.fits(b"weighty", seal.seal(b"weights"))
        (True, False)
    """

    by: str = "mac"

    name: ClassVar[str] = "sealed_model"
    channels: ClassVar[frozenset[Channel]] = frozenset({PARAMETERS})

    def __post_init__(self) -> None:
        """Refuse another way."""
        if self.by not in WAYS:
            raise InputError(f"The «by» of sealed_model must be one of {', '.join(WAYS)}; got {self.by!r}.")

    @property
    def id(self) -> str:
        """The name and the way."""
        return f"{self.name}-{self.by}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"parameters loaded only where {WAYS[self.by]} fits"

    def unfit(self, target: Target) -> str:
        """It needs a model whose parameters can be reached."""
        reached = PARAMETERS in target.channels and isinstance(target, Parametric)
        return "" if reached else "give the model itself instead of a function: its parameters can't be reached"

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Let everything pass: it looks once, when the model is loaded."""
        del rows, memory
        return through

    def seal(self, parameters: bytes) -> str:
        """What is kept beside the parameters."""
        return checksum(parameters) if self.by == "checksum" else f"hmac-sha256:{hmac.digest(KEY, parameters, 'sha256').hex()}"

    def fits(self, parameters: bytes, seal: str) -> bool:
        """Whether they are those that were sealed."""
        return hmac.compare_digest(self.seal(parameters).encode(), seal.encode())
