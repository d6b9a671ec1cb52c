"""From the text of system.toml to the System that it describes (NIST AI RMF, Map 1 to 3).

    [system]                                                     what it is for, for whom, how far it acts by itself
    [[asset]] [[adversary]] [[vulnerability]] [[hazard]] [[harm]]    what is at stake (`stakes`)
    [target] [data] [[feature]] [[group]]                        what is asked, with what
    [[criterion]] [[mitigation]] [[exclude]] [[precedent]]       what is demanded, tried, left out, learned from
    [[probe]] [[judge]]                                          what is asked beside what the areas ask, who reads the replies
    [scope]                                                      which hosts may be asked over the network, who said so, until when
    [statistics]                                                 alpha and margins, where they are not the usual ones

Only `[system]` is needed to map risks; a run also needs `[target]` and `[data]`. `guessed = [...]` on a table names the fields of it that
nobody confirmed: a verdict that rests on one is provisional. Everything wrong is said at once, each with its line. Nothing is read here
but the text: a file of features comes through the `read` that the caller hands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.core.system import (
    Adopted,
    Autonomy,
    Considered,
    ControlSpec,
    DataSpec,
    Exclusion,
    Grouping,
    Permission,
    Precedent,
    ProbeSpec,
    Stage,
    System,
    TargetSpec,
)
from keepstone.intake import toml
from keepstone.map.constitution import constitution
from keepstone.map.features import features
from keepstone.map.judges import judges
from keepstone.map.names import code_name, file_name, finding_pattern, lies_within, risk_id, unique
from keepstone.map.network import network, permission
from keepstone.map.stakes import Reading, assets, attackers, harms, hazards, vulnerabilities, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keepstone.core.table import Feature
    from keepstone.intake.fields import Section

STATES = ("in_place", "considered")
PROFILES = ("quick", "full")
DESIGNS = ("all items", "sequential")
SOURCES = ("fit", "call", "model", "predictions", "part", "chat", "agentdojo")
SYSTEM_GUESSES = ("name", "purpose", "domain", "autonomy", "stage", "population", "affected", "owner")
TARGET_GUESSES = ("threshold", "recall")
DATA_GUESSES = ("part", "label", "positive", "unit", "batch", "meant", "horizon", "forecast", "forecast_means", "population")


def describe(text: str | bytes, *, name: str, read: Callable[[str], bytes] | None = None) -> System:
    r"""Turn the text of a system file into a System.

    Args:
        text: What stands in the file.
        name: What errors call it, as a person would: its path as given.
        read: Gives the bytes of a file named in it, by its path relative to the system file; without it such a name is refused.

    Raises:
        InputError: Something is wrong; every problem is a line, `file:line: The «field» of «thing» must be rule; got value.`

    >>> describe('[system]\nname = "triage"\npurpose = "advise"\nautonomy = "advises"\npopulation = "adults"', name="system.toml").autonomy
    <Autonomy.ADVISES: 'advises'>
    """
    reading = Reading(toml.parse(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, name=name))
    root, head = reading.root, reading.root.sub("system")
    numbers, there = root.sub("statistics", default=None), assets(root)
    reading.guessed(head, "system", SYSTEM_GUESSES)
    out, scope = _exclusions(root), permission(root)
    target = _target(reading, scope)
    system = System(
        name=head.text("name"),
        purpose=head.text("purpose"),
        domain=head.text("domain", default=""),
        autonomy=word(head, "autonomy", Autonomy),
        stage=word(head, "stage", Stage) if "stage" in head else Stage.DEVELOPMENT,
        population=head.text("population"),
        affected=tuple(head.texts("affected", default=[])),
        owner=head.text("owner", default=""),
        assets=there,
        attackers=attackers(reading),
        vulnerabilities=vulnerabilities(root, there),
        hazards=hazards(root),
        harms=harms(root),
        target=target,
        data=_data(reading, read),
        criteria=_criteria(root, out),
        mitigations=_mitigations(root),
        probes=_probes(root, out),
        judges=judges(root, scope, out),
        scope=scope,
        constitution=constitution(reading, target.constitution if target is not None else "", read),
        exclusions=out,
        precedents=_precedents(root),
        margin=_share(numbers, "margin", System.margin),
        small_margin=_share(numbers, "small_margin", System.small_margin),
        alpha=_share(numbers, "alpha", System.alpha),
        guesses=frozenset(reading.guesses),
    )
    _end(reading)
    return system


def _end(reading: Reading) -> None:
    """Raise what is wrong in the file and in the file of features, if anything."""
    problems: list[str] = []
    for root in (reading.root, *reading.others):
        try:
            root.finish()
        except InputError as error:
            problems += error.problems
    if problems or reading.unread:
        raise InputError(problems + reading.unread)


def _share(part: Section | None, key: str, default: float) -> float:
    """Read a number strictly between 0 and 1 of a table that may be absent."""
    return default if part is None else part.number(key, lower=0, upper=1, inside=True, default=default)


# ---- what is asked, with what ----


def _target(reading: Reading, scope: Permission | None) -> TargetSpec | None:
    part = reading.root.sub("target", default=None)
    if part is None:
        return None
    spec = TargetSpec(
        fit=code_name(part, "fit"),
        call=code_name(part, "call"),
        model=file_name(part, "model"),
        predictions=file_name(part, "predictions"),
        part=part.text("part", default=""),
        parameters=_parameters(part, "parameters"),
        threshold=part.number("threshold", lower=0, upper=1, default=None),
        recall=part.number("recall", lower=0, upper=1, inside=True, default=None),
        seconds=part.number("seconds", lower=0, upper=86_400, inside=True, default=TargetSpec.seconds),
        fit_seconds=part.number("fit_seconds", lower=0, upper=86_400, inside=True, default=TargetSpec.fit_seconds),
        constitution=file_name(part, "constitution"),
        design=part.choice("design", DESIGNS, default="sequential" if "chat" in part or "agentdojo" in part else TargetSpec.design),
        chat=part.text("chat", default=""),
        corpus=part.text("corpus", default=TargetSpec.corpus),
        items=part.integer("items", lower=1, default=TargetSpec.items),
        agentdojo=part.text("agentdojo", default=""),
    )
    reading.guessed(part, "target", TARGET_GUESSES)
    if spec.threshold is None and spec.recall is None and not (spec.part or spec.chat or spec.agentdojo):
        reading.guesses.add("target.threshold")  # the usual .5 is nobody's choice
    _one_source(part, spec)
    network(part, spec, scope)
    return spec


def _one_source(part: Section, spec: TargetSpec) -> None:
    """Note a target that can't be asked, or that could be asked in two ways."""
    given = [key for key in SOURCES if getattr(spec, key)]
    asked = [key for key in given if key != "fit"]
    if not given:
        part.problem("fit", f"must be given, or one of {', '.join(f'«{key}»' for key in SOURCES[1:])}")
    if len(asked) > 1:
        part.problem(asked[1], f"must not stand beside «{asked[0]}»: both would answer")
    if "predictions" in given and "fit" in given:
        part.problem("predictions", "must not stand beside «fit»: scores alone can't be trained again")
    if spec.threshold is not None and spec.recall is not None:
        part.problem("recall", "must not stand beside «threshold»: each sets the operating point")
    if spec.recall is not None and spec.predictions:
        part.problem("recall", "must not stand beside «predictions»: there are no rows on which the operating point could be found")
    _own_terms(part, spec)


def _own_terms(part: Section, spec: TargetSpec) -> None:
    """Note what a target that is a part settles by itself."""
    named = next((key for key in ("part", "chat", "agentdojo") if getattr(spec, key)), "")
    if named:
        for key in ("fit", "threshold", "recall"):
            if key in part:
                part.problem(key, f"must not stand beside «{named}»: what it needs stands in «parameters»")
    elif spec.parameters:
        part.problem("parameters", "must stand beside «part», «chat» or «agentdojo», whose they are")
    for key in ("corpus", "items", "constitution"):
        if key in part and not spec.chat:
            part.problem(key, "must stand beside «chat»: it is what a chat system is asked about, or held to")


def _data(reading: Reading, read: Callable[[str], bytes] | None) -> DataSpec | None:
    part = reading.root.sub("data", default=None)
    columns, groups = _columns(reading, part, read), _groups(reading)
    if part is None:
        return None
    spec = DataSpec(
        test=file_name(part, "test") if "test" in part else part.text("test"),
        train=file_name(part, "train"),
        part=part.text("part", default=""),
        label=part.text("label", default=""),
        positive=str(part.scalar("positive", default=DataSpec.positive)),
        unit=part.text("unit", default=""),
        batch=part.text("batch", default=""),
        meant=part.text("meant", default=""),
        horizon=part.text("horizon", default=""),
        forecast=part.text("forecast", default=""),
        forecast_means=part.choice("forecast_means", ("outcome", "complement"), default=DataSpec.forecast_means),
        features=columns,
        groups=groups,
        population=part.text("population", default=""),
    )
    reading.guessed(part, "data", DATA_GUESSES)
    _one_meaning(part, spec)
    return spec


def _one_meaning(part: Section, spec: DataSpec) -> None:
    """Note what contradicts itself."""
    if spec.part and spec.train not in {"", spec.test}:
        part.problem("part", "must not stand beside a «train» of its own: the column tells the rows of one file apart", got=spec.part)
    if "forecast_means" in part and not spec.forecast:
        part.problem("forecast_means", "must stand beside «forecast», the column that it speaks of")
    for key in ("label", "unit", "meant", "forecast", "part"):
        column = getattr(spec, key)
        if column and column in {feature.name for feature in spec.features}:
            part.problem(key, "must not be a feature that the model sees", got=column)


def _columns(reading: Reading, data: Section | None, read: Callable[[str], bytes] | None) -> tuple[Feature, ...]:
    """Read `[[feature]]` of this file, or of the file that `features` of `[data]` names."""
    found = features(reading.root)
    name = file_name(data, "features") if data is not None else ""
    if data is not None and name and found:
        data.problem("features", "must not stand beside [[feature]]: the columns would be described twice", got=name)
    elif data is not None and name and read is None:
        data.problem("features", "must not name a file here: describe the columns as [[feature]]", got=name)
    elif name and read is not None and lies_within(name):
        found = _other(reading, name, read)
    reading.guesses.update(f"feature.{feature.name}.{guess}" for feature in found for guess in feature.guessed)
    return found


def _other(reading: Reading, name: str, read: Callable[[str], bytes]) -> tuple[Feature, ...]:
    """Read the features of another file; what is wrong there is told with its name."""
    try:
        return features(reading.other(name, read))
    except InputError as error:
        reading.unread += error.problems
        return ()


def _groups(reading: Reading) -> tuple[Grouping, ...]:
    parts = reading.root.subs("group")
    found = tuple(_group(part) for part in parts)
    for part, group in zip(parts, found, strict=True):
        reading.guessed(part, f"group.{group.attribute}", ("column", "cuts", "minimum"))
    unique(parts, "group", "attribute", [group.attribute for group in found])
    return found


def _group(part: Section) -> Grouping:
    attribute = part.text("attribute")
    cuts = tuple(float(cut) for cut in part.numbers("cuts", default=[]))
    if list(cuts) != sorted(set(cuts)):
        part.problem("cuts", "must rise", got=list(cuts))
    return Grouping(
        attribute=attribute,
        column=part.text("column", default=attribute),
        cuts=cuts,
        minimum=part.integer("minimum", lower=1, default=Grouping.minimum),
    )


# ---- what is demanded, tried, left out, learned from ----


def _criteria(root: Section, out: tuple[Exclusion, ...]) -> tuple[Adopted, ...]:
    parts, excluded = root.subs("criterion"), {exclusion.area.value for exclusion in out}
    found = tuple(
        Adopted(
            cell=finding_pattern(part, "finding"),
            limit=part.number("limit", lower=0, upper=1, inside=True),
            reason=part.text("reason"),
            set_by=part.text("set_by"),
            source=part.text("source"),
            date=part.date("date").isoformat(),
            critical=part.flag("critical", default=False),
            floor=finding_pattern(part, "floor") if "floor" in part else "",
        )
        for part in parts
    )
    for part, criterion in zip(parts, found, strict=True):
        if criterion.cell.partition(".")[0] in excluded:
            part.problem("finding", "must not speak of an area that [[exclude]] leaves out", got=criterion.cell)
    unique(parts, "criterion", "finding", [criterion.cell for criterion in found])
    return found


def _mitigations(root: Section) -> tuple[Considered, ...]:
    """Read `[[mitigation]]`: one by its name and parameters, or several of them together, in order."""
    parts = root.subs("mitigation")
    names = [part.text("name") for part in parts]
    single = {name: _method(part, name) for name, part in zip(names, parts, strict=True) if "parts" not in part}
    found = tuple(
        Considered(
            name=name,
            parts=_together(part, single) if "parts" in part else (single[name],),
            in_place=part.choice("state", STATES, default="considered") == "in_place",
            profile=part.choice("profile", PROFILES, default=Considered.profile),
        )
        for name, part in zip(names, parts, strict=True)
    )
    unique(parts, "mitigation", "name", names)
    return found


def _method(part: Section, name: str) -> tuple[str, Mapping[str, object]]:
    return part.text("method", default=name), _parameters(part, "parameters")


def _together(part: Section, single: Mapping[str, tuple[str, Mapping[str, object]]]) -> tuple[tuple[str, Mapping[str, object]], ...]:
    return tuple(single.get(name, (name, {})) for name in part.texts("parts", least=2))


def _probes(root: Section, out: tuple[Exclusion, ...]) -> tuple[ProbeSpec, ...]:
    """Read `[[probe]]`: parts by name; whether there are such parts is seen where parts are found."""
    parts, excluded = root.subs("probe"), {exclusion.area.value for exclusion in out}
    found = tuple(_probe(part) for part in parts)
    for part, probe in zip(parts, found, strict=True):
        if probe.risk.partition(".")[0] in excluded:
            part.problem("risk", "must not be one of an area that [[exclude]] leaves out", got=probe.risk)
        if probe.guard and not probe.paired:
            part.problem("guard", "must stand beside «paired», by which mitigations are compared")
    return found


def _probe(part: Section) -> ProbeSpec:
    control = part.sub("control", default=None)
    return ProbeSpec(
        risk=risk_id(part, "risk"),
        condition=(part.text("condition"), _parameters(part, "parameters")),
        metric=(part.text("metric"), _parameters(part, "metric_parameters")),
        limit=part.number("limit", lower=0, upper=1, inside=True),
        control=None
        if control is None
        else ControlSpec(bad=control.text("bad"), good=control.text("good"), limit=control.number("limit", lower=0, upper=1, inside=True)),
        paired=part.text("paired", default=""),
        guard=part.flag("guard", default=False),
        floor=finding_pattern(part, "floor") if "floor" in part else "",
        advice=part.text("advice", default=""),
    )


def _parameters(part: Section, key: str) -> Mapping[str, object]:
    given = part.sub(key, default=None)
    return {} if given is None else {name: given.parameter(name) for name in given.keys}


def _exclusions(root: Section) -> tuple[Exclusion, ...]:
    parts = root.subs("exclude")
    found = tuple(Exclusion(area=word(part, "area", Area), by=part.text("by"), reason=part.text("reason")) for part in parts)
    unique(parts, "exclude", "area", [exclusion.area.value for exclusion in found])
    return found


def _precedents(root: Section) -> tuple[Precedent, ...]:
    parts = root.subs("precedent")
    found = tuple(Precedent(case=part.text("case"), accepted=part.flag("accepted"), reason=part.text("reason")) for part in parts)
    unique(parts, "precedent", "case", [precedent.case for precedent in found])
    return found
