"""From a system and the catalogue to the risk register over all twelve areas (ISO 14971 hazard to harm; NIST AI 100-2 goal, knowledge, capability).

The catalogue knows what may go wrong with a classifier in general; the system's people know their own harms, causes and attackers. Here the two
meet: what the people named takes the place of what is general, and what nobody named is listed, not hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keepstone.catalog.pattern import matches, most_specific, precision
from keepstone.catalog.texts import HazardText, ThreatText
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary, Area, Hazard
from keepstone.core.risk import Risk
from keepstone.core.system import Property

if TYPE_CHECKING:
    from keepstone.catalog.load import Catalog
    from keepstone.core.origin import Origin
    from keepstone.core.system import Adopted, Attacker, Exclusion, Harm, System

SEES = {"gradients": frozenset({"gradients", "scores", "labels"}), "scores": frozenset({"scores", "labels"})}
"""Who sees one thing also sees these."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A known case and what the system's people said of it.

    Attributes:
        id: Its id in the collection that holds it.
        title: What was reported; "" where the catalogue does not know it.
        risks: Ids of the risks that it speaks for.
        state: "proposed" (nobody answered), "accepted" or "refused".
        reason: Why.
    """

    id: str
    title: str
    risks: tuple[str, ...]
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Register:
    """The risk register.

    Attributes:
        risks: By id, over all twelve areas, those of excluded areas too.
        unmeasured: By id, for risks that nothing measures by itself: why, and what would change that.
        exclusions: Areas left out, each by a name and a reason.
        cases: Known cases: accepted, refused or only proposed.
        attackers: By id of a security risk, the names of the system's adversaries who stand behind it.
        vulnerabilities: By id, the names of the system's vulnerabilities that make it possible.
        unharmed: Ids of risks whose harm is the catalogue's, since the system names none.
        unused: By kind ("harm", "adversary", "hazard", "vulnerability"), names in the system that no risk refers to.
    """

    risks: Mapping[str, Risk]
    unmeasured: Mapping[str, str]
    exclusions: Mapping[Area, Exclusion]
    cases: tuple[Case, ...]
    attackers: Mapping[str, tuple[str, ...]]
    vulnerabilities: Mapping[str, tuple[str, ...]]
    unharmed: tuple[str, ...]
    unused: Mapping[str, tuple[str, ...]]

    def risk(self, name: str) -> Risk:
        """Give a risk by its id.

        Raises:
            InputError: No risk has it.
        """
        if name not in self.risks:
            raise InputError(f"The «risk» must be one of the register; got {name!r}.", hint="`keepstone list risks` names them.")
        return self.risks[name]

    def of(self, area: Area) -> tuple[Risk, ...]:
        """Give the risks of one area, in the order of the catalogue."""
        return tuple(risk for risk in self.risks.values() if risk.area is area)


def derive(system: System, catalog: Catalog) -> Register:
    """Derive the risk register of a system.

    Args:
        system: The system as described.
        catalog: What is known in general.
    """
    catalog = replace(catalog, risks={name: text for name, text in catalog.risks.items() if text.of in ("", system.kind)})
    cases = _cases(system, catalog)
    behind = {text.id: _behind(text, system.attackers) for text in catalog.risks.values() if isinstance(text, ThreatText)}
    return Register(
        risks={text.id: _risk(text, system, catalog, behind.get(text.id, ()), cases) for text in catalog.risks.values()},
        unmeasured={text.id: text.unmeasured for text in catalog.risks.values() if text.unmeasured},
        exclusions={exclusion.area: exclusion for exclusion in system.exclusions},
        cases=cases,
        attackers={name: tuple(attacker.name for attacker in found) for name, found in behind.items() if found},
        vulnerabilities={name: found for name in catalog.risks if (found := _weaknesses(name, system))},
        unharmed=tuple(text.id for text in catalog.risks.values() if _own_harm(text, system) is None),
        unused=_unused(system, catalog, behind),
    )


def harm_for(system: System, risk: str, catalog: Catalog) -> Harm:
    """Give the harm that a risk ends in: the system's own where it names one, else the catalogue's.

    A harm that names the risk (the pattern that says most first, then the more severe one) comes before a harm of the same name as the
    catalogue's.

    Raises:
        InputError: No risk of the catalogue has the id.
    """
    if risk not in catalog.risks:
        raise InputError(f"The «risk» must be one of the catalogue; got {risk!r}.")
    own = _own_harm(catalog.risks[risk], system)
    return catalog.harms[catalog.risks[risk].harm] if own is None else own


def adopted(system: System, finding: str) -> Adopted | None:
    """Give the criterion that holds for a finding: of all whose pattern fits, the one that says most; None where nobody adopted any."""
    criteria = {criterion.cell: criterion for criterion in system.criteria}
    best = most_specific(criteria, finding)
    return None if best is None else criteria[best]


# ---- one risk ----


def _risk(text: HazardText | ThreatText, system: System, catalog: Catalog, behind: tuple[Attacker, ...], cases: tuple[Case, ...]) -> Risk:
    source: Origin = _adversary(text, behind) if isinstance(text, ThreatText) else Hazard(cause=_cause(text, system))
    known = tuple(catalog.reference(name) for name in text.references)
    return Risk(
        id=text.id,
        title=text.title,
        area=Area(text.id.partition(".")[0]),
        source=source,
        harm=harm_for(system, text.id, catalog),
        asset=text.asset,
        loses=Property(text.loses),
        enables=frozenset(text.enables),
        references=known + tuple(_shown(case, catalog) for case in cases if case.state == "accepted" and text.id in case.risks),
    )


def _shown(case: Case, catalog: Catalog) -> str:
    return catalog.reference(case.id) if case.title else case.id


def _own_harm(text: HazardText | ThreatText, system: System) -> Harm | None:
    """The system's own harm for a risk, or None."""
    named = [(precision(pattern), harm.severity, harm) for harm in system.harms for pattern in harm.risks if matches(pattern, text.id)]
    if named:
        return max(named, key=lambda entry: entry[:2])[2]
    return next((harm for harm in system.harms if harm.name == text.harm), None)


def _cause(text: HazardText, system: System) -> str:
    """The causes that the system's people name for a risk, or the catalogue's."""
    own = [source.cause for source in system.hazards if any(matches(pattern, text.id) for pattern in source.risks)]
    return "; ".join(own) or text.cause


def _weaknesses(risk: str, system: System) -> tuple[str, ...]:
    return tuple(weak.name for weak in system.vulnerabilities if any(matches(pattern, risk) for pattern in weak.risks))


# ---- who stands behind it ----


def _names(attacker: Attacker, risk: str) -> bool:
    return any(matches(pattern, risk) for pattern in attacker.risks)


def _behind(text: ThreatText, attackers: tuple[Attacker, ...]) -> tuple[Attacker, ...]:
    """Those who name the risk; of those who name no risks, those whose access is enough for it."""
    return tuple(attacker for attacker in attackers if _names(attacker, text.id) or (not attacker.risks and _can(attacker, text)))


def _can(attacker: Attacker, text: ThreatText) -> bool:
    seen = frozenset().union(*(SEES.get(word, frozenset({word})) for word in attacker.access))
    return frozenset(text.access) <= seen


def _adversary(text: ThreatText, behind: tuple[Attacker, ...]) -> Adversary:
    """The strongest of those who stand behind a threat; the catalogue's where nobody does."""
    naming = [attacker for attacker in behind if _names(attacker, text.id)]
    return Adversary(
        goal=next((attacker.goal for attacker in naming if attacker.goal), text.goal),
        queries=_queries(text, behind, naming),
        access=frozenset(text.access),
        knowledge=frozenset(text.knowledge).union(*(attacker.knowledge for attacker in behind)),
    )


def _queries(text: ThreatText, behind: tuple[Attacker, ...], naming: list[Attacker]) -> int:
    """A stated budget belongs to one attacked case: it holds for threats of that kind, and wherever an adversary names the risk."""
    speaking = naming if text.each != "case" or text.queries <= 1 else behind
    stated = [attacker.queries for attacker in speaking if attacker.queries is not None]
    return max(stated) if stated else text.queries


# ---- what was said, and what was left unsaid ----


def _cases(system: System, catalog: Catalog) -> tuple[Case, ...]:
    """The cases proposed for the domain and those that the system's people brought themselves, with their answers."""
    answers = {precedent.case: precedent for precedent in system.precedents}
    ids = list(dict.fromkeys([*(case.id for case in catalog.proposed(system.domain)), *answers]))
    found = []
    for name in ids:
        text, answer = catalog.cases.get(name), answers.get(name)
        found.append(
            Case(
                id=name,
                title=text.title if text else "",
                risks=text.risks if text else (),
                state="proposed" if answer is None else "accepted" if answer.accepted else "refused",
                reason="" if answer is None else answer.reason,
            )
        )
    return tuple(found)


def _unused(system: System, catalog: Catalog, behind: Mapping[str, tuple[Attacker, ...]]) -> dict[str, tuple[str, ...]]:
    harms = {harm.name for text in catalog.risks.values() if (harm := _own_harm(text, system)) is not None}
    attackers = {attacker.name for found in behind.values() for attacker in found}
    hazards = [text.id for text in catalog.risks.values() if isinstance(text, HazardText)]

    def speaks(patterns: tuple[str, ...], risks: Iterable[str]) -> bool:
        return any(matches(pattern, risk) for pattern in patterns for risk in risks)

    return {
        "harm": tuple(harm.name for harm in system.harms if harm.name not in harms),
        "adversary": tuple(attacker.name for attacker in system.attackers if attacker.name not in attackers),
        "hazard": tuple(source.name for source in system.hazards if not speaks(source.risks, hazards)),
        "vulnerability": tuple(weak.name for weak in system.vulnerabilities if not speaks(weak.risks, catalog.risks)),
    }
