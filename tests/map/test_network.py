"""What may be asked over the network: an address on this machine by anybody, another only within a [scope] that somebody answers for."""

from __future__ import annotations

import pytest

from keepstone.core.errors import InputError
from keepstone.core.system import Permission
from keepstone.map.describe import describe

HEAD = '[system]\nname = "bot"\npurpose = "answers"\nautonomy = "advises"\npopulation = "patients"\n'
SCOPE = '[scope]\nhosts = ["API.example.org"]\nauthorised_by = "A. Name"\nuntil = 2026-12-31\nside_effects = false\n'


def target(address: str, parameters: str = 'model = "m"') -> str:
    return f'[target]\nchat = "{address}"\nparameters = {{ {parameters} }}\n'


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1", "http://127.9.9.9/v1"])
def test_this_machine_needs_nobody_s_word(address: str) -> None:
    system = describe(HEAD + target(address), name="system.toml")
    assert system.target is not None
    assert (system.target.chat, system.scope, system.kind) == (address, None, "chat")


def test_another_machine_is_within_its_scope() -> None:
    system = describe(HEAD + target("https://api.example.org/v1") + SCOPE, name="system.toml")
    assert system.scope == Permission(hosts=("api.example.org",), authorised_by="A. Name", until="2026-12-31", side_effects=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (target("https://api.example.org/v1"), "system.toml:7: The «chat» of «target» must stand beside a table [scope]"),
        (target("https://other.example.org/v1") + SCOPE, "must be on a host that [scope] allows; got"),
        (target("https://api.example.org.evil.org/v1") + SCOPE, "must be on a host that [scope] allows; got"),
        (target("http://127.0.0.1.example.org/v1"), "must stand beside a table [scope]"),
        (target("http://127.1/v1"), "must stand beside a table [scope]"),
        (target("http://0.0.0.0/v1"), "must stand beside a table [scope]"),
        (target("http://api.example.org/v1", 'model = "m", key = "NAME"') + SCOPE, "must begin with https:// where a key is sent"),
        (target("https://me:word@api.example.org/v1") + SCOPE, "must be an address such as"),
        (target("https://api.example.org/v1?key=word") + SCOPE, "must be an address such as"),
        (target("https://api.example.org:99999/v1") + SCOPE, "must be an address such as"),
        (target("https:///v1") + SCOPE, "must be an address such as"),
        (target("http://127.0.0.1/v1") + SCOPE.replace("until = 2026-12-31\n", ""), "The «until» of «scope» must be given"),
        (target("http://127.0.0.1/v1") + SCOPE.replace("side_effects = false\n", ""), "The «side_effects» of «scope» must be given"),
        (target("http://127.0.0.1/v1") + SCOPE.replace('"API.example.org"', '"a/b"'), "must be the name of a host"),
        (target("http://127.0.0.1/v1") + SCOPE.replace('["API.example.org"]', "[]"), "The «hosts» of «scope» must be a list of at least 1"),
    ],
)
def test_what_lies_outside_is_refused_in_a_line(text: str, told: str) -> None:
    with pytest.raises(InputError) as raised:
        describe(HEAD + text, name="system.toml")
    assert told in str(raised.value)
    assert "word@" not in str(raised.value)
    assert "key=word" not in str(raised.value)
    assert len(raised.value.problems) == 1
