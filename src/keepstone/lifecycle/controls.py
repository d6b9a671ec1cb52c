"""Every probe proves itself in every run: it must fail a target known to be bad and pass one known to be good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.cell import Arm, Cell
from keepstone.core.claim import Look
from keepstone.core.trial import Trials
from keepstone.measure.play import Played
from keepstone.measure.rounds import by_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Mitigation, Target
    from keepstone.core.probe import Probe

LEVEL = 0.05
MOST = 1200  # trials of a control: a false-alarm rate under 1 % takes 300 people who were not in, of those that are counted


def check(probes: Iterable[Probe], none: Mitigation, seed: int, shelf: Shelf) -> dict[str, str]:
    """Run the controls of every probe.

    Returns:
        Per probe, "" where both came out as they must, else what was wrong.
    """
    return {probe.id: _check(probe, none, seed, shelf) for probe in probes}


def _check(probe: Probe, none: Mitigation, seed: int, shelf: Shelf) -> str:
    if probe.control is None:
        return ""
    for name, target in (("bad", probe.control.bad), ("good", probe.control.good)):
        wrong = _one(probe, target, none, seed, shelf, bad=name == "bad")
        if wrong:
            return f"known-{name} target: {wrong}"
    return ""


def _one(probe: Probe, target: Target, none: Mitigation, seed: int, shelf: Shelf, *, bad: bool) -> str:
    condition, metric, limit = probe.condition, probe.metric, probe.control.limit if probe.control else probe.limit
    why = condition.unfit(target) or metric.unfit(target)
    if why:
        return f"can't be probed: {why}"
    arm = Arm(target, condition, none)
    size = min(MOST, target.size(condition.stream))
    value = shelf.get(Played(arm, Trials(seed, condition.stream, 0, size), (metric,), silent=True))
    if "error" in value:
        return str(value["error"][0])
    claim = Cell(arm, metric).claim
    tally = claim.tally(by_unit(value[f"loss:{metric.id}"], value["unit"]))
    if not claim.counted(tally):
        return "no trial counts"
    p = claim.p((Look(weight=1.0, tally=tally),), limit)
    if bad and p.fail > LEVEL:
        return f"must come out over {limit:g}; got {claim.mean(tally):.3f}"
    if not bad and p.pass_ > LEVEL:
        return f"must come out under {limit:g}; got {claim.mean(tally):.3f}"
    return ""
