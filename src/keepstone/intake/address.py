"""The address of a service, read as text before anything is opened: where it leads, and whether it stays on this machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

SCHEMES = ("http", "https")
RULE = 'must be an address such as "http://127.0.0.1:8080/v1", without a user, a query or a fragment'


@dataclass(frozen=True)
class Address:
    """Where a service answers.

    Attributes:
        url: The address without a slash at its end.
        host: Its host, in lower case.
        port: Its port, that of the scheme where none is given.
        secret: Whether what is sent can't be read on the way.
    """

    url: str
    host: str
    port: int
    secret: bool

    @property
    def loopback(self) -> bool:
        """Whether it stays on this machine."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def is_address(text: str) -> bool:
    """Say whether a text is meant as an address, right or wrong.

    >>> is_address("https://example.org/v1"), is_address("bot.py:reply")
    (True, False)
    """
    return text.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def address(text: str) -> Address | None:
    """Read an address; None where it breaks `RULE`. A user, a query or a fragment is refused: it may hold a secret, and an address is shown.

    >>> address("http://127.0.0.1:8080/v1/").url, address("https://API.example.org/v1").host
    ('http://127.0.0.1:8080/v1', 'api.example.org')
    >>> address("https://me:secret@example.org/v1") is None
    True
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    plain = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    if not (plain and parts.scheme in SCHEMES and host) or "@" in parts.netloc or "?" in text or "#" in text:
        return None
    secret = parts.scheme == "https"
    return Address(text.rstrip("/"), host, port or (443 if secret else 80), secret)
