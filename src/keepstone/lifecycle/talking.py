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
        whole: Whether what is said is kept as it is, secrets and personal data too.
        proxy: Address of the tester's proxy, or "".
        authority: Path of the certificate by which that proxy is trusted, or "".
    """

    environment: Mapping[str, str] | None = None
    today: Callable[[], str] | None = None
    whole: bool = False
    proxy: str = ""
    authority: str = ""


def assistant(system: System, spec: TargetSpec, folder: Path, outside: Outside) -> Assistant:
    """What answers a conversation: "reference:NAME", the address of an endpoint, or a function of a file.

    Raises:
        InputError: If it is not known, lies outside the scope, or its key is not there.
    """
    if is_address(spec.chat):
        return _endpoint(system, spec, outside)
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


def _endpoint(system: System, spec: TargetSpec, outside: Outside) -> Assistant:
    """A service behind an address; of its key the system file holds the name of an environment variable."""
    strange = [name for name in GIVEN if name in spec.parameters]
    if strange:
        raise InputError(f"The «{strange[0]}» of «parameters» must not be given: it stands in [target] or [scope].")
    given = {**spec.parameters, "address": spec.chat, "seconds": spec.seconds, "until": _until(system, spec.chat, outside), "today": outside.today}
    if "key" in given:
        given["key"] = _key(given["key"], outside)
    return cast("Assistant", inventory.build("assistant", "openai", given))


def _until(system: System, text: str, outside: Outside) -> str:
    """The last day on which the address may be asked; "" for one on this machine.

    Raises:
        InputError: If it lies outside the scope, or the scope has ended.
    """
    found = address(text)
    if found is not None and found.loopback:
        return ""
    if found is None or system.scope is None or found.host not in system.scope.hosts:
        raise InputError("The address of the target lies outside the [scope] of the system file: nothing is sent.")
    if outside.today is not None and outside.today() > system.scope.until:
        raise InputError(f"The [scope] ended on {system.scope.until}: nothing is sent to {found.host}.", hint="Who authorised it may set another «until».")
    return system.scope.until


def _key(name: object, outside: Outside) -> Key:
    if not isinstance(name, str) or not name.isidentifier() or name != name.upper():
        raise InputError("The «key» of «parameters» must be the name of an environment variable, in capital letters; the key itself stands in no file.")
    if outside.environment is None:
        return Key(name, "")
    value = outside.environment.get(name, "")
    if not value:
        raise InputError(f"The key of the target stands in the environment variable «{name}», which is not set.")
    if not (value.isascii() and value.isprintable()):
        raise InputError(f"The environment variable «{name}» must hold a key on one line.")
    return Key(name, value)
