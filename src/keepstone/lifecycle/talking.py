"""From `[target] chat` to what answers conversations: a scripted assistant, a function, or a service behind an address within its scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from keepstone.core.errors import InputError
from keepstone.intake.address import address, is_address
from keepstone.intake.endpoint import Key
from keepstone.intake.smol import MODEL, located, runtime, served
from keepstone.lifecycle import inventory
from keepstone.lifecycle.named import function_of

if TYPE_CHECKING:
    from keepstone.core.chat import Assistant
    from keepstone.core.system import System, TargetSpec
    from keepstone.parts.assistants.smol import Smol

GIVEN = ("address", "seconds", "until", "today")
"""Parameters of an endpoint that stand elsewhere in the system file, or come from the face."""


@dataclass(frozen=True)
class Outside:
    """What only a face knows, handed on.

    Attributes:
        environment: Variables by name; None where nothing will be sent, so that no key is needed.
        today: Tells the day, as YYYY-MM-DD.
    """

    environment: Mapping[str, str] | None = None
    today: Callable[[], str] | None = None


def assistant(system: System, spec: TargetSpec, folder: Path, outside: Outside) -> Assistant:
    """What answers a conversation: "reference:NAME", the address of an endpoint, or a function of a file.

    Raises:
        InputError: If it is not known, lies outside the scope, or its key is not there.
    """
    if is_address(spec.chat):
        refuse_given(spec.parameters, "[target]")
        return endpoint(system, spec.chat, {**spec.parameters, "seconds": spec.seconds}, outside, who="target")
    kind, _colon, name = spec.chat.partition(":")
    if (kind, name) == ("reference", "smol"):
        return _small(spec, outside)
    if kind == "reference":
        return cast("Assistant", inventory.build("assistant", name, spec.parameters))
    found = {**spec.parameters, "function": function_of(spec.chat, folder), "seconds": spec.seconds}
    return cast("Assistant", inventory.build("assistant", "function", found))


def _small(spec: TargetSpec, outside: Outside) -> Assistant:
    """The small model on this machine; every process that asks it serves it to itself."""
    strange = [name for name in ("connect", "runtime") if name in spec.parameters]
    if strange:
        raise InputError(f"The «{strange[0]}» of «parameters» must not be given.")
    one = cast("Smol", inventory.build("assistant", "smol", {**spec.parameters, "runtime": runtime()}))
    if outside.environment is None:
        return one
    located()
    return replace(one, connect=partial(_served, float(one.temperature), one.max_tokens, spec.seconds))


@cache
def _served(temperature: float, max_tokens: int, seconds: float) -> Assistant:
    """A client of the small model, which is served with the first call."""
    given = {"temperature": temperature, "max_tokens": max_tokens, "concurrency": 1, "attempts": 2, "seconds": seconds}
    return cast("Assistant", inventory.build("assistant", "openai", {"address": served(), "model": MODEL, **given}))


def endpoint(system: System, where: str, parameters: Mapping[str, object], outside: Outside, *, who: str) -> Assistant:
    """A service behind an address; of its key the system file holds the name of an environment variable.

    Args:
        system: With the scope.
        where: The address.
        parameters: Of the assistant, without what stands in the scope.
        outside: Environment and clock.
        who: What messages call it: "target", or a judge.

    Raises:
        InputError: If it lies outside the scope, or its key is not there.
    """
    given = {**parameters, "address": where, "until": _until(system, where, outside, who), "today": outside.today}
    if "key" in given:
        given["key"] = _key(given["key"], outside, who)
    return cast("Assistant", inventory.build("assistant", "openai", given))


def refuse_given(parameters: Mapping[str, object], where: str) -> None:
    """Refuse parameters of an endpoint that stand elsewhere.

    Raises:
        InputError: If there is one.
    """
    strange = [name for name in GIVEN if name in parameters]
    if strange:
        raise InputError(f"The «{strange[0]}» of «parameters» must not be given: it stands in {where} or [scope].")


def _until(system: System, text: str, outside: Outside, who: str) -> str:
    """The last day on which the address may be asked; "" for one on this machine.

    Raises:
        InputError: If it lies outside the scope, or the scope has ended.
    """
    found = address(text)
    if found is not None and found.loopback:
        return ""
    if found is None or system.scope is None or found.host not in system.scope.hosts:
        raise InputError(f"The address of the {who} lies outside the [scope] of the system file: nothing is sent.")
    if outside.today is not None and outside.today() > system.scope.until:
        raise InputError(f"The [scope] ended on {system.scope.until}: nothing is sent to {found.host}.", hint="Who authorised it may set another «until».")
    return system.scope.until


def _key(name: object, outside: Outside, who: str) -> Key:
    if not isinstance(name, str) or not name.isidentifier() or name != name.upper():
        raise InputError("The «key» of «parameters» must be the name of an environment variable, in capital letters; the key itself stands in no file.")
    if outside.environment is None:
        return Key(name, "")
    value = outside.environment.get(name, "")
    if not value:
        raise InputError(f"The key of the {who} stands in the environment variable «{name}», which is not set.")
    if not (value.isascii() and value.isprintable()):
        raise InputError(f"The environment variable «{name}» must hold a key on one line.")
    return Key(name, value)
