"""What every export starts from: the result, its digest, the facts of the run, and the same words for the same finding.

Same result, same bytes: names are digests (uuid5), times are those of run.json. In no format is anything called passed or satisfied but a
criterion that is met.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version

from keepstone.core.errors import InputError
from keepstone.govern.document import Result, Run, State, Unmeasured
from keepstone.govern.export.place import PLACE
from keepstone.govern.read import encode_result
from keepstone.govern.report import words
from keepstone.govern.report.view import VERDICTS, FindingView, ReportView, gap_name, view
from keepstone.ledger.canonical import digest

TOOL = "Keepstone"
NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:keepstone:export:1")
LONGEST = 1_000

HALVES = {"safety": "Does it avoid unintended harm?", "security": "Does it withstand intentional attack?"}


def text(foreign: str, longest: int = LONGEST) -> str:
    r"""Foreign text as one line that acts on nobody.

    >>> text("a\x1b[31m\nb")
    'a[31m b'
    """
    return words.plain(words.clean(foreign, longest=longest)).strip()


@dataclass(frozen=True)
class Source:
    """What an export is made of.

    Attributes:
        result: What was found.
        run: The facts of the run, where run.json is at hand.
        place: File of the user's repository that alerts are shown at.
        whole: Whether formats that show alerts also hold what raises none.
    """

    result: Result
    run: Run | None = None
    place: str = PLACE
    whole: bool = False

    @cached_property
    def digest(self) -> str:
        """`sha256:` of the result's canonical bytes."""
        return digest(encode_result(self.result))

    @cached_property
    def view(self) -> ReportView:
        """The result in words."""
        return view(self.result)

    @property
    def version(self) -> str:
        """Version of this Keepstone."""
        return version("keepstone")

    @property
    def name(self) -> str:
        """The system's name."""
        return text(self.result.system.name, 200) or "system"

    @property
    def start(self) -> str:
        """When the run began, RFC 3339 in UTC; "" where nobody says."""
        return moment(self.run.start, "start") if self.run else ""

    @property
    def end(self) -> str:
        """When it ended, likewise."""
        return moment(self.run.end, "end") if self.run else ""

    def uuid(self, *about: str) -> str:
        """The name of a thing in the export of this very result."""
        return str(uuid.uuid5(NAMES, "\n".join((self.digest, *about))))

    def verdicts(self) -> tuple[tuple[str, State], ...]:
        """The two halves, each with what is said of it."""
        return (("safety", self.result.verdict.safety), ("security", self.result.verdict.security))


def moment(given: str, field: str) -> str:
    """A time of run.json as RFC 3339 in UTC.

    >>> moment("2026-11-24T18:12:52+01:00", "start")
    '2026-11-24T17:12:52Z'

    Raises:
        InputError: If it is none, or of no time zone.
    """
    if not given:
        return ""
    try:
        found = datetime.fromisoformat(given)
        if found.tzinfo is not None:
            return found.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        pass
    raise InputError(f"The «{field}» of «run.json» must be a time with its zone, such as 2026-11-24T17:12:52+00:00; got {text(given, 40)!r}.")


def timed(source: Source, format_: str) -> tuple[str, str]:
    """When the run began and ended, for a format that must say so.

    Raises:
        InputError: If run.json does not lie beside the result, or holds no times.
    """
    start, end = source.start, source.end
    if not start or not end:
        missing = "must lie beside the result" if source.run is None else "must hold «start» and «end»"
        raise InputError(f"The «run.json» of «{source.name}» {missing}: {format_} says when it was measured, and no clock is asked here.")
    return start, end


def said(one: FindingView) -> str:
    """A finding in a sentence: what was measured, how it came out, against what."""
    row = one.row
    parts = [f"{text(one.headline, 300)}: {VERDICTS[row.verdict]}", numbers(one)]
    parts += [f"provisional: rests on guesses of {text(', '.join(row.provisional), 200)}"] if row.provisional else []
    parts += [text(row.why, 400).rstrip(".")] if row.why else []
    return "; ".join(part for part in parts if part) + "."


def numbers(one: FindingView) -> str:
    """Its number, interval, limit and counts; why there is none where it has none."""
    row = one.row
    limit = "" if row.limit is None else f"limit {words.limit_percent(row.limit)}" + ("" if row.adopted else " (adopted by nobody)")
    number = one.number.replace("[", "(").replace("]", ")")  # brackets would be a link in more than one format
    return words.plain(", ".join(part for part in (number, limit, one.people) if part))


def who(one: FindingView) -> str:
    """Who set the limit, on what grounds."""
    row = one.row
    if not row.adopted:
        return "The limit is the catalogue's; nobody adopted it."
    rests = "; ".join(text(part, 300).rstrip(".") for part in (row.reason, row.source, row.date) if part)
    return f"Limit set by {text(row.set_by, 120) or 'somebody unnamed'}: {rests}." if rests else f"Limit set by {text(row.set_by, 120) or 'somebody unnamed'}."


def gap(one: Unmeasured) -> str:
    """A question that was not put, in a sentence."""
    return f"{words.capital(text(gap_name(one), 300))}: not measured; {text(one.why, 400).rstrip('.') or 'no reason is given'}."
