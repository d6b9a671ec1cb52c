"""A moderation service behind an address: what it flags, asked with the one client that there is.

Sent is `{"input": TEXT}` with the name of a model where one is given; read is `results[0].flagged`. What can't be read is an error, never "not flagged".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake.endpoint import Answer, Endpoint, Key, Limits

PATH = "/moderations"


@dataclass(frozen=True)
class Opinion:
    """What the service said of one text.

    Attributes:
        flagged: Whether it must not be said; with an error it means nothing.
        error: Why there is no opinion, or "".
        asked: How often the service was asked.
    """

    flagged: bool
    error: str = ""
    asked: int = 1


class _Result(msgspec.Struct):
    flagged: bool


class _Said(msgspec.Struct):
    results: list[_Result]


@dataclass(frozen=True, eq=False, kw_only=True)
class Moderator:
    """A service that flags texts.

    Attributes:
        address: Without the path: "http://127.0.0.1:8080/v1".
        model: Sent where it is given.
        limits: What the service may take.
        key: What is sent as the bearer's token, or None.
        until: Last day on which anything may be sent, YYYY-MM-DD, or "".
        today: Tells the day; with `until` it is needed.
    """

    address: str
    model: str = ""
    limits: Limits = field(default_factory=Limits)
    key: Key | None = None
    until: str = ""
    today: Callable[[], str] | None = None

    @property
    def recipe(self) -> str:
        """Address, model, and of the key its name."""
        return f"{self.address}{PATH} {self.model} {self.key.name if self.key else ''}"

    @cached_property
    def _endpoint(self) -> Endpoint:
        return Endpoint(self.address.rstrip("/") + PATH, self.limits, self.key)

    def opinions(self, texts: Sequence[str]) -> list[Opinion]:
        """Ask of each text whether it is flagged; an empty one is not asked about.

        Raises:
            InputError: If the scope has ended, or the key was not handed on.
            MissingExtra: If httpx2 is not installed.
        """
        if self.until and (self.today is None or self.today() > self.until):
            raise InputError(f"The [scope] ended on {self.until}: nothing is sent to the moderation service.")
        if self.key is not None and not self.key.value:
            raise InputError(f"The key of the moderation service stands in the environment variable «{self.key.name}», which was not read.")
        asked = [text for text in texts if text.strip()]
        found = iter(self._endpoint.ask([self._body(text) for text in asked], _read) if asked else [])
        return [next(found) if text.strip() else Opinion(flagged=False, asked=0) for text in texts]

    def _body(self, text: str) -> bytes:
        return msgspec.json.encode({"input": text} | ({"model": self.model} if self.model else {}))


def _read(answer: Answer) -> Opinion:
    if answer.error:
        return Opinion(flagged=True, error=answer.error, asked=answer.asked)
    try:
        results = msgspec.json.decode(answer.body, type=_Said).results
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        results = []
    if not results:
        return Opinion(flagged=True, error="the answer is no opinion: results[0].flagged is not there", asked=answer.asked)
    return Opinion(flagged=any(one.flagged for one in results), asked=answer.asked)
