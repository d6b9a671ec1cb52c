"""Supply chain (paper, section 5.2): is what it was built from what it says it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.catalog.load import load
from keepstone.core.origin import Area
from keepstone.core.probe import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Probe, Scope

AREA = Area.SUPPLY_CHAIN
OPENED = (
    "the model file was read without running anything in it (types are on a list, a file with others is refused), which shows that this reader ran no code, "
    "not that the file is what it says: sign it where it is made, and give the signature"
)


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Say what can't be asked, and what would change that. A file that was read safely is no measurement, so it makes nothing green."""
    named = scope.system.target is not None and bool(scope.system.target.model)
    why = OPENED if named else load().risks["supply_chain.model_file"].unmeasured
    yield Unasked(risk=scope.risk("supply_chain.model_file"), what="model_file", why=why)
    yield Unasked(risk=scope.risk("supply_chain.dependencies"), what="dependencies", why=load().risks["supply_chain.dependencies"].unmeasured)
