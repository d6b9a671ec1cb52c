"""The system that is assessed, as its people describe it (NIST AI RMF, Map 1 to 3; ISO 42001). Plain facts, no arrays.

`system.toml` is this, written down. A fact that nobody confirmed is a guess, kept by its path in `System.guesses`; a guess
that decides a verdict makes it provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from keepstone.core.constitution import Principle
from keepstone.core.origin import Area
from keepstone.core.table import Feature


class Autonomy(Enum):
    """How far the system acts by itself."""

    NONE = "none"
    ADVISES = "advises"
    ACTS_WITH_VETO = "acts with veto"
    ACTS_ALONE = "acts alone"


class Stage(Enum):
    """Where in its life the system stands."""

    DESIGN = "design"
    DEVELOPMENT = "development"
    RELEASE = "release"
    OPERATION = "operation"
    CHANGE = "change"
    RETIREMENT = "retirement"


class Property(Enum):
    """What an asset needs (the security triad)."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class Need(Enum):
    """How much a property of an asset matters (FIPS 199)."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Affected(Enum):
    """Whom a harm falls on (paper, section 3.1)."""

    PEOPLE = "people"
    ENVIRONMENT = "environment"
    INSTITUTIONS = "institutions"


class HarmKind(Enum):
    """What kind of harm it is (paper, section 3.1)."""

    PHYSICAL = "physical"
    PSYCHOLOGICAL = "psychological"
    SYSTEMIC = "systemic"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """Something worth protecting.

    Attributes:
        name: Its name in this system.
        kind: "model", "training data", "operational data", "infrastructure", "intellectual property" or "function".
        needs: How much each property matters.
    """

    name: str
    kind: str
    needs: Mapping[Property, Need]


@dataclass(frozen=True, kw_only=True)
class Attacker:
    """Who might attack, as the system's people see it.

    Attributes:
        name: Its name in this system.
        kind: "hacker", "criminal group", "state", "insider" or "curious user".
        knowledge: What is known beforehand.
        access: What can be seen or changed.
        queries: Most answers seen for one case that is attacked, or None where the catalogue's budget holds.
        goal: What is wanted.
        risks: Ids of the risks that this attacker stands behind, or patterns with `*`; empty where access decides.
    """

    name: str
    kind: str
    knowledge: frozenset[str] = frozenset()
    access: frozenset[str] = frozenset()
    queries: int | None = None
    goal: str = ""
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Vulnerability:
    """A weakness that an attacker could use.

    Attributes:
        name: Its name in this system.
        asset: Name of the asset that has it.
        description: In plain words.
        risks: Ids of the risks that it makes possible, or patterns with `*`.
    """

    name: str
    asset: str
    description: str = ""
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """A hazard that the system's people name: what could go wrong with nobody meaning it.

    Attributes:
        name: Its name in this system.
        cause: What brings it about, in a few words.
        risks: Ids of the risks whose cause it is, or patterns with `*`.
    """

    name: str
    cause: str
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Harm:
    """What could happen, to whom (ISO 14971: severity).

    Attributes:
        name: A word that risks refer to.
        title: In plain words: "a dying patient is not flagged".
        to: Whom it falls on.
        kind: What kind it is.
        severity: 1 (negligible) to 5 (catastrophic).
        reversible: Whether it can be undone.
        risks: Ids of the risks that end in it, or patterns with `*`; a harm named like one of the catalogue also takes its place.
    """

    name: str
    title: str
    to: Affected
    kind: HarmKind
    severity: int
    reversible: bool = False
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """A limit that somebody chose by name, before the run.

    Attributes:
        cell: The finding's id or a pattern with `*`: "robustness.*.missed".
        limit: Largest mean loss that is accepted, in [0, 1].
        reason: Why this number.
        set_by: Who chose it.
        source: What it rests on.
        date: When, as YYYY-MM-DD.
        critical: Whether its verdict is also held family-wise.
        floor: Id of the finding of usefulness that must pass too, or "".
    """

    cell: str
    limit: float
    reason: str
    set_by: str
    source: str
    date: str
    critical: bool = False
    floor: str = ""


@dataclass(frozen=True, kw_only=True)
class Considered:
    """A mitigation that is in place or considered; `parts` are several used together, in that order.

    Attributes:
        name: Its name in this system.
        parts: Names of mitigations and their parameters.
        in_place: Whether the target as given already has it.
        profile: "quick" if every run tries it, "full" if only the full one does, since it takes long.
    """

    name: str
    parts: tuple[tuple[str, Mapping[str, object]], ...]
    in_place: bool = False
    profile: str = "quick"


@dataclass(frozen=True, kw_only=True)
class ControlSpec:
    """Which known targets prove a question that the system's people put themselves.

    Attributes:
        bad: Name of a known target that must come out over the limit.
        good: Name of one that must come out under it.
        limit: The limit that the two are held against.
    """

    bad: str
    good: str
    limit: float


@dataclass(frozen=True, kw_only=True)
class ProbeSpec:
    """A question that the system's people put themselves, with parts of Keepstone or of a package that is installed beside it.

    Attributes:
        risk: Id of the risk that it measures; it decides the area.
        condition: Name of the condition, and its parameters.
        metric: Name of the metric, and its parameters.
        limit: Largest mean loss that is accepted where no criterion says otherwise.
        control: The known targets that prove it, or None: then its verdict is provisional.
        paired: Name of the metric by which its arms are compared under mitigations, or "": then it is no column of the matrix.
        guard: Whether a mitigation may call itself a gain only if this is shown no worse.
        floor: Id of the finding of usefulness that must pass too, or "".
        advice: What to do when it fails, or "".
    """

    risk: str
    condition: tuple[str, Mapping[str, object]]
    metric: tuple[str, Mapping[str, object]]
    limit: float
    control: ControlSpec | None = None
    paired: str = ""
    guard: bool = False
    floor: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class JudgeSpec:
    """A judge of replies that the system's people bring: the table [[judge]].

    Attributes:
        name: Its name in this system: the metric is "judged-NAME".
        meaning: What a 1 means, in a sentence: "the reply is rude".
        limit: Largest share of 1s that is accepted where no criterion says otherwise.
        kind: "words", "function" or "openai".
        parameters: Of that judge.
        call: "file.py:function", of the kind "function", or "".
        address: Where the model answers, of the kind "openai", or "".
        labels: Path of the file of labels, relative to the system file, or "": then its verdicts are provisional.
        streams: Kinds of items that it reads the replies to.
        threats: Whether it also reads the replies under every hazard and threat that is played on those items.
        risk: Id of the risk that it measures in ordinary use.
    """

    name: str
    meaning: str
    limit: float
    kind: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    call: str = ""
    address: str = ""
    labels: str = ""
    streams: tuple[str, ...] = ("test",)
    threats: bool = True
    risk: str = "alignment.judged"


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """An area that somebody left out, by name and reason."""

    area: Area
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Precedent:
    """A risk proposed from a known case (AIID, AVID, ATLAS), accepted or refused with a reason."""

    case: str
    accepted: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """How people are told apart for fairness: by a column, or by cutting a numeric one.

    Attributes:
        attribute: Its name: "sex", "age_band".
        column: The column of the data.
        cuts: Where a numeric column is cut; empty for a column of names.
        minimum: Smallest group that is held against the rest.
    """

    attribute: str
    column: str
    cuts: tuple[float, ...] = ()
    minimum: int = 100


@dataclass(frozen=True, kw_only=True)
class DataSpec:
    """Where the rows are and what their columns mean.

    Attributes:
        test: Path of the file of cases, relative to the system file.
        train: Path of the training rows, the same file when `part` tells them apart, or "".
        part: Column that says "train" or "test", or "".
        label: Column of the outcome.
        positive: The value of the label that matters, as text.
        unit: Column of the unit of independence (the patient), or "" for the row.
        batch: Column of site, period or file, or "".
        meant: Column of the outcome that was meant, or "".
        horizon: By when the outcome is settled: "discharge", "60 days after entry"; or "".
        forecast: Column with people's own forecast of the outcome, or "".
        forecast_means: "outcome" if it is the chance of the outcome, "complement" if of its opposite.
        features: The columns that the model sees, in the model's order.
        groups: How people are told apart.
        population: Whom the rows stand for.
    """

    test: str
    train: str = ""
    part: str = ""
    label: str = ""
    positive: str = "1"
    unit: str = ""
    batch: str = ""
    meant: str = ""
    horizon: str = ""
    forecast: str = ""
    forecast_means: str = "outcome"
    features: tuple[Feature, ...] = ()
    groups: tuple[Grouping, ...] = ()
    population: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetSpec:
    """Where the model is and how it is used.

    Attributes:
        fit: "file.py:function" that trains it from rows, or "".
        call: "file.py:function" from a batch of rows to scores or labels, or "".
        model: Path of a saved model (.skops), or "".
        predictions: Path of a CSV of scores alone, or "".
        part: Name of a target that is a part, of a package that is installed beside Keepstone, or "".
        parameters: Of that part; it is given the cases itself.
        threshold: Score from which a case is flagged, or None if it follows from `recall`.
        recall: Share of outcomes that the operating point must flag, out of fold, or None.
        seconds: Longest time that one call may take.
        fit_seconds: Longest time that one training may take.
        design: "all items" (calls are cheap) or "sequential" (each call costs).
        chat: What answers a conversation: "reference:NAME" (a part), "file.py:function", or the address of an OpenAI-compatible endpoint; or "".
        corpus: What a chat system is asked about: the name of a part.
        items: Most items of each kind that it is asked about.
        agentdojo: The suite of AgentDojo in whose worlds an agent acts, or "".
        constitution: File of the rules that a chat system is held to, relative to the system file, or "".
    """

    fit: str = ""
    call: str = ""
    model: str = ""
    predictions: str = ""
    part: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    threshold: float | None = None
    recall: float | None = None
    seconds: float = 60.0
    fit_seconds: float = 600.0
    design: str = "all items"
    chat: str = ""
    corpus: str = "clinic"
    items: int = 1000
    agentdojo: str = ""
    constitution: str = ""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What may be asked over the network, and who said so: the table [scope]. Nothing is sent outside it.

    Attributes:
        hosts: Names of the hosts that may be asked, in lower case.
        authorised_by: Who answers for it.
        until: Last day on which they may be asked, as YYYY-MM-DD.
        side_effects: Whether what is behind the address may act when it is asked (book, send, write), as the authoriser knows it.
    """

    hosts: tuple[str, ...]
    authorised_by: str
    until: str
    side_effects: bool = False


@dataclass(frozen=True, kw_only=True)
class System:
    """The system as described."""

    name: str
    purpose: str
    domain: str
    autonomy: Autonomy
    stage: Stage
    population: str
    affected: tuple[str, ...]
    owner: str = ""
    assets: tuple[Asset, ...] = ()
    attackers: tuple[Attacker, ...] = ()
    vulnerabilities: tuple[Vulnerability, ...] = ()
    hazards: tuple[Source, ...] = ()
    harms: tuple[Harm, ...] = ()
    target: TargetSpec | None = None
    data: DataSpec | None = None
    criteria: tuple[Adopted, ...] = ()
    mitigations: tuple[Considered, ...] = ()
    probes: tuple[ProbeSpec, ...] = ()
    judges: tuple[JudgeSpec, ...] = ()
    scope: Permission | None = None
    constitution: tuple[Principle, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    margin: float = 0.03
    small_margin: float = 0.05
    alpha: float = 0.05
    guesses: frozenset[str] = field(default_factory=frozenset)

    @property
    def kind(self) -> str:
        """The kind of target: "table", "chat" or "agent"."""
        if self.target is None:
            return "table"
        return "chat" if self.target.chat else "agent" if self.target.agentdojo else "table"
