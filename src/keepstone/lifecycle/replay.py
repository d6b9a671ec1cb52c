"""One conversation of a run, asked again: by the same plan, the same attack, the same trial, of the same target or another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keepstone.core.chat import Conversing
from keepstone.core.claim import NOT_COUNTED
from keepstone.core.errors import InputError, KeepstoneError
from keepstone.core.trial import Trials
from keepstone.intake.address import is_address
from keepstone.intake.threads import one_thread
from keepstone.lifecycle import assess as order
from keepstone.lifecycle.opening import Opened, open_target
from keepstone.lifecycle.record import PLAN, SHELF
from keepstone.lifecycle.talking import assistant
from keepstone.lifecycle.transcripts import conversations, talk
from keepstone.measure.play import Played
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from keepstone.core.cell import Held, Plan
    from keepstone.core.system import System
    from keepstone.govern.transcripts import Talk
    from keepstone.lifecycle.talking import Outside

LARGEST = 1 << 26
CHANGED = ("target", "system", "catalogue", "code", "parts")


class Signed(msgspec.Struct, frozen=True):
    """What is read of a plan that was run."""

    seed: int
    profile: str
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """What is asked again.

    Attributes:
        finding: Id of the finding.
        trial: Number of the conversation.
        target: Another one that is asked, as `[target] chat` names it, or "".
    """

    finding: str
    trial: int
    target: str = ""


@dataclass(frozen=True)
class Replayed:
    """What came of it.

    Attributes:
        held: The finding.
        talk: The conversation.
        reproduced: Whether something was lost again; None where it could not be asked, or does not count.
        notes: What is not as it was in the run.
    """

    held: Held
    talk: Talk
    reproduced: bool | None
    notes: tuple[str, ...]


def signed(run: Path) -> Signed:
    """Read the plan of a run.

    Raises:
        InputError: If there is none.
    """
    path = run / PLAN
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        return msgspec.json.decode(data, type=Signed)
    except OSError:
        raise InputError(f"{path}: there is no run to replay.", hint="Name its folder: --run FOLDER.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise InputError(f"{path}: must be the plan of a run.") from None


def replay(system: System, folder: Path, run: Path, asked: Asked, outside: Outside) -> Replayed:
    """Ask one conversation again.

    Args:
        system: The system as described.
        folder: Where its file is.
        run: Folder of the run; what an attacker learned in it is not learned again.
        asked: What is asked.
        outside: Environment and clock.

    Raises:
        InputError: If the run has no such finding or trial, or its questions are no longer the same.
        KeepstoneError: If a part broke.
    """
    before, shelf = signed(run), KeptShelf(run / SHELF)
    opened = open_target(system, folder, seed=before.seed, shelf=shelf, outside=outside)
    if not isinstance(opened.target, Conversing):
        raise InputError("Only conversations are replayed: the target of this system is no chat system.", hint="`keepstone assess --show-rows` shows rows.")
    if opened.digests.get("data") != before.digests.get("data"):
        raise InputError("The questions are not those of the run any more: the same number would be another conversation.")
    planned = order.lay_out(system, opened, order.Choice(seed=before.seed, profile=before.profile), shelf)
    notes = tuple(f"the {name} is another than in the run" for name in CHANGED if planned.plan.digests.get(name) != before.digests.get(name))
    held = _held(planned.plan, asked.finding)
    if asked.target:
        held = _moved(held, _other(system, folder, asked.target, opened, outside))
        notes += (f"asked is {held.cell.arm.target.title}",) if isinstance(held.cell.arm.target, Chat) else ()
    return _played(held, asked.trial, before.seed, shelf, notes)


def _held(plan: Plan, finding: str) -> Held:
    found = {held.id: held for held in plan.held}
    if finding not in found:
        near = get_close_matches(finding, found, n=3, cutoff=0.4)
        raise InputError(f"The «finding» must be one of the run; got {finding[:80]!r}.", hint=f"Near it: {', '.join(near)}." if near else "")
    return found[finding]


def _other(system: System, folder: Path, target: str, opened: Opened, outside: Outside) -> Chat:
    """Another target, asked the same; what was learned of the first one serves for it too."""
    if system.target is None or not isinstance(opened.target, Chat):
        raise InputError("The «--target» must stand beside a chat system.")
    same = _kind(target) == _kind(system.target.chat)
    spec = replace(system.target, chat=target, parameters=system.target.parameters if same else {})
    return replace(opened.target, assistant=assistant(system, spec, folder, outside), known=opened.target.recipe)


def _kind(chat: str) -> str:
    """What the parameters of a target belong to: addresses share theirs, and so do functions."""
    return "address" if is_address(chat) else chat if chat.startswith("reference:") else "function"


def _moved(held: Held, target: Chat) -> Held:
    arm = replace(held.cell.arm, target=target)
    return replace(held, cell=replace(held.cell, arm=arm))


def _played(held: Held, trial: int, seed: int, shelf: KeptShelf, notes: tuple[str, ...]) -> Replayed:
    arm, metric = held.cell.arm, held.cell.metric
    size = arm.target.size(arm.condition.stream)
    if not 0 <= trial < size:
        raise InputError(f"The «--trial» of «{held.id}» must be a number from 0 to {size - 1}; got {trial}.")
    with one_thread():
        value = Played(arm, Trials(seed, arm.condition.stream, trial, trial + 1, arm.unit), (metric,)).make(shelf)
    if "error" in value:
        raise KeepstoneError(f"The conversation could not be held: {value['error'][0]}.")
    spoken, losses = next(conversations(value))
    loss = losses.get(metric.id, NOT_COUNTED)
    unknown = bool(spoken.broken) or loss == NOT_COUNTED
    return Replayed(held, talk(spoken, metric.id, loss), None if unknown else loss > 0, notes)
