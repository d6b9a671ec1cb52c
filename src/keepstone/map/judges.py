"""Read the judges that the system's people bring (system.toml, `[[judge]]`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.system import JudgeSpec
from keepstone.map.names import code_name, file_name, risk_id, unique
from keepstone.map.network import within

if TYPE_CHECKING:
    from keepstone.core.system import Exclusion, Permission
    from keepstone.intake.fields import Section

KINDS = ("words", "function", "openai")
NEEDS = {"function": "call", "openai": "address"}
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


def judges(root: Section, scope: Permission | None, out: tuple[Exclusion, ...]) -> tuple[JudgeSpec, ...]:
    """Read `[[judge]]`."""
    parts, excluded = root.subs("judge"), {exclusion.area.value for exclusion in out}
    found = tuple(_judge(part, scope) for part in parts)
    for part, judge in zip(parts, found, strict=True):
        if judge.risk.partition(".")[0] in excluded:
            part.problem("risk", "must not be one of an area that [[exclude]] leaves out", got=judge.risk)
    unique(parts, "judge", "name", [judge.name for judge in found])
    return found


def _judge(part: Section, scope: Permission | None) -> JudgeSpec:
    given = part.sub("parameters", default=None)
    spec = JudgeSpec(
        name=part.text("name"),
        meaning=part.text("meaning"),
        limit=part.number("limit", lower=0, upper=1, inside=True),
        kind=part.choice("kind", KINDS),
        parameters={} if given is None else {name: given.parameter(name) for name in given.keys},
        call=code_name(part, "call"),
        address=part.text("address", default=""),
        labels=file_name(part, "labels"),
        streams=tuple(part.texts("streams", default=list(JudgeSpec.streams), least=1)),
        threats=part.flag("threats", default=JudgeSpec.threats),
        risk=risk_id(part, "risk") if "risk" in part else JudgeSpec.risk,
    )
    if not set(spec.name) <= LETTERS:
        part.problem("name", "must be of small letters, digits, - and _ alone: it stands in the id of the finding", got=spec.name)
    for kind, key in NEEDS.items():
        if spec.kind == kind and not getattr(spec, key):
            part.problem(key, f"must be given for a judge of the kind «{kind}»")
        if spec.kind != kind and getattr(spec, key):
            part.problem(key, f"must not stand beside the kind «{spec.kind}»: it is the kind «{kind}» that has it")
    if spec.address:
        within(part, "address", spec.address, scope, secret=bool(spec.parameters.get("key")))
    return spec
