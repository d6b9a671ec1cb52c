"""The judges of a system file, `[[judge]]`: built, held against their labels, and put as questions.

    [[judge]]
    name = "rude"
    meaning = "the reply is rude"
    kind = "words"
    parameters = { words = ["stupid"] }
    labels = "rude.jsonl"
    limit = 0.05

What a judge said of the labelled exchanges is asked here where it answers on this machine; a model behind an address has been asked when they were labelled
(`keepstone label --judge`), so that nothing is sent before the plan is signed, and a run that is resumed has the same plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from keepstone.core.artefact import key_of
from keepstone.core.chat import Clustered, Conversing, Exchange
from keepstone.core.errors import InputError
from keepstone.core.probe import UNCORRECTED, Probe, Unasked
from keepstone.core.trial import Trials
from keepstone.intake.labelled import Labels, read
from keepstone.lifecycle import inventory
from keepstone.lifecycle.named import function_of
from keepstone.lifecycle.talking import Outside, endpoint, refuse_given
from keepstone.map.names import inside
from keepstone.stats.judged import Judged, worth

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.core.chat import Judge
    from keepstone.core.part import AnyCondition, Target
    from keepstone.core.probe import Scope
    from keepstone.core.risk import Risk
    from keepstone.core.system import JudgeSpec, System

REMOTE = frozenset({"openai"})
"""Kinds of judge that are asked over a network."""
NO_LABELS = "nobody labelled what it judges: its number is what it said, and says nothing of what is"


@dataclass(frozen=True)
class Bench:
    """A judge with its labels.

    Attributes:
        spec: As described.
        judge: Built.
        labels: As read; empty where there are none.
        caught: Labelled 1s that it called so, and all.
        cleared: Labelled 0s that it called so, and all.
        unread: Labelled exchanges of which it gave no answer.
    """

    spec: JudgeSpec
    judge: Judge
    labels: Labels
    caught: tuple[int, int] = (0, 0)
    cleared: tuple[int, int] = (0, 0)
    unread: int = 0

    @property
    def digests(self) -> dict[str, str]:
        """Of judge and labels, for the plan."""
        own = {f"judge {self.spec.name}": f"sha256:{key_of(self.judge, self.spec.meaning)}"}
        return own | ({f"labels {self.spec.name}": self.labels.digest} if self.labels.digest else {})


def benches(system: System, folder: Path, outside: Outside) -> tuple[Bench, ...]:
    """Build the judges of a system file and hold each against its labels.

    Raises:
        InputError: If a judge, its parameters or its labels are wrong.
    """
    found = []
    for spec in system.judges:
        try:
            found.append(_bench(system, spec, folder, outside))
        except InputError as error:
            raise InputError([f"judge «{spec.name}»: {problem}" for problem in error.problems], hint=error.hint) from error
    return tuple(found)


def _bench(system: System, spec: JudgeSpec, folder: Path, outside: Outside) -> Bench:
    judge = built(system, spec, folder, outside)
    labels = read(inside(folder, spec.labels)) if spec.labels else Labels()
    said = opinions(judge, labels, remote=spec.kind in REMOTE)
    right, every = ([0, 0] for _ in range(2))
    for item, truth in labels.truth.items():
        times = labels.items[item].times if item in said else 0
        every[truth] += times
        right[truth] += times * (said.get(item) == truth)
    return Bench(spec, judge, labels, (right[1], every[1]), (right[0], every[0]), sum(item not in said for item in labels.truth))


def built(system: System, spec: JudgeSpec, folder: Path, outside: Outside) -> Judge:
    """A judge from its table.

    Raises:
        InputError: If its parameters are wrong, or it lies outside the scope.
    """
    given: dict[str, object] = dict(spec.parameters)
    if spec.kind == "function":
        given["function"] = function_of(spec.call, folder)
    elif spec.kind in REMOTE:
        refuse_given({key: value for key, value in given.items() if key != "seconds"}, "[[judge]]")
        named = f"judge «{spec.name}»"
        given = {"assistant": endpoint(system, spec.address, {"temperature": 0.0, **given}, outside, who=named), "meaning": spec.meaning}
    return cast("Judge", inventory.build("judge", spec.kind, given))


def opinions(judge: Judge, labels: Labels, *, remote: bool) -> dict[str, int]:
    """What a judge says of the labelled exchanges: as it was kept, or asked now where nothing is sent for it.

    Args:
        judge: Who is asked.
        labels: What was labelled.
        remote: Whether it is asked over a network, so that only what was kept counts.
    """
    if remote:
        return {item: says for item, says in labels.opinions.get(key_of(judge), {}).items() if says is not None}
    items = list(labels.truth)
    read_ = judge.read([Exchange(labels.items[item].question, labels.items[item].reply) for item in items])
    return {item: int(one.says) for item, one in zip(items, read_, strict=True) if one.says is not None}


def questions(scope: Scope, found: Sequence[Bench], asked: Sequence[Probe], seed: int) -> Iterator[Probe | Unasked]:
    """Put the judges' questions: in ordinary use on the kinds of items that each names, and under every condition that is played on them anyway.

    Args:
        scope: What they are put to.
        found: The judges.
        asked: What the areas ask.
        seed: Of the run.

    Raises:
        InputError: If a judge names a risk or a kind of items that is none.
    """
    for bench in found:
        cells = list(_cells(scope, bench, asked))
        for risk, condition in cells:
            yield _question(scope, bench, risk, condition, seed=seed, cells=len(cells))


def _cells(scope: Scope, bench: Bench, asked: Sequence[Probe]) -> Iterator[tuple[Risk, AnyCondition]]:
    """The risk and the condition of each cell that the judge reads, every condition once."""
    spec, seen = bench.spec, set()
    for stream in spec.streams:
        if isinstance(scope.target, Conversing) and not scope.target.size(stream):
            known = ", ".join(sorted(scope.target.corpus.streams))
            raise InputError(f"The «streams» of judge «{spec.name}» must be kinds of items that there are: {known}; got {stream!r}.")
        yield scope.risk(spec.risk), inventory.build("condition", "nominal", {"stream": stream})
    for probe in asked if spec.threats else ():
        if probe.condition.name != "nominal" and probe.condition.stream in spec.streams and probe.condition.id not in seen:
            seen.add(probe.condition.id)
            yield probe.risk, probe.condition


def _question(scope: Scope, bench: Bench, risk: Risk, condition: AnyCondition, *, seed: int, cells: int) -> Probe | Unasked:
    spec = bench.spec
    metric = inventory.build(
        "metric",
        "judged",
        {"by": bench.judge, "label": spec.name, "meaning": spec.meaning, "caught": bench.caught, "cleared": bench.cleared, "labels": bench.labels.digest},
    )
    why = uncorrected(bench, scope.target, seed)
    if not why:
        trials = _independent(scope.target, condition.stream)
        refused = worth(Judged(caught=bench.caught, cleared=bench.cleared), trials=trials, cells=cells, limit=spec.limit, level=scope.system.alpha).why
        if refused:
            return Unasked(risk=risk, what=f"{condition.id}.{metric.id}", why=refused)
    return Probe(
        risk=risk,
        condition=condition,
        metric=metric,
        limit=spec.limit,
        column=False,
        advice=f"Read what «{spec.name}» found before it is acted on: a judge errs.",
        provisional=(UNCORRECTED,) if why else (),
        remark=f"{why[0].upper()}{why[1:]}." if why else told(bench, scope.target, condition),
    )


def _independent(target: Target, stream: str) -> int:
    """How many independent items a stream has: those that belong together count once."""
    size = target.size(stream)
    if not (size and isinstance(target, Conversing) and isinstance(target.corpus, Clustered)):
        return size
    return len(set(target.corpus.units(Trials(0, stream, 0, size)).tolist()))


def uncorrected(bench: Bench, target: Target, seed: int) -> str:
    """Why a judge's labels can't be used, or ""."""
    if not bench.labels.truth:
        return NO_LABELS
    if not bench.caught[1] and not bench.cleared[1]:
        count = len(bench.labels.truth)
        return f"none of its {count} labelled exchanges holds an answer of this very judge: `keepstone label --judge {bench.spec.name}` asks for it"
    own = [source for source in bench.labels.sources if source.startswith(f"{_named(target)} ") and source.endswith(f" seed {seed}")]
    return "its labels were made on this run's own conversations; label those of another seed" if own else ""


def told(bench: Bench, target: Target, condition: AnyCondition) -> str:
    """What the corrected number rests on: the judge's errors, and where the labels come from."""
    claim = Judged(caught=bench.caught, cleared=bench.cleared)
    errors = (
        f"As judged, corrected: sensitivity {claim.sensitivity:.2f} on {bench.caught[1]} labelled 1s, specificity {claim.specificity:.2f} on {bench.cleared[1]}"
        " labelled 0s."
    )
    more = f" {bench.labels.split} labels are left out, since raters are split." if bench.labels.split else ""
    more += f" {bench.unread} are left out, since the judge gave no answer." if bench.unread else ""
    elsewhere = sum(not source.startswith(f"{_named(target)} {condition.id} ") for source in bench.labels.sources)
    shift = " The labels were made on another system or condition than this: it holds where the judge errs there as often as here." if elsewhere else ""
    return f"{errors}{more}{shift}"


def source_of(target: Target, condition: AnyCondition, seed: int) -> str:
    """Where exchanges come from, as labels keep it."""
    return f"{_named(target)} {condition.id} seed {seed}"


def _named(target: Target) -> str:
    return key_of(target.recipe)[:12]
