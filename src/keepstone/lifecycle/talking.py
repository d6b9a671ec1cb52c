"""From `[target] chat` to what answers conversations: a scripted assistant, a function, or a service behind an address within its scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from string import ascii_letters, digits
from typing import TYPE_CHECKING, cast

from keepstone.core.errors import InputError
from keepstone.core.system import Autonomy
from keepstone.intake.address import address, is_address
from keepstone.intake.endpoint import Key, Way, trusted
from keepstone.intake.smol import MODEL, located, runtime, served
from keepstone.lifecycle import inventory
from keepstone.lifecycle.named import function_of

if TYPE_CHECKING:
    from keepstone.core.chat import Assistant
    from keepstone.core.system import System, TargetSpec
    from keepstone.parts.assistants.smol import Smol

ACTING = (Autonomy.ACTS_WITH_VETO, Autonomy.ACTS_ALONE)
TOKEN = frozenset(ascii_letters + digits + "-_.!#$%&'*+^`|~")
"""Letters of a header's or a cookie's name (RFC 9110)."""
GIVEN = ("address", "seconds", "until", "today", "way")
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
        InputError: If it is not known, lies outside the scope, acts where the scope allows no side effects, or its key is not there.
    """
    _harmless(system, spec)
    if is_address(spec.chat):
        refuse_given(spec.parameters, "[target]")
        return endpoint(system, spec.chat, {**spec.parameters, "seconds": spec.seconds}, outside, who="target")
    if outside.proxy:
        raise InputError("The «--proxy» must stand beside a target behind an address: nothing else is sent.")
    kind, _colon, name = spec.chat.partition(":")
    if (kind, name) == ("reference", "smol"):
        return _small(spec, outside)
    if kind == "reference":
        return cast("Assistant", inventory.build("assistant", name, spec.parameters))
    given = {name: value for name, value in spec.parameters.items() if name != "acts"}
    found = {**given, "function": function_of(spec.chat, folder), "seconds": spec.seconds}
    return cast("Assistant", inventory.build("assistant", "function", found))


def _harmless(system: System, spec: TargetSpec) -> None:
    """Refuse a target that is declared to act where whoever authorised the run allows no side effects."""
    if system.scope is None or system.scope.side_effects or spec.chat.startswith("reference:"):
        return
    said = f"its «autonomy» is «{system.autonomy.value}»" if system.autonomy in ACTING else ""
    said = said or ("«acts» of its parameters is true" if spec.parameters.get("acts") else "")
    if said:
        raise InputError(
            f"The target is declared to act ({said}), and the [scope] says «side_effects = false»: nothing is sent.",
            hint=f"{system.scope.authorised_by}, who authorised it, may set «side_effects = true»; or ask a copy that acts on nothing.",
        )


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
    headers = _headers(given.pop("headers", ()), given.pop("cookies", ()), outside)
    _hidden_on_the_way(where, [*headers, *(("key", key) for key in (given.get("key"),) if key)])
    given |= {"way": _way(system, outside)} | ({"headers": headers} if headers else {})
    return cast("Assistant", inventory.build("assistant", "http" if "request" in given else "openai", given))


def _headers(headers: object, cookies: object, outside: Outside) -> tuple[tuple[str, Key], ...]:
    """Headers and cookies, each "NAME=VARIABLE": what is sent stands in the environment.

    Raises:
        InputError: If one is written otherwise, or its variable is not set.
    """
    found = [_named(text, "headers", outside) for text in _texts(headers, "headers")]
    crumbs = [_named(text, "cookies", outside) for text in _texts(cookies, "cookies")]
    if crumbs:
        value = "; ".join(f"{name}={key.value}" for name, key in crumbs)
        together = " ".join(key.name for _name, key in crumbs)
        found.append(("Cookie", Key(together, value if all(key.value for _name, key in crumbs) else "")))
    return tuple(found)


def _texts(given: object, what: str) -> tuple[str, ...]:
    if not isinstance(given, tuple | list) or not all(isinstance(one, str) for one in given):
        raise InputError(f'The «{what}» of «parameters» must be a list such as ["X-Api-Key=BOT_KEY"]: a name, and the environment variable of its value.')
    return tuple(given)


def _named(text: str, what: str, outside: Outside) -> tuple[str, Key]:
    name, _, variable = text.partition("=")
    if not name or set(name) - TOKEN:
        raise InputError(f"The «{what}» of «parameters» must each be a name, «=», and the name of an environment variable in capital letters.")
    return name, _key(variable, outside, "target", what)


def _hidden_on_the_way(chat: str, keys: Sequence[tuple[str, object]]) -> None:
    """Refuse to send a key to another machine where anybody can read it on the way."""
    found = address(chat)
    if keys and found is not None and not found.loopback and not found.secret:
        raise InputError("The address of the target must begin with https:// where a key, a header or a cookie of yours is sent to another machine.")


def _way(system: System, outside: Outside) -> Way:
    """The tester's proxy, which sees all that is sent: on this machine, or on a host of the scope.

    Raises:
        InputError: If it is no address, lies elsewhere, or its certificate is none.
    """
    if not outside.proxy:
        return Way()
    found = address(outside.proxy)
    if found is None:
        raise InputError('The «--proxy» must be an address such as "http://127.0.0.1:8080", without a user, a query or a fragment.')
    if not found.loopback and (system.scope is None or found.host not in system.scope.hosts):
        raise InputError("The «--proxy» must be on this machine, or on a host that [scope] allows: it sees all that is sent.")
    if outside.authority:
        trusted(outside.authority)
    return Way(found.url, outside.authority)


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


def _key(name: object, outside: Outside, who: str, what: str = "key") -> Key:
    if not isinstance(name, str) or not name.isidentifier() or name != name.upper():
        raise InputError(f"The «{what}» of «parameters» must be the name of an environment variable, in capital letters; the key itself stands in no file.")
    if outside.environment is None:
        return Key(name, "")
    value = outside.environment.get(name, "")
    if not value:
        raise InputError(f"The key of the {who} stands in the environment variable «{name}», which is not set.")
    if not (value.isascii() and value.isprintable()):
        raise InputError(f"The environment variable «{name}» must hold a key on one line.")
    return Key(name, value)
