"""Read what may be asked over the network (system.toml, `[scope]`), and whether the target stays within it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.system import Permission
from keepstone.intake.address import RULE, address, is_address

if TYPE_CHECKING:
    from keepstone.core.system import TargetSpec
    from keepstone.intake.fields import Section


def permission(root: Section) -> Permission | None:
    """Read `[scope]`."""
    part = root.sub("scope", default=None)
    if part is None:
        return None
    hosts = part.texts("hosts", least=1)
    for place, host in enumerate(hosts):
        if address(f"http://{host}/") is None or set(host) & set("/@?#"):
            part.problem("hosts", 'must be the name of a host, such as "api.example.org"', got=host, item=place)
    return Permission(
        hosts=tuple(host.lower() for host in hosts),
        authorised_by=part.text("authorised_by"),
        until=part.date("until").isoformat(),
        side_effects=part.flag("side_effects"),
    )


def network(part: Section, spec: TargetSpec, scope: Permission | None) -> None:
    """Note an address of the target that can't be asked, or that nobody allowed to be asked."""
    key, text = ("parameters", str(spec.parameters.get("agent", ""))) if spec.agentdojo else ("chat", spec.chat)
    if is_address(text):
        within(part, key, text, scope, secret=bool(spec.parameters.get("key")))


def within(part: Section, key: str, text: str, scope: Permission | None, *, secret: bool) -> None:
    """Note an address that can't be asked, or that nobody allowed to be asked. An address on this machine needs nobody's word.

    Args:
        part: Where it stands.
        key: The field.
        text: The address.
        scope: What may be asked.
        secret: Whether a key is sent with it.
    """
    found = address(text)
    if found is None:  # not shown: it may hold a password
        part.problem(key, RULE)
    elif not found.loopback and scope is None:
        part.problem(key, "must stand beside a table [scope] with «hosts», «authorised_by», «until» and «side_effects»: it is not on this machine")
    elif not found.loopback and scope is not None and found.host not in scope.hosts:
        part.problem(key, "must be on a host that [scope] allows", got=found.host)
    elif not found.loopback and secret and not found.secret:
        part.problem(key, "must begin with https:// where a key is sent to another machine")
