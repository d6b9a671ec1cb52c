"""What a mitigation of a chat system asks or reads, handed to it: the assistant in the target's place, a moderation service, the rules of the constitution.

Its parameters name it as plain text; here it is opened, within the scope of the system file as the target is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from keepstone.core.errors import InputError
from keepstone.core.system import TargetSpec
from keepstone.intake.address import address, is_address
from keepstone.intake.endpoint import Limits
from keepstone.intake.moderating import Moderator
from keepstone.lifecycle.talking import Outside, assistant
from keepstone.parts.mitigations.composed import Composed
from keepstone.parts.mitigations.moderation import Moderation
from keepstone.parts.mitigations.self_critique import SelfCritique
from keepstone.parts.mitigations.tuned_model import TunedModel

if TYPE_CHECKING:
    from keepstone.core.part import Mitigation
    from keepstone.core.system import System
    from keepstone.parts.assistants.openai import Openai


def handed(made: Mitigation, system: System, folder: Path, outside: Outside) -> Mitigation:
    """Give a mitigation what it asks or reads.

    Args:
        made: From its parameters alone.
        system: With target, scope and constitution.
        folder: Where the system file is.
        outside: Environment and clock.

    Raises:
        InputError: If what it names is not known, lies outside the scope, or its key is not there.
    """
    if isinstance(made, Composed):
        return replace(made, parts=tuple(handed(one, system, folder, outside) for one in made.parts))
    try:
        return _filled(made, system, folder, outside)
    except InputError as error:
        raise InputError([f"The mitigation «{made.id}»: {problem}" for problem in error.problems], hint=error.hint) from error


def _filled(made: Mitigation, system: System, folder: Path, outside: Outside) -> Mitigation:
    if isinstance(made, TunedModel) and made.assistant is None:
        other = _tuned(made, system)
        _unseen(other.chat, other.parameters.get("key"), "tuned_model")
        return replace(made, assistant=assistant(system, other, folder, outside))
    if isinstance(made, Moderation) and made.address and made.moderator is None:
        return replace(made, moderator=_moderator(made, system, folder, outside))
    if isinstance(made, SelfCritique) and not made.rules:
        return replace(made, constitution=tuple(rule.says for rule in system.constitution))
    return made


def _tuned(made: TunedModel, system: System) -> TargetSpec:
    """The other assistant as a target: what is not said is as it is for the target itself, where the two are of one kind."""
    own = system.target
    if own is None:
        raise InputError("It needs a [target] that is talked to.")
    chat = made.chat or own.chat
    alike = is_address(chat) and is_address(own.chat)
    return replace(own, chat=chat, parameters={**(own.parameters if alike or chat == own.chat else {}), **_settings(made.settings)})


def _settings(lines: tuple[str, ...]) -> Mapping[str, object]:
    try:
        found = tomllib.loads("\n".join(lines))
    except (tomllib.TOMLDecodeError, RecursionError):
        found = None
    if found is None or any(isinstance(value, dict) for value in found.values()):
        raise InputError("The «settings» of tuned_model must be lines of TOML, a name and its value each: 'model = \"tuned\"'.")
    return found


def _moderator(made: Moderation, system: System, folder: Path, outside: Outside) -> Moderator:
    """The service, held to the scope and its key read as for an assistant at the same address."""
    if not is_address(made.address):
        raise InputError("The «address» of moderation must be that of a service: http:// or https://, a host, and a path without `/moderations`.")
    _unseen(made.address, made.key, "moderation")
    seconds = system.target.seconds if system.target is not None else TargetSpec.seconds
    given = {"model": made.model or "moderation"} | ({"key": made.key} if made.key else {})
    held = cast("Openai", assistant(system, TargetSpec(chat=made.address, parameters=given, seconds=seconds), folder, outside))
    limits = Limits(concurrency=held.concurrency, seconds=held.seconds, attempts=held.attempts, largest=held.largest)
    return Moderator(address=held.address, model=made.model, limits=limits, key=held.key, until=held.until, today=held.today)


def _unseen(where: str, key: object, name: str) -> None:
    """Refuse to send a key to another machine where others could read it on the way."""
    found = address(where) if is_address(where) else None
    if key and found is not None and not found.loopback and not found.secret:
        raise InputError(f"The address of «{name}» must begin with https:// where a key is sent to another machine.")
