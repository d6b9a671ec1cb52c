"""Transparency (paper, section 5.1): can a person see why? Of a classifier of tables: whether the reasons for a decision outlast a second measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas import controls
from keepstone.areas.asking import limit
from keepstone.core.origin import Area
from keepstone.core.probe import Control, Probe
from keepstone.parts.conditions.hazards.explained import Explained
from keepstone.parts.metrics.stability import Stability

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Scope, Unasked

AREA = Area.TRANSPARENCY


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Ask how many of the reasons change when the same case is measured again."""
    condition, metric = Explained(), Stability()
    yield Probe(
        risk=scope.risk("transparency.explanation_stability"),
        condition=condition,
        metric=metric,
        limit=limit(scope, AREA, condition, metric),
        control=Control(bad=controls.scrambled(), good=controls.immutable_only(), limit=0.07),
        paired=metric if scope.profile == "full" else None,
        advice="Show only reasons that outlast the error of the measurement, or smooth the model.",
    )
