"""The result in a caller's hands: it shows itself, gives data frames, insists, saves, and is held against another."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from keepstone.core.errors import InputError, MissingExtra, RequirementError
from keepstone.core.origin import Area
from keepstone.core.probe import rests
from keepstone.govern.diff import Diff, compare
from keepstone.govern.read import encode_result, read_result
from keepstone.govern.report import words
from keepstone.govern.report.view import HALVES, STATES, FindingView, area_name, view
from keepstone.govern.rows import AttackHarm, Exposed, Finding, Intent, Interplay
from keepstone.govern.summary import exit_code
from keepstone.ledger.canonical import encode
from keepstone.lifecycle.record import MARKDOWN, REPORT, RESULT, Record

if TYPE_CHECKING:
    import os

    from keepstone.govern.document import AreaLine, State, Verdicts
    from keepstone.govern.document import Result as Document

WIDTH = 100
NAMED = 12
"""Findings that a refusal names; the others are counted."""


class Result:
    """What an assessment found.

    Print it for one screen, let a notebook show it, or ask:

    - `verdict.safety`, `verdict.security`, `verdict.overall`: "met", "not_met", "inconclusive" or "incomplete";
    - `findings`: every criterion with number, interval, limit and verdict; `frame()` gives them as a data frame, `effects()` the comparisons;
    - `require("safety", "security")`: raises unless both are met.

    Attributes:
        document: The result document, as `result.json` has it.
    """

    def __init__(self, document: Document) -> None:
        """Hold a result document."""
        self.document = document

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Result:
        """Read a `result.json`.

        Raises:
            InputError: If there is no such file, or it is no result.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"{path}: can't be read: {error.strerror}.") from error
        return cls(read_result(data, name=str(path)))

    # ---- what it says ----

    @property
    def verdict(self) -> Verdicts:
        """What is said of each half, and of both."""
        return self.document.verdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every criterion, in the order of the plan."""
        return self.document.findings

    @property
    def exit_code(self) -> int:
        """0 if all criteria are met, 1 if one failed, 4 if nothing failed but something is open."""
        return exit_code(self.document)

    def to_dict(self) -> dict[str, object]:
        """Give the document as plain dicts, lists, text and numbers."""
        return encode_result(self.document)

    def frame(self) -> Any:  # noqa: ANN401  a pandas data frame
        """Give the findings as a data frame, one row each, with the columns of the document.

        Raises:
            MissingExtra: If pandas is not installed.
        """
        names = [field.name for field in msgspec.structs.fields(Finding)]
        return _pandas().DataFrame([{name: getattr(one, name) for name in names} for one in self.findings], columns=names)

    def effects(self) -> Any:  # noqa: ANN401  a pandas data frame
        """Give all comparisons as a data frame: what mitigations do, what intent adds, what attacks do to harms, which flaw opens a door.

        Columns: `kind` ("mitigation", "intent", "attack_harm", "exposed_by_flaw"), `what`, `on`, `of`, `against`, `effect`, `lower`, `upper`,
        `direction`, `why`. An effect is a difference of mean losses in [-1, 1]; above 0 is worse.

        Raises:
            MissingExtra: If pandas is not installed.
        """
        document = self.document
        rows: Iterable[Interplay | Intent | AttackHarm | Exposed] = (*document.interplay, *document.intent, *document.attack_harm, *document.exposed_by_flaw)
        return _pandas().DataFrame([_effect(one) for one in rows], columns=list(EFFECT))

    # ---- what it is used for ----

    def require(self, *names: str, accept_open: bool = False) -> Result:
        """Insist that halves or areas are met.

        Args:
            names: "safety", "security", or areas such as "fairness"; both halves where none is named.
            accept_open: Refuse only what failed or broke; what is inconclusive, not measured or not adopted passes.

        Returns:
            The result itself.

        Raises:
            RequirementError: If one is not, with the findings that failed or are open.
            InputError: If a name is neither a half nor an area.
        """
        asked = names or ("safety", "security")
        known = {side: self._half(side) for side, _question in HALVES} | {line.area: line.state for line in self.document.areas}
        strange = [name for name in asked if name not in known]
        if strange:
            raise InputError(f"The «required» must be safety, security or an area ({', '.join(area.value for area in Area)}); got {strange[0]!r}.")
        refused = [name for name in asked if self._refused(name, known[name], accept_open=accept_open)]
        if refused:
            raise RequirementError("\n".join(self._refusal(refused, known)))
        return self

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write `result.json`, `report.html` and `report.md` into a folder; give its path.

        The signed plan and the log that let others verify the result are written by `assess(..., out=folder)`, while it runs.

        Raises:
            InputError: If the folder can't be made or written to.
        """
        from keepstone.govern.report.markdown import render as markdown

        record = Record(Path(folder))
        record.write(RESULT, encode(self.to_dict()))
        record.write(MARKDOWN, markdown(self.document).encode())
        self.report(record.folder / REPORT)
        return record.folder

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the report as one HTML file; give its path.

        Raises:
            InputError: If it can't be written.
        """
        from keepstone.govern.report.page import render

        place = Path(path)
        return Record(place.parent).write(place.name, render(self.document))

    def diff(self, other: Result, *, across: bool = False) -> Diff:
        """Hold it against an earlier result: what newly fails, was mended, changed, stayed.

        Args:
            other: The earlier one.
            across: Compare although system, target or cases are not the same.

        Raises:
            InputError: If they answer different questions, and `across` is not set.
        """
        return compare(other.document, self.document, across=across)

    # ---- how it shows itself ----

    def __repr__(self) -> str:
        """Say in one line what is said of each half."""
        halves = ", ".join(f"{half.side} {words.plain(half.word)}" for half in view(self.document).halves)
        return f"<keepstone.Result of {words.clean(self.document.system.name, longest=40)!r}: {halves}>"

    def __str__(self) -> str:
        """Put it on one screen of plain text."""
        from rich.console import Console

        from keepstone.govern.report.terminal import summary

        sheet = io.StringIO()
        summary(self.document, Console(file=sheet, width=WIDTH, color_system=None, force_terminal=False, highlight=False, legacy_windows=False))
        return sheet.getvalue().rstrip("\n")

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from keepstone.lifecycle.notebook import fragment

        return fragment(self.document)

    # ---- insisting ----

    def _half(self, side: str) -> State:
        return self.verdict.safety if side == "safety" else self.verdict.security

    def _mine(self, name: str) -> list[Finding]:
        return [one for one in self.findings if name in (one.side, one.area)]

    def _refused(self, name: str, state: str, *, accept_open: bool) -> bool:
        if not accept_open:
            return state not in ("met", "excluded")
        return state == "not_met" or any(one.verdict == "error" for one in self._mine(name))

    def _refusal(self, refused: Sequence[str], known: dict[str, Any]) -> list[str]:
        """The message: which are not met, then the findings behind it, worst first."""
        shown = view(self.document)
        said = "; ".join(f"{_title(name)} {STATES[known[name]]}" for name in refused)
        lines = [f"Required, but {said}."]
        mine = [one for one in shown.findings if {one.row.side, one.row.area} & set(refused)]
        behind = [one for one in mine if one.row.verdict != "pass"] + [one for one in mine if one.row.verdict == "pass" and not one.row.adopted]
        lines += [f"  {_line(one)}" for one in behind[:NAMED]]
        lines += [f"  and {len(behind) - NAMED} more"] if len(behind) > NAMED else []
        gaps = [one for one in self.document.unmeasured if {one.side, one.area} & set(refused)]
        lines += [f"  not measured: {words.clean(one.id, longest=80)}: {words.clean(one.why, longest=160)}" for one in gaps[:NAMED]]
        lines += [f"  and {len(gaps) - NAMED} more questions not measured"] if len(gaps) > NAMED else []
        silent = [line for line in self.document.areas if {line.side, line.area} & set(refused) and line.state == "incomplete" and not line.findings]
        return [words.plain(line) for line in [*lines, *_silent(silent, {one.area for one in gaps})]]


def _silent(areas: Iterable[AreaLine], said: set[str]) -> Iterable[str]:
    """Name the areas about which nothing was asked; those whose questions were named already are left out."""
    left = [line.area for line in areas if line.area not in said]
    if left:
        yield f"  nothing asked about: {', '.join(left)} (leave an area out by `exclude`, with a name and a reason)"


def _title(name: str) -> str:
    return name if name in ("safety", "security") else area_name(name).lower()


def _line(one: FindingView) -> str:
    """A finding in one line: its verdict, its id, its number against its limit, and why."""
    row = one.row
    number = f"{one.number}, limit {words.limit_percent(row.limit)}" if one.shown else one.number
    why_not = f"rests on {rests(row.provisional)}" if row.provisional and row.verdict == "inconclusive" else row.why
    why = words.joined((words.clean(why_not, longest=160), "" if row.adopted else "limit not adopted"))
    return f"{one.word}: {words.clean(row.id, longest=100)}{': ' if number else ''}{number}{'; ' if why else ''}{why}"


# ---- data frames ----

EFFECT = ("kind", "what", "on", "of", "against", "effect", "lower", "upper", "direction", "why")


def _effect(one: Interplay | Intent | AttackHarm | Exposed) -> dict[str, object]:
    """One comparison as a row."""
    rest = {"lower": one.lower, "upper": one.upper, "direction": one.direction, "why": one.why}
    if isinstance(one, Intent):
        return {"kind": "intent", "what": one.threat, "on": one.metric, "of": one.by_intent, "against": one.by_chance, "effect": one.difference, **rest}
    what, on = _about(one)
    kind = {Interplay: "mitigation", AttackHarm: "attack_harm", Exposed: "exposed_by_flaw"}[type(one)]
    return {"kind": kind, "what": what, "on": on, "of": one.of, "against": one.against, "effect": one.effect, **rest}


def _about(one: Interplay | AttackHarm | Exposed) -> tuple[str, str]:
    if isinstance(one, Interplay):
        return one.mitigation, f"{one.condition}:{one.metric}" if one.condition else one.column
    return (one.threat, one.metric) if isinstance(one, AttackHarm) else (one.flaw, one.threat)


def _pandas() -> Any:  # noqa: ANN401  the library
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("pandas", "notebook") from error
    return pd
