"""`keepstone.assess`: the whole assessment from Python, for a model and its cases at hand.

It goes the same way as the command line: what is handed over becomes a system, a target and tables; then plan, controls, run, verdicts.
What nobody said is a guess, and a verdict that rests on one is provisional; what can't be asked is not measured, and says which argument
would change that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.catalog.pattern import matches
from keepstone.core.errors import InputError
from keepstone.core.system import Autonomy, DataSpec, Stage, System, TargetSpec
from keepstone.intake.outside import TRAINING, Unusable
from keepstone.ledger import keys
from keepstone.lifecycle import assess as order
from keepstone.lifecycle import terms
from keepstone.lifecycle.gathering import Beside, Gathered, gather
from keepstone.lifecycle.handed import handed, labels_only, scored
from keepstone.lifecycle.labels import vector
from keepstone.lifecycle.opening import Found, Opened, assemble
from keepstone.lifecycle.publish import publish
from keepstone.lifecycle.questions import NOTHING
from keepstone.lifecycle.record import SHELF, Record
from keepstone.lifecycle.shown import Result
from keepstone.measure.executors.local import Processes
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    import os

    from keepstone.core.table import Feature
    from keepstone.measure.state import Progress

DESIGNS = ("all items", "sequential")
PROFILES = ("quick", "full")
LARGEST_SEED = 2**31 - 1
MOST_WORKERS = 64


@dataclass(frozen=True, kw_only=True)
class _Use:
    """How the model is used and how the run goes, as it was handed over."""

    threshold: float | None
    recall: float | None
    seconds: float
    fit_seconds: float
    design: str
    seed: int
    profile: str
    budget: float | None
    workers: int
    name: str
    domain: str
    population: str

    def problems(self, *, written: bool, scores: bool) -> Iterable[str]:
        """What is wrong with it, one sentence each."""
        rules = {
            "threshold": (_within(self.threshold, 0, 1), "a score in [0, 1]", self.threshold),
            "recall": (_within(self.recall, 0, 1) and self.recall not in (0, 1), "a share above 0 and below 1", self.recall),
            "seconds": (_within(self.seconds, 1e-3, 86_400), "between 0.001 and 86 400", self.seconds),
            "fit_seconds": (_within(self.fit_seconds, 1e-3, 86_400), "between 0.001 and 86 400", self.fit_seconds),
            "design": (self.design in DESIGNS, " or ".join(DESIGNS), self.design),
            "seed": (_within(self.seed, 0, LARGEST_SEED, whole=True), f"an integer between 0 and {LARGEST_SEED}", self.seed),
            "profile": (self.profile in PROFILES, " or ".join(PROFILES), self.profile),
            "budget": (_within(self.budget, 1, math.inf), "a number of rows, at least 1", self.budget),
            "workers": (_within(self.workers, 1, MOST_WORKERS, whole=True), f"between 1 and {MOST_WORKERS}", self.workers),
            "name": (bool(str(self.name).strip()), "some words", self.name),
            "domain": (isinstance(self.domain, str), "a word", self.domain),
            "population": (isinstance(self.population, str), "some words", self.population),
        }
        yield from (f"The «{name}» must be {rule}; got {got!r}." for name, (holds, rule, got) in rules.items() if not holds)
        if self.threshold is not None and self.recall is not None:
            yield "The «recall» must not stand beside «threshold»: each sets the operating point."
        if self.recall is not None and scores:
            yield "The «recall» must not stand beside «predictions»: there are no rows on which the operating point could be found."
        if self.workers != 1 and not written:
            yield "The «out» must be given where «workers» is above 1: the processes share its folder."


def _within(value: object, lower: float, upper: float, *, whole: bool = False) -> bool:
    """Whether a number that was given lies between two others; None was not given."""
    return value is None or (isinstance(value, int if whole else int | float) and lower <= value <= upper)


def assess(  # noqa: PLR0913  one call with everything by name: a reader sees what can be said
    model: object,
    X: object,  # noqa: N803  the name that every user of scikit-learn knows
    y: object,
    *,
    groups: object = None,
    train: object = None,
    fit: Callable[..., object] | None = None,
    predictions: object = None,
    threshold: float | None = None,
    recall: float | None = None,
    positive: object = None,
    unit: object = None,
    batch: object = None,
    meant: object = None,
    forecast: object = None,
    features: Sequence[Feature | Mapping[str, object]] | Mapping[str, Mapping[str, object]] | None = None,
    limits: Mapping[str, float | Mapping[str, object]] | None = None,
    mitigations: str | Iterable[str | tuple[str, Mapping[str, object]]] = (),
    exclude: Mapping[str, Mapping[str, str]] | None = None,
    only: str | Iterable[str] = (),
    name: str = "model",
    domain: str = "",
    population: str = "",
    seed: int = 7,
    profile: str = "quick",
    design: str = "all items",
    budget: float | None = None,
    seconds: float = 60.0,
    fit_seconds: float = TRAINING,
    workers: int = 1,
    out: str | os.PathLike[str] | None = None,
    key: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Result:
    """Assess both halves of a classifier, safety and security, and what each fix costs the other.

    Args:
        model: A fitted estimator in scikit-learn's manner, or a function from a batch of rows to probabilities or labels. It is asked with the
            kind of container that X is. None where `predictions` or `fit` and `train` stand for it.
        X: The cases: an array (rows, features), a pandas data frame, or a list of rows. Words are categories; NaN and None are missing.
            None where there are only `predictions`.
        y: Their outcomes, one a row: 0 and 1, truth values, or two labels.
        groups: How people are told apart: a data frame, a mapping from names to columns, a series, or names of columns of X. Numbers of many
            different values are cut at their quartiles, which is a guess.
        train: The rows that the model was trained on: a pair (X, y), or a mapping with X, y and, where known, groups, unit, batch.
        fit: A function fit(X, y), which may take `seed` and `weight` too, that trains such a model. A scikit-learn estimator needs none.
        predictions: Scores in [0, 1] or labels, one a case, in place of a model that can't be asked.
        threshold: Score in [0, 1] from which a case is flagged. Not given, it is guessed to be 0.5, and no verdict is more than provisional.
        recall: In its place, the share of outcomes that must be flagged: the threshold is found on rows that no claim rests on.
        positive: The label that matters (death, disease, fraud); otherwise 1, True, or the larger of two, which is a guess.
        unit: Who each row belongs to (the patient); otherwise each row is somebody else.
        batch: Site, period or file that each row came with.
        meant: The outcome that was meant, where another was labelled, in the labels of y.
        forecast: People's own forecast of the outcome, chances in [0, 1], beside the model's.
        features: What is known of columns, `keepstone.Feature` or mappings with `name`, `lower`, `upper`, `error_abs`, `error_rel`, `immutable`,
            `unit`, `units`, `cost`, `one_hot`. What is not said is guessed; columns of an array are called x0, x1, ...
        limits: The largest mean loss that is accepted, by finding or pattern ("*.missed"): a number, or a mapping with `limit`, `reason`,
            `set_by`, `source`, `date`. A number that nobody stands for is measured, and shown as not adopted.
        mitigations: Names of mitigations to be tried; joined by " + ", several together; with parameters, a pair of both.
        exclude: Areas left out, each with `by` and `reason`.
        only: Areas to ask; otherwise all.
        name: What the system is called.
        domain: Where it is used, such as "health": the catalogue has limits and known cases for some.
        population: Whom the cases stand for, in words.
        seed: Of all randomness.
        profile: "quick", or "full", which asks more.
        design: "all items" where calls are cheap, "sequential" where each costs.
        budget: Most rows that the model may be asked to answer.
        seconds: Longest time that one call of the model may take.
        fit_seconds: Longest time that one training may take.
        workers: Processes; they change the time and nothing else. Above 1 they need `out`, and a script needs its `if __name__ == "__main__"`.
        out: A folder for the signed plan, the log, the result and the report; otherwise nothing is written.
        key: The folder of the key that signs the plan (`keepstone keys new`); otherwise the development key, which proves nothing to others.
        on_progress: Called after every batch; if it answers False, the run stops after the round.

    Returns:
        The result: it shows itself, gives data frames, and can insist (`require`).

    Raises:
        InputError: Something that was handed over is wrong; every problem is a line.
        MissingExtra: A library is needed that is not installed.

    Example:
        A model is anything from rows to chances; nobody said from which chance a case is flagged, so that is a guess.

        >>> import numpy as np
        >>> import keepstone as ks
        >>> x = np.arange(200.0).reshape(100, 2) % 7
        >>> result = ks.assess(lambda rows: rows[:, 0] / 7, x, x[:, 0] > 3, only="robustness")
        >>> result.verdict.overall, result.findings[0].provisional[-1]
        ('incomplete', 'target.threshold')
    """
    use = _Use(
        threshold=threshold,
        recall=recall,
        seconds=seconds,
        fit_seconds=fit_seconds,
        design=design,
        seed=seed,
        profile=profile,
        budget=budget,
        workers=workers,
        name=name,
        domain=domain,
        population=population,
    )
    problems = list(use.problems(written=out is not None, scores=predictions is not None))
    asked = terms.chosen(only, problems)
    beside = Beside(groups=groups, train=train, unit=unit, batch=batch, meant=meant, forecast=forecast, positive=positive, features=features)
    demanded = {
        "criteria": terms.adopted(limits, problems),
        "mitigations": terms.considered(mitigations, problems),
        "exclusions": terms.excluded(exclude, problems),
    }
    given = gather(X, y, beside, problems)
    found = None if given is None else _found(model, fit, predictions, given, problems, fit_seconds=fit_seconds)
    if problems or given is None or found is None:
        raise InputError(list(dict.fromkeys(problems)))
    system = _system(use, given, demanded, guess=threshold is None and recall is None and not labels_only(model))
    choice = order.Choice(seed=seed, profile=profile, only=asked, budget=math.inf if budget is None else budget)
    return _run(system, given, found, choice, _Way(out=out, key=key, workers=workers, watch=on_progress))


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How the run goes: where it is written, who signs, in how many processes, who watches."""

    out: str | os.PathLike[str] | None
    key: str | os.PathLike[str] | None
    workers: int
    watch: Callable[[Progress], object] | None


def _found(model: object, fit: object, predictions: object, given: Gathered, problems: list[str], *, fit_seconds: float) -> Found | None:
    """The model, or its scores; not both."""
    if fit is not None and given.train is None:
        problems.append("The «fit» needs the rows to train on: give «train».")
    if predictions is None:
        if not given.container.columns:
            problems.append("The «X» must be given where a model is to be asked.")
        return handed(model, fit, given.container, given.classes, problems, fit_seconds=fit_seconds)
    if model is not None or fit is not None:
        problems.append("The «predictions» must not stand beside a model: give None for it, and no «fit».")
    scores = vector(predictions, len(given.test), "predictions", problems)
    if scores is None:
        return None
    try:
        return scored(scores, given.classes)
    except Unusable as error:
        problems.append(f"The «predictions» must be scores in [0, 1] or labels: {error}.")
        return None


def _system(use: _Use, given: Gathered, demanded: Mapping[str, object], *, guess: bool) -> System:
    """The system, as far as it can be told from Python: what it is for is said in a system file."""
    return System(
        name=str(use.name),
        purpose="not said",
        domain=use.domain,
        autonomy=Autonomy.ADVISES,
        stage=Stage.DEVELOPMENT,
        population=use.population,
        affected=(),
        target=TargetSpec(threshold=use.threshold, recall=use.recall, seconds=use.seconds, fit_seconds=use.fit_seconds, design=use.design),
        data=DataSpec(
            test="X",
            train="train" if given.train is not None else "",
            label="y",
            features=given.test.features,
            groups=given.groups,
            population=use.population,
        ),
        guesses=given.guesses | ({"target.threshold"} if guess else frozenset()),
        **demanded,  # type: ignore[arg-type]  # three tuples, each of its own kind
    )


def _run(system: System, given: Gathered, found: Found, choice: order.Choice, way: _Way) -> Result:
    signs = keys.InsecureDevelopmentKey() if way.key is None else keys.load(way.key)
    folder = None if way.out is None else Path(way.out)
    processes = Processes(way.workers, folder / SHELF) if folder is not None and way.workers > 1 else None
    try:
        planned = _planned(system, given, found, choice)
        record = None if folder is None else Record(folder)  # after all that may be refused: nothing is half-written
        place = order.Place(record=record, processes=processes)
        done = order.assess(planned, choice, signs, place=place, on_progress=None if way.watch is None else _watched(way.watch))
    finally:
        if processes is not None:
            processes.close()
    if record is not None:
        publish(record, done.document, None)
    return Result(done.document)


def _planned(system: System, given: Gathered, found: Found, choice: order.Choice) -> order.Planned:
    shelf, spec = KeptShelf(), system.target if system.target is not None else TargetSpec()
    target = assemble(found, given.test, given.train, spec, seed=choice.seed, shelf=shelf)
    digest = given.test.digest if given.train is None else f"{given.test.digest} {given.train.digest}"
    planned = order.prepare(system, Opened(target, {"data": digest, "target": found.digest}, found.about), choice, shelf)
    _spoken(system, planned, choice)
    return planned


def _watched(watch: Callable[[Progress], object]) -> Callable[[Progress], bool]:
    """A watcher that answers nothing lets the run go on."""
    return lambda step: watch(step) is not False


def _spoken(system: System, planned: order.Planned, choice: order.Choice) -> None:
    """Refuse a limit that speaks of no finding: it would be taken for one that holds.

    Raises:
        InputError: If there is one, with the findings whose ids come near.
    """
    ids = [one.id for one in planned.plan.held] + [one.id for one in planned.plan.unasked if NOTHING not in one.why]
    apart = {one.area.value for one in system.exclusions}
    problems = []
    for criterion in system.criteria:
        area = criterion.cell.partition(".")[0]
        silent = area in apart or (choice.only and area not in choice.only and "*" not in area)
        if not silent and not any(matches(criterion.cell, one) for one in ids):
            near = get_close_matches(criterion.cell, ids, n=3, cutoff=0.4)
            problems.append(f"The limit «{criterion.cell}» speaks of no finding of this run{'; near it: ' if near else ''}{', '.join(near)}.")
    if problems:
        raise InputError(problems)
