"""From a system to the target that is asked: files found and read, nothing trusted, everything digested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.chat import Conversing, Settled
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular
from keepstone.intake import table as raw
from keepstone.intake.model import CloneLearner, Estimated, Given, Guarded, UserLearner, read_model
from keepstone.intake.outside import Training
from keepstone.ledger.canonical import digest_file
from keepstone.lifecycle import inventory
from keepstone.lifecycle.around import handed
from keepstone.lifecycle.judging import benches
from keepstone.lifecycle.named import function_of
from keepstone.lifecycle.talking import Outside, assistant
from keepstone.map.frame import Tables, frame
from keepstone.map.names import inside
from keepstone.parts.targets.agentdojo import SCRIPTS, AgentDojo
from keepstone.parts.targets.chat import Chat
from keepstone.parts.targets.classifier import Classifier, operating_point
from keepstone.stats.chance import order, seed_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keepstone.core.artefact import Shelf
    from keepstone.core.chat import Corpus
    from keepstone.core.part import Learner, Mitigation, Scorer, Target
    from keepstone.core.system import System, TargetSpec
    from keepstone.core.table import Table
    from keepstone.lifecycle.judging import Bench

SEARCHED = 0.5  # share of the cases that may be looked at beforehand where there are no training rows to search on
NOTHING = Outside()


def _as_it_is(made: Mitigation) -> Mitigation:
    return made


@dataclass(frozen=True, eq=False)
class Opened:
    """A target, ready to be asked.

    Attributes:
        target: What is asked.
        digests: Of data and target.
        about: The target in a few words.
        remarks: What a reader should know of the data.
        judges: Those of the system file, each held against its labels.
        hand: Gives a mitigation what it asks or reads beside its parameters.
    """

    target: Target
    digests: dict[str, str]
    about: str
    remarks: tuple[str, ...] = ()
    judges: tuple[Bench, ...] = ()
    hand: Callable[[Mitigation], Mitigation] = _as_it_is

    @property
    def settings(self) -> Mapping[str, str]:
        """What the answers of a chat system depend on, by name; nothing where it does not say."""
        answers: object = self.target.assistant if isinstance(self.target, Conversing) else None
        return answers.settings if isinstance(answers, Settled) else {}

    @property
    def alone(self) -> bool:
        """Whether it holds one conversation at a time, so that one process asks it."""
        return isinstance(self.target, Conversing) and bool(getattr(self.target.assistant, "alone", False))


def open_target(system: System, folder: Path, *, seed: int, shelf: Shelf, trust_pickle: bool = False, outside: Outside = NOTHING) -> Opened:
    """Read data and model, train where the system says so, and find the operating point.

    Args:
        system: The system as described; its paths are relative to `folder`.
        folder: Where the system file is.
        seed: For training and for the split of cases that are looked at beforehand.
        shelf: Where out-of-fold scores are kept.
        trust_pickle: Load a model file that can run code; never without a person's word.
        outside: Environment and clock, for an endpoint.

    Raises:
        InputError: If a file is wrong or the system names no target or data.
    """
    if system.target is not None and system.target.chat:
        return _talked_to(system, system.target, folder, outside)
    if system.target is not None and system.target.agentdojo:
        return _acting(system, system.target, folder, outside)
    if system.target is None or system.data is None:
        missing = "target" if system.target is None else "data"
        raise InputError(f"The system «{system.name}» must have a table [{missing}] to be assessed.", hint="`keepstone plan` works without.")
    tables, digest = read_tables(system, folder)
    if system.target.part:
        own = _own(system.target, tables, seed)
        return Opened(own, {"data": digest, "target": f"sha256:{key_of(own)}"}, str(getattr(own, "title", own.id)), tables.remarks)
    found = _model(system.target, folder, tables, trust_pickle=trust_pickle)
    target = assemble(found, tables.test, tables.train, system.target, seed=seed, shelf=shelf)
    return Opened(target, {"data": digest, "target": found.digest}, found.about, tables.remarks)


def _talked_to(system: System, spec: TargetSpec, folder: Path, outside: Outside) -> Opened:
    """A chat system: what answers, and what it is asked about."""
    answers, corpus = assistant(system, spec, folder, outside), _corpus(spec, folder)
    target = Chat(answers, corpus, whole=outside.whole)
    digests = {"data": f"sha256:{key_of(corpus.recipe)}", "target": f"sha256:{key_of(answers.recipe)}"}
    judges = benches(system, folder, outside)
    told = digests | {name: digest for one in judges for name, digest in one.digests.items()}
    hand = partial(handed, system=system, folder=folder, outside=outside)
    return Opened(target, told, answers.title, tuple(getattr(corpus, "remarks", ())), judges=judges, hand=hand)


def _acting(system: System, spec: TargetSpec, folder: Path, outside: Outside) -> Opened:
    """An agent in AgentDojo's worlds: a scripted one by its name, or what answers conversations, as for a chat system."""
    agent = str(spec.parameters.get("agent", SCRIPTS[0]))
    rest = {name: value for name, value in spec.parameters.items() if name not in {"agent", "version"}}
    given = {name: value for name, value in spec.parameters.items() if name in {"agent", "version"}} | {"suite": spec.agentdojo}
    if agent not in SCRIPTS:
        given["assistant"] = assistant(system, replace(spec, chat=agent, parameters=rest), folder, outside)
    elif rest:
        raise InputError(f"The «{min(rest)}» of «parameters» must not be given: a scripted agent has only «agent» and «version».")
    target = cast("AgentDojo", inventory.build("target", "agentdojo", given))
    return Opened(target, {"data": f"sha256:{key_of(target.world.recipe)}", "target": f"sha256:{target.recipe}"}, target.title)


def _corpus(spec: TargetSpec, folder: Path) -> Corpus:
    """What it is asked about: a part by its name, "file:NAME" beside the system file, or "packages:NAME" of the catalogue."""
    kind, _colon, name = spec.corpus.partition(":")
    given: dict[str, object] = {"size": spec.items}
    if name:
        given |= {"source": name} if kind == "packages" else {"path": str(inside(folder, name))}
    return cast("Corpus", inventory.build("corpus", kind, given))


def read_tables(system: System, folder: Path) -> tuple[Tables, str]:
    """Read the files of cases and of training rows; give the tables and one digest."""
    spec = system.data
    if spec is None:
        raise InputError(f"The system «{system.name}» must have a table [data].")
    paths = [inside(folder, name) for name in (spec.test, spec.train) if name]
    for path in paths:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file.")
    digests = [digest_file(path) for path in paths]
    apart = bool(spec.train) and spec.train != spec.test
    train = raw.read(paths[1]) if apart else None
    tables = frame(raw.read(paths[0]), spec, digest=digests[0], train=train, train_digest=digests[1] if apart else "")
    return tables, "sha256:" + key_of(*digests) if apart else digests[0]


@dataclass(frozen=True, eq=False)
class Found:
    """A model that was found: how it scores, how it is trained, what identifies it."""

    scorer: Scorer | None
    learner: Learner | None
    digest: str
    about: str


def _model(spec: TargetSpec, folder: Path, tables: Tables, *, trust_pickle: bool) -> Found:
    training = Training(spec.fit_seconds)
    learner = UserLearner(function_of(spec.fit, folder), training) if spec.fit else None
    if spec.fit and not (spec.call or spec.model) and tables.train is None:
        raise InputError(f"The target «{spec.fit}» is trained from rows, and the data has none: name «train» or «part».")
    if spec.call:
        function = function_of(spec.call, folder)
        return Found(function, learner, f"sha256:{function.recipe.partition(':')[0]}", f"function {spec.call}")
    if spec.model:
        path = inside(folder, spec.model)
        if not path.is_file():
            raise InputError(f"{path}: there is no such file.")
        model = read_model(path, trust_pickle=trust_pickle)
        return Found(
            Estimated(model), learner or (CloneLearner(model, training) if tables.train is not None else None), digest_file(path), type(model).__name__
        )
    if spec.predictions:
        return _from_scores(inside(folder, spec.predictions), tables)
    if learner is None:
        raise InputError("The table [target] must name one of «fit», «call», «model», «predictions» or «part».")
    return Found(None, learner, f"sha256:{learner.recipe.partition(':')[0]}", f"trained by {spec.fit}")


def _own(spec: TargetSpec, tables: Tables, seed: int) -> Tabular:
    """Build a target that is a part. Of its fields, `test`, `search`, `train` and `seed` are given here, where it has them.

    A part without `search` has nothing looked at beforehand, so all cases are claimed on.
    """
    named = {one.name for one in fields(inventory.part("target", spec.part))}
    test, search = _apart(tables.test, seed) if "search" in named else (tables.test, None)
    given = {"test": test, "search": search, "train": tables.train, "seed": seed}
    strange = sorted(set(spec.parameters) & set(given))
    if strange:
        raise InputError(f"The «{strange[0]}» of «parameters» must not be given: the target «{spec.part}» gets it from [data].")
    own: object = inventory.build("target", spec.part, {**spec.parameters, **{name: value for name, value in given.items() if name in named}})
    if not isinstance(own, Tabular):
        raise InputError(f"The target «{spec.part}» must keep the protocol Tabular of keepstone.core.part.", hint="`keepstone check` says what is missing.")
    return own


def _from_scores(path: Path, tables: Tables) -> Found:
    """A vendor's scores, one a case in the order of the file; nothing else can be asked."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    table = raw.read(path)
    column = next((name for name in ("score", "prediction", "probability") if name in table.columns), "")
    if not column:
        raise InputError(f"{path}:1: must have a column «score».")
    scores = table.numbers(column)
    if len(scores) <= int(tables.test.row.max()):
        raise InputError(f"{path}: must have a score for every case; it has {len(scores)} rows.")
    return Found(Given(scores), None, digest_file(path), "scores alone")


def assemble(found: Found, test: Table, train: Table | None, spec: TargetSpec, *, seed: int, shelf: Shelf) -> Classifier:
    """Put model and rows together: what is searched on, how it is trained, where a case is flagged."""
    learner = found.learner if train is not None else None
    scorer = found.scorer
    if scorer is None:
        if learner is None or train is None:
            raise InputError("The target must be a model, a function, or a function that trains one with training rows.")
        scorer = learner.fit(train.x, train.y, seed=seed_of(seed, "fit", "0"))
    search = None
    if learner is None and not isinstance(scorer, Given):
        test, search = _apart(test, seed)
    target = Classifier(
        label="model",
        digest=found.digest,
        scorer=Guarded(scorer, spec.seconds),
        threshold=0.5,
        test=test,
        search=search,
        train=train,
        learner=learner,
        recall=spec.recall,
        seed=seed,
    )
    return replace(target, threshold=_threshold(target, spec, shelf))


def _apart(test: Table, seed: int) -> tuple[Table, Table]:
    """Set some cases apart, by unit, for what must be looked at beforehand."""
    names, index = np.unique(test.unit, return_inverse=True)
    chosen = np.zeros(len(names), dtype=bool)
    chosen[order(seed, "items.search", len(names))[: int(SEARCHED * len(names))]] = True
    return test.take(np.flatnonzero(~chosen[index])), test.take(np.flatnonzero(chosen[index]))


def _threshold(target: Classifier, spec: TargetSpec, shelf: Shelf) -> float:
    if spec.recall is None:
        return 0.5 if spec.threshold is None else spec.threshold
    if target.learner is not None and target.train is not None:
        return operating_point(target.learner, target.train, spec.recall, target.seed, shelf)
    if target.search is None:
        raise InputError("The «recall» of [target] needs rows to choose the operating point on; give «threshold».")
    scores = np.sort(target.held_out(shelf)[target.search.y == 1])[::-1]
    scores = scores[np.isfinite(scores)]
    if not len(scores):
        raise InputError("The «recall» of [target] needs cases with the outcome that the model answers.")
    return float(scores[min(len(scores) - 1, int(np.ceil(spec.recall * len(scores))) - 1)])
