"""Conformance of parts from outside (`keepstone check`): each is built, played on targets that are known, and every broken rule is said.

A part that needs parameters is checked as the instances that its module lists under EXAMPLES. Whatever a part raises is a problem of the part.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keepstone.areas import controls
from keepstone.areas.chat import known
from keepstone.areas.ward import Ward
from keepstone.core.cell import Arm
from keepstone.core.channel import through
from keepstone.core.errors import InputError
from keepstone.core.part import KINDS
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.fields import inert
from keepstone.intake.threads import one_thread
from keepstone.lifecycle import inventory
from keepstone.measure.checks import assistants, conditions, corpora, judges, metrics, mitigations, targets
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from types import ModuleType

    from keepstone.core.part import Target

EXAMPLES = "EXAMPLES"
SUITES = {"target": targets, "condition": conditions, "mitigation": mitigations, "metric": metrics, "assistant": assistants, "corpus": corpora, "judge": judges}
TRIALS = 300
SEED = 3


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A part and what is wrong with it.

    Attributes:
        kind: "target", "condition", "mitigation", "metric", "assistant", "corpus" or "judge".
        name: Name of the class.
        id: The part's id with its parameters, or "" where it could not be built.
        problems: One sentence for each rule that does not hold.
        installed: Whether an entry point leads to it, so that system files can name it.
    """

    kind: str
    name: str
    id: str
    problems: tuple[str, ...]
    installed: bool


def rules(kind: str) -> str:
    """What every part of a kind must do, in one sentence."""
    return (inspect.getdoc(SUITES[kind]) or "").partition("\n")[0]


def check(where: str) -> list[Checked]:
    """Check every part that a module defines.

    Args:
        where: A file, or the name of a module that can be imported.

    Returns:
        One entry a part and example.

    Raises:
        InputError: The module can't be found or run, or defines no part.
    """
    module = _module(where)
    classes = [cls for cls in vars(module).values() if isinstance(cls, type) and cls.__module__ == module.__name__ and _kind(cls)]
    if not classes:
        raise InputError(f"{inert(where)}: The module must define a part: a frozen dataclass marked with @part of keepstone.core.part; it defines none.")
    with one_thread():
        return [one for cls in sorted(classes, key=_kind, reverse=True) for one in _checked(cls, module)]


def _kind(cls: type) -> str:
    kind = vars(cls).get("__keepstone_part__")
    return kind if isinstance(kind, str) and kind in KINDS else ""


# ---- finding and building ----


def _module(where: str) -> ModuleType:
    path = Path(where)
    try:
        if where.endswith(".py"):
            if not path.is_file():
                raise InputError(f"{inert(where)}: There is no such file.")
            spec = importlib.util.spec_from_file_location(f"keepstone_checked_{path.stem}", path)
        else:
            spec = importlib.util.find_spec(where) if all(word.isidentifier() for word in where.split(".")) else None
    except (ImportError, ValueError, OSError) as error:
        raise InputError(f"{inert(where)}: The module can't be found: {_said(error)}.") from error
    if spec is None or spec.loader is None:
        raise InputError(f"{inert(where)}: There is no such module.", hint="Name a file, parts/my_part.py, or an installed module, my_package.my_part.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look up their own module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # outside code: whatever it raises is told in one line
        raise InputError(f"{inert(where)}: The module can't be run: {_said(error)}.") from error
    return module


def _checked(cls: type, module: ModuleType) -> Iterator[Checked]:
    kind = _kind(cls)
    installed = cls.__module__.startswith("keepstone.") or any(
        entry.value.rpartition(":")[2] == cls.__name__ for entry in entry_points(group=f"keepstone.{inventory.plural(kind)}")
    )
    built, problems = _built(cls, module)
    if problems:
        yield Checked(kind=kind, name=cls.__name__, id="", problems=tuple(problems), installed=installed)
    for part in built:
        found = list(_guarded(lambda part=part: _problems(kind, part, module)))  # type: ignore[misc]
        yield Checked(kind=kind, name=cls.__name__, id=_id(part), problems=tuple(found), installed=installed)


def _built(cls: type, module: ModuleType) -> tuple[list[object], list[str]]:
    """The examples of a class; without any, the one that needs no parameters."""
    listed = vars(module).get(EXAMPLES, ())
    given = [one for one in (listed if isinstance(listed, list | tuple) else ()) if type(one) is cls]
    if given:
        return given, []
    try:
        return [cls()], []
    except TypeError as error:
        return [], [f"The class {cls.__name__} can't be built without parameters ({_said(error)}): list instances in {EXAMPLES} = [{cls.__name__}(...)]."]
    except Exception as error:  # noqa: BLE001  outside code: whatever it raises is a problem of the part
        return [], [f"The class {cls.__name__} can't be built: {_said(error)}."]


def _id(part: object) -> str:
    try:
        return str(part.id)  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001  outside code
        return f"(no id: {_said(error)})"


# ---- running the suites ----


def _problems(kind: str, part: Any, module: ModuleType) -> Iterator[str]:  # noqa: ANN401  a part of any kind
    if kind == "target":
        yield from targets.problems(part)
    elif kind == "assistant":
        yield from assistants.problems(part)
    elif kind == "corpus":
        yield from corpora.problems(part)
    elif kind == "judge":
        yield from judges.problems(part)
    elif kind == "metric":
        yield from _metric(part, module)
    elif kind == "condition":
        yield from conditions.problems(part, _fitting(part), inventory.part("mitigation", "none")(), KeptShelf())
    else:
        yield from mitigations.problems(part, _fitting(part), KeptShelf())


def _guarded(run: Callable[[], Iterator[str]]) -> Iterator[str]:
    """The problems that are found, and what was raised on the way."""
    try:
        yield from run()
    except Exception as error:  # noqa: BLE001  outside code: whatever it raises is a problem of the part
        yield f"It raised {_said(error)}."


def _said(error: BaseException) -> str:
    """An error in a line, with the place in the file that it came from."""
    text = " ".join(str(error).split())[:200]
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame for frame in frames if "keepstone_checked" in frame.filename or not frame.filename.startswith(str(Path(inspect.getfile(inventory)).parents[1]))
    ]
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own and own[-1].filename.endswith(".py") else ""
    return inert(f"{type(error).__name__}{place}{': ' + text if text else ''}")


def _fitting(part: Any) -> Target:  # noqa: ANN401  a part of either kind
    """The first of the known targets that a part can be used on; the plainest where it fits none, so that the reason is told."""
    made: list[Callable[[], Target]] = [
        controls.linear,
        controls.memorising,
        lambda: controls.linear(kept=Ward(batch=5, meant=True)),
        known.flawless,
        known.equipped,
    ]
    return next((target() for target in made if not part.unfit(target())), made[0]())


def _metric(metric: Any, module: ModuleType) -> Iterator[str]:  # noqa: ANN401  a metric
    """Read a metric on trials under noise, or under a condition of its own module where it needs that one's notes."""
    found: list[str] = []
    for outcome, calm in _outcomes(module):
        found = list(metrics.problems(metric, outcome, calm))
        if not any("can't be read on these trials" in one for one in found):
            break
    yield from found


def _outcomes(module: ModuleType) -> Iterator[tuple[Outcome, Outcome]]:
    yield _noisy()
    yield talked()
    for cls in vars(module).values():
        if isinstance(cls, type) and _kind(cls) == "condition" and cls.__module__ == module.__name__:
            yield from (_played(part) for part in _built(cls, module)[0])


@cache
def talked() -> tuple[Outcome, Outcome]:
    """Conversations of a scripted assistant with orders of somebody else in them, and the same without: questions with an answer and without, and tasks."""
    threat, order = inventory.part("condition", "prompt_injection")("document"), inventory.part("condition", "operator_order")()
    target, none = known.equipped("obeys_documents"), inventory.part("mitigation", "none")()
    now, calm = [], []
    for stream, condition in (("named", threat), ("outside", threat), ("task", order)):
        trials = Trials(SEED, stream, 0, TRIALS // 3)
        now.append(play(target, Arm(target, condition, none), trials, KeptShelf()))
        calm.append(target.run(trials, through))
    return _together(now), _together(calm)


def _together(parts: list[Outcome]) -> Outcome:
    columns = {name: np.concatenate([np.asarray(part.columns.get(name, [""] * len(part.calls))) for part in parts]) for name in parts[0].columns}
    return Outcome(columns, np.concatenate([part.calls for part in parts]), np.concatenate([part.broken for part in parts]))


@cache
def _noisy() -> tuple[Outcome, Outcome]:
    """Trials under noise and under ordinary use, with the notes that metrics of Keepstone read."""
    now, calm = _played(inventory.part("condition", "sensor_noise")(errors=2.0), "pool")
    at = np.arange(len(now.calls))
    flagged = np.asarray(now.columns["flagged"], dtype=np.float64)
    notes = {
        "copied": np.where(at % 5 == 0, 1 - flagged, flagged),
        "guess": np.asarray(now.columns["score"], dtype=np.float64),
        **{f"t{k}": np.full(len(at), 0.7 + 0.1 * k) for k in range(3)},
        "unlike": np.linspace(0, 1, len(at)),
        "found": np.where(at % 3 == 0, 1.0, 0.0),
        "mismatch": np.where(at % 2 == 0, 1.0, 0.0),
        "kept": np.column_stack([at % 2, np.ones(len(at))]).astype(np.float64),
    }
    return Outcome({**now.columns, **notes}, now.calls, now.broken), calm


def _played(condition: Any, stream: str = "") -> tuple[Outcome, Outcome]:  # noqa: ANN401  a condition
    target = _fitting(condition)
    trials = Trials(SEED, stream or condition.stream, 0, min(TRIALS, target.size(stream or condition.stream)))
    return play(target, Arm(target, condition, inventory.part("mitigation", "none")()), trials, KeptShelf()), target.run(trials, through)
