"""Models from outside, handled as hostile: found without loading a pickle, asked under a time limit, their answers checked.

A model is a function from a batch of rows to scores or labels. Whatever it does wrong (an exception, a hang, a wrong shape,
NaN, probabilities that don't sum to one) becomes broken rows with a reason, never a traceback.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from keepstone.core.errors import InputError, MissingExtra
from keepstone.intake.fingerprint import fingerprint
from keepstone.intake.gate.scan import scan
from keepstone.intake.outside import Hung, Thread, Training, Unusable, told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Scorer

MOST_SINGLES = 64
"""After this many rows of one batch have failed alone, the rest of the batch counts as failed too."""
SLACK = 1e-6
PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".sav")


@dataclass(frozen=True, eq=False)
class Answer:
    """Scores of a batch, and what broke.

    Attributes:
        scores: float64 (rows,), in [0, 1]; NaN where broken.
        broken: bool (rows,).
        why: By offset in the batch, what went wrong; one reason stands for neighbours with the same.
    """

    scores: Floats
    broken: NDArray[np.bool_]
    why: dict[int, str]


@dataclass(eq=False)
class Guarded:
    """Asks a function for scores and survives whatever it does.

    Attributes:
        call: From float64 (rows, features) to probabilities (rows,), (rows, 1) or (rows, 2), or labels 0/1.
        seconds: Longest time one call may take. After one call that hangs, all later ones count as broken at once.
    """

    call: Callable[[Floats], Any]
    seconds: float = 60.0
    hung: bool = False
    _worker: Thread | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """Leave the thread behind when sent to another process."""
        return {"call": self.call, "seconds": self.seconds, "hung": self.hung, "_worker": None}

    def __call__(self, x: Floats) -> Answer:
        """Ask for the scores of rows."""
        n = len(x)
        scores, broken, why = np.full(n, np.nan), np.ones(n, dtype=bool), dict[int, str]()
        if n == 0:
            return Answer(scores, np.zeros(0, dtype=bool), why)
        stack, singles, reason = [(0, n)], 0, ""
        while stack:
            start, stop = stack.pop()
            got, reason = self._try(x[start:stop]) if singles < MOST_SINGLES else (None, reason)
            if got is not None:
                scores[start:stop], broken[start:stop] = got, ~np.isfinite(got)
                why.update({start + int(i): "the score is not a number in [0, 1]" for i in np.flatnonzero(broken[start:stop])})
            elif stop - start == 1 or self.hung or singles >= MOST_SINGLES:
                singles += 1
                why.update(dict.fromkeys(range(start, stop), reason))
            else:
                middle = (start + stop) // 2
                stack += [(middle, stop), (start, middle)]
        scores[broken] = np.nan
        return Answer(scores, broken, why)

    def _try(self, x: Floats) -> tuple[Floats | None, str]:
        if self.hung:
            return None, f"an earlier call took longer than {self.seconds:g} s"
        try:
            return _scores(self._timed(np.array(x)), len(x)), ""
        except Hung:
            self.hung = True
            return None, f"the call took longer than {self.seconds:g} s"
        except Exception as error:  # noqa: BLE001  the model is outside code: whatever it raises is a finding
            return None, told(error, "The model")

    def _timed(self, x: Floats) -> Any:  # noqa: ANN401  an outside model may answer with anything
        if self._worker is None:
            self._worker = Thread(self.call)
        return self._worker.ask(x, self.seconds)


def _one_line(error: BaseException) -> str:
    """What went wrong with a file, for the terminal alone."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__


def _scores(value: Any, rows: int) -> Floats:  # noqa: ANN401  an outside model may answer with anything
    """Turn what a model answered into scores of the positive class, or say what is wrong with it."""
    if isinstance(value, list | tuple) or hasattr(value, "to_numpy"):
        value = np.asarray(value)
    if not isinstance(value, np.ndarray):
        msg = f"the model must answer with an array of {rows} scores; got {type(value).__name__}"
        raise Unusable(msg)
    if value.dtype.kind not in "fiub":
        msg = f"the model must answer with numbers; got {value.dtype}"
        raise Unusable(msg)
    scores = np.asarray(value, dtype=np.float64)
    if scores.shape == (rows, 2):
        total = scores.sum(axis=1)
        if np.any(np.abs(total[np.isfinite(total)] - 1) > 1e-3):
            msg = "the two probabilities of a row must sum to 1"
            raise Unusable(msg)
        scores = scores[:, 1]
    elif scores.shape == (rows, 1):
        scores = scores[:, 0]
    if scores.shape != (rows,):
        msg = f"the model must answer with shape ({rows},) or ({rows}, 2); got {value.shape}"
        raise Unusable(msg)
    scores = scores.copy()
    scores[(scores < -SLACK) | (scores > 1 + SLACK)] = np.nan
    return np.clip(scores, 0.0, 1.0)


def _line_in(path: Path, error: BaseException) -> str:
    """The line of a file that an error came from, as ":7"; "" where it came from elsewhere."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f":{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f":{lines[-1]}" if lines else ""


@dataclass(frozen=True, eq=False)
class FromFile:
    """A function in a file that the user named. It is read when first used, in whichever process that is.

    Attributes:
        path: The file.
        name: The function's name.
    """

    path: Path
    name: str

    @property
    def recipe(self) -> str:
        """Digest of the file, and the name."""
        return f"{hashlib.sha256(self.path.read_bytes()).hexdigest()}:{self.name}"

    def load(self) -> Callable[..., Any]:
        """Read the file and find the function.

        Raises:
            InputError: If the file can't be read or run, or has no such function.
        """
        place = hashlib.sha256(str(self.path).encode()).hexdigest()[:8]
        spec = importlib.util.spec_from_file_location(f"keepstone_user_{self.path.stem}_{place}", self.path)
        if spec is None or spec.loader is None:
            raise InputError(f"{self.path}: must be a Python file.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # so that what it defines can be sent to a worker
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:  # the user's own file: whatever it raises is told in one line
            raise InputError(f"{self.path}{_line_in(self.path, error)}: could not be run: {_one_line(error)}") from error
        found = getattr(module, self.name, None)
        if not callable(found):
            raise InputError(f"{self.path}: has no function «{self.name}».")
        return cast("Callable[..., Any]", found)

    def __call__(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401  an outside function
        """Call the function."""
        return self.load_once()(*args, **named)

    def load_once(self) -> Callable[..., Any]:
        """The function, read from its file once in this process."""
        function = _LOADED.get(self.recipe_path)
        if function is None:
            function = _LOADED[self.recipe_path] = self.load()
        return function

    @property
    def recipe_path(self) -> tuple[str, str]:
        """What the loaded function is kept under within a process."""
        return str(self.path), self.name


_LOADED: dict[tuple[str, str], Callable[..., Any]] = {}


def loaded_files() -> list[FromFile]:
    """The functions of users' files that this process has read."""
    return [FromFile(Path(path), name) for path, name in _LOADED]


def preload(files: list[FromFile]) -> None:
    """Read the same files in a worker, before anything that they define is received."""
    for file in files:
        _LOADED[file.recipe_path] = file.load()


@dataclass(frozen=True, eq=False)
class Estimated:
    """The scores of a fitted estimator in scikit-learn's manner.

    Attributes:
        estimator: Has `predict_proba`, or else `predict`.
        positive: Which of its classes is the positive one.
        wrap: From an array of rows to what the estimator takes (a data frame), or None.
    """

    estimator: Any
    positive: object = 1
    wrap: Callable[[Floats], Any] | None = None

    def __call__(self, x: Floats) -> Floats:
        """Score rows."""
        rows = x if self.wrap is None else self.wrap(x)
        if hasattr(self.estimator, "predict_proba"):
            table = np.asarray(self.estimator.predict_proba(rows), dtype=np.float64)
            classes = list(getattr(self.estimator, "classes_", [0, 1]))
            if self.positive not in classes:
                msg = f"the model does not know the class {self.positive!r}"
                raise Unusable(msg)
            return table[:, classes.index(self.positive)]
        return np.asarray(self.estimator.predict(rows) == self.positive, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Given:
    """Scores that somebody else's model gave, one a row of the file of cases. No other row can be asked about.

    Attributes:
        scores: float64, by row number.
    """

    scores: Floats

    def __call__(self, x: Floats) -> Floats:
        """Refuse: there is no model to ask."""
        del x
        msg = "there are only scores, and no model to ask"
        raise Unusable(msg)

    def at(self, rows: NDArray[np.int64]) -> Answer:
        """The answers for these row numbers."""
        scores = _scores(self.scores[rows], len(rows))
        broken = ~np.isfinite(scores)
        return Answer(scores, broken, dict.fromkeys(np.flatnonzero(broken).tolist(), "the score is not a number in [0, 1]"))


@dataclass(frozen=True, eq=False)
class UserLearner:
    """Trains by a function of the user: `fit(X, y)`, which may also take `seed` and `weight`, gives a fitted estimator."""

    function: FromFile
    training: Training = field(default_factory=Training)

    @property
    def recipe(self) -> str:
        """Named by the function's file."""
        return self.function.recipe

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on rows.

        Raises:
            InputError: If the function raises, gives no model, or takes no weights where they are needed.
        """
        known = inspect.signature(self.function.load_once()).parameters
        everything = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values())
        if weight is not None and not (everything or "weight" in known):
            raise InputError(f"{self.function.path.name}: «{self.function.name}» takes no «weight», which this needs.")
        named = {key: value for key, value in (("seed", seed), ("weight", weight)) if everything or key in known}
        fitted = self.training.run(lambda: self.function(x, y, **named), f"{self.function.path.name}: «{self.function.name}»")
        if not (hasattr(fitted, "predict_proba") or hasattr(fitted, "predict")):
            raise InputError(f"{self.function.path.name}: «{self.function.name}» must give a fitted estimator; it gave {type(fitted).__name__}.")
        return Estimated(fitted)


@dataclass(frozen=True, eq=False)
class CloneLearner:
    """Trains a fresh copy of a saved scikit-learn estimator with the same parameters, on rows as numbers and labels 0 and 1."""

    estimator: Any
    training: Training = field(default_factory=Training)

    @cached_property
    def recipe(self) -> str:
        """Named by class and parameters."""
        return settings_of(self.estimator)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on rows.

        Raises:
            InputError: If it raises.
        """
        try:
            from sklearn.base import clone
        except ImportError as error:
            raise MissingExtra("scikit-learn", "tabular") from error
        fresh = clone(self.estimator)
        if "random_state" in fresh.get_params(deep=False):
            fresh.set_params(random_state=seed)
        named = {} if weight is None else {"sample_weight": weight}
        self.training.run(lambda: fresh.fit(x, np.asarray(y, dtype=np.int64), **named), f"the model «{type(fresh).__name__}»")
        return Estimated(fresh)


def settings_of(estimator: Any) -> str:  # noqa: ANN401  an outside model
    """Name an estimator by its class and all of its parameters, whatever it has learned.

    Its `repr` won't do: it is cut where it is long, and may hold an address in memory. What `fingerprint` can't read counts by its class alone: two
    estimators that differ in nothing else are not told apart.

    Args:
        estimator: Fitted or not; one that can't be copied is named with what it has learned.
    """
    try:
        from sklearn.base import clone

        fresh = clone(estimator)
    except Exception:  # noqa: BLE001  an outside model may refuse to be copied in any way
        fresh = estimator
    return f"{type(estimator).__module__}.{type(estimator).__qualname__}:{fingerprint(fresh)}"


def read_model(path: Path, *, trust_pickle: bool = False) -> Any:  # noqa: ANN401  whatever estimator the file holds
    """Read a saved model without running code from it.

    Args:
        path: A `.skops` file.
        trust_pickle: A person's word that a pickle from this source may run its code here.

    Raises:
        InputError: If the file is a pickle, unreadable, or holds types that are not on skops' list of trusted ones.
        MissingExtra: If skops is not installed.
    """
    if path.suffix.lower() in PICKLES and trust_pickle:
        return _read_trusted(path)
    if path.suffix.lower() in PICKLES:
        raise InputError(
            f"{path}: is a pickle; loading one runs whatever code is in it, so it is not loaded.",
            hint="Convert it where it was made: skops.io.dump(model, 'model.skops'); or export it to ONNX; "
            "or name a function: call = 'model.py:predict'. If you trust its source: --trust-pickle.",
        )
    _pass_gate(path)
    try:
        from skops import io as skops
    except ImportError as error:
        raise MissingExtra("skops", "tabular") from error
    known = {"sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor", "sklearn._loss.link.LogitLink", "sklearn._loss.loss.HalfBinomialLoss"}
    known |= {"sklearn._loss._loss.CyHalfBinomialLoss", "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper", "sklearn._loss.link.Interval"}
    try:
        strange = sorted(set(skops.get_untrusted_types(file=path)) - known)
        model = None if strange else skops.load(path, trusted=sorted(known))
    except Exception as error:  # an outside file: whatever the reader raises is told in one line
        raise InputError(f"{path}: can't be read as a skops file: {_one_line(error)}") from error
    if strange:
        raise InputError(f"{path}: holds types that are not trusted: {', '.join(strange[:5])}.")
    return model


def _pass_gate(path: Path) -> None:
    """Let the gate read the file before any loader does.

    Raises:
        InputError: It is not clean.
    """
    report = scan(path)
    if report.outcome.passes:
        return
    types = [reason.what for reason in report.reasons if reason.rule == "skops.type"]
    if types and len(types) == len(report.reasons):
        raise InputError(f"{path}: holds types that are not trusted: {', '.join(types[:5])}.")
    first = report.reasons[0]
    raise InputError(f"{path}: can't be read as a skops file: {report.outcome.value}: {first.rule}: {first.what}.", hint="`keepstone scan` says more.")


def _read_trusted(path: Path) -> Any:  # noqa: ANN401  whatever the file holds
    try:
        import joblib
    except ImportError as error:
        raise MissingExtra("scikit-learn", "tabular") from error
    try:
        return joblib.load(path)
    except Exception as error:  # an outside file: whatever it raises is told in one line
        raise InputError(f"{path}: can't be loaded: {_one_line(error)}") from error
