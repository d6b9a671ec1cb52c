"""Two results side by side: what newly fails, what was mended, what changed, what stayed.

A comparison is about the same question twice. Where the system, its target or its cases are not the same, the two results answer
different questions, and the comparison is refused with the difference named, unless the caller asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.govern.report import words
from keepstone.govern.report.view import VERDICTS, headline
from keepstone.ledger.canonical import encode

if TYPE_CHECKING:
    from rich.console import Console

    from keepstone.govern.document import Result
    from keepstone.govern.rows import Finding

SCHEMA = "keepstone/diff/1"
KINDS = ("new", "mended", "changed", "unchanged")
SAID = {
    "new": "newly not met",
    "mended": "mended",
    "changed": "changed",
    "unchanged": "unchanged",
}
LEAD, BEFORE = 60, 20  # letters that two long settings share before what differs is shown, and letters that are shown before it
DIGESTS = ("target", "system", "catalogue", "code")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A finding in both results, or in one of them.

    Attributes:
        id: Id of the finding.
        title: In plain words.
        before: Its verdict in the first result, or "" where it is not there.
        after: Its verdict in the second, or "".
        mean_before: Its number in the first, or None.
        mean_after: Its number in the second, or None.
        limit: Its limit in the second, or in the first where it is only there.
        what: What is different, in words; empty where nothing is.
    """

    id: str
    title: str
    before: str
    after: str
    mean_before: float | None
    mean_after: float | None
    limit: float | None
    what: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Diff:
    """The comparison.

    Attributes:
        new: Fail in the second result and not in the first.
        mended: Failed in the first and pass in the second.
        changed: Differ in another way: verdict, limit, numbers whose intervals don't meet, or there in one result only.
        unchanged: The others.
        differences: What was not the same about the two runs, one line each.
    """

    new: tuple[Change, ...]
    mended: tuple[Change, ...]
    changed: tuple[Change, ...]
    unchanged: tuple[Change, ...]
    differences: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """Give 1 where something newly fails, else 0."""
        return 1 if self.new else 0


def compare(first: Result, second: Result, *, across: bool = False) -> Diff:
    """Compare two results, the earlier one first.

    Args:
        first: The result that is held as it was.
        second: The result that is held against it.
        across: Compare although the system, its target or its cases are not the same; the differences are then listed.

    Raises:
        InputError: If they are not the same, with each difference on a line of its own.
    """
    problems = list(_different(first, second))
    if problems and not across:
        lines = [f"The «{name}» of the two results must be the same; got {_quoted(one)} and {_quoted(other)}." for name, one, other in problems]
        raise InputError(lines, hint="With --across they are compared all the same, and the differences are named.")
    before = {row.id: row for row in first.findings}
    after = {row.id: row for row in second.findings}
    kinds: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for word in dict.fromkeys([*after, *before]):
        kind, change = _change(word, before.get(word), after.get(word))
        kinds[kind].append(change)
    noted = [f"{name}: {_quoted(one)}, then {_quoted(other)}" for name, one, other in problems] + list(_noted(first, second))
    return Diff(**{kind: tuple(changes) for kind, changes in kinds.items()}, differences=tuple(noted))


def _different(first: Result, second: Result) -> Iterable[tuple[str, str, str]]:
    """Name what makes the two results answers to different questions."""
    facts = [
        ("system name", first.system.name, second.system.name),
        ("target", first.system.target, second.system.target),
        ("population", first.system.data.population, second.system.data.population),
        ("test cases", str(first.system.data.rows), str(second.system.data.rows)),
        ("digest of the data", first.digests.get("data", ""), second.digests.get("data", "")),
    ]
    yield from ((name, one, other) for name, one, other in facts if one != other)
    yield from unlike(first.system.settings, second.system.settings)


def unlike(first: Mapping[str, str], second: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """Name the settings of two chat systems that are not the same, each from where it differs; a result that has none says nothing.

    >>> list(unlike({"model": "a", "temperature": "0.0"}, {"model": "a", "temperature": "0.7"}))
    [('setting «temperature» of the target', '0.0', '0.7')]
    """
    for name in sorted({*first, *second}) if first and second else ():
        one, other = first.get(name, ""), second.get(name, "")
        if one != other:
            same = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
            start = 0 if same < LEAD else same - BEFORE
            yield f"setting «{name}» of the target", _from(one, start), _from(other, start)


def _from(text: str, start: int) -> str:
    return f"…{text[start:]}" if start else text


def _noted(first: Result, second: Result) -> Iterable[str]:
    """Name what may explain a change and does not forbid the comparison."""
    for name in DIGESTS:
        if first.digests.get(name, "") != second.digests.get(name, ""):
            yield f"the {name} is another"
    for name, one, other in (("seed", first.seed, second.seed), ("profile", first.profile, second.profile), ("alpha", first.alpha, second.alpha)):
        if one != other:
            yield f"{name}: {one}, then {other}"


def _change(word: str, before: Finding | None, after: Finding | None) -> tuple[str, Change]:
    """Put one finding in its place."""
    row = after or before
    change = Change(
        id=word,
        title=words.capital(headline(row)) if row else "",
        before=before.verdict if before else "",
        after=after.verdict if after else "",
        mean_before=before.mean if before else None,
        mean_after=after.mean if after else None,
        limit=row.limit if row else None,
        what=tuple(_what(before, after)),
    )
    if change.after == "fail" and change.before != "fail":
        return "new", change
    if change.before == "fail" and change.after == "pass" and before and after and not _another(before, after):
        return "mended", change
    return ("changed" if change.what else "unchanged"), change


def _what(before: Finding | None, after: Finding | None) -> Iterable[str]:
    """Say what is different about a finding."""
    if before is None or after is None:
        yield "only in the second" if before is None else "only in the first"
        return
    if _another(before, after):
        yield f"another slice was found: {before.metric_title}, then {after.metric_title}"
    if before.verdict != after.verdict:
        yield f"{VERDICTS[before.verdict]}, then {VERDICTS[after.verdict]}"
    if before.limit != after.limit:
        yield f"limit {words.limit_percent(before.limit)}, then {words.limit_percent(after.limit)}"
    apart = _apart(before, after)
    if apart or (before.verdict != after.verdict and before.mean is not None and after.mean is not None):
        numbers = ", then ".join(_number(row) for row in (before, after))
        yield numbers if apart else f"{numbers} (the intervals overlap)"


def _another(before: Finding, after: Finding) -> bool:
    """Tell whether a searched slice is another one: its id only counts, so two runs may mean two things by it."""
    return "-within-slice-" in before.id and before.metric_title != after.metric_title


def _number(row: Finding) -> str:
    """Show a number with its interval, unless it speaks of fewer than ten people."""
    few = row.trials is not None and 0 < row.trials < words.FEWEST
    return words.HIDDEN if few else f"{words.percent(row.mean)} {words.percents(row.lower, row.upper)}"


def _apart(before: Finding, after: Finding) -> bool:
    """Tell whether the two intervals have no value in common."""
    if before.lower is None or before.upper is None or after.lower is None or after.upper is None:
        return False
    return before.upper < after.lower or after.upper < before.lower


def _quoted(text: str) -> str:
    """Show a piece of foreign text, short and inert."""
    return repr(words.clean(text, longest=80))


def render(diff: Diff) -> bytes:
    """Give the comparison as canonical JSON."""
    body = {kind: [asdict(change) for change in getattr(diff, kind)] for kind in KINDS}
    return encode({"schema": SCHEMA, **body, "differences": list(diff.differences)})


def show(diff: Diff, console: Console) -> None:
    """Print the comparison; foreign text is printed as text, never as markup."""
    from rich.text import Text

    for line in lines(diff):
        console.print(Text(line), soft_wrap=True)


def lines(diff: Diff) -> list[str]:
    """Give the comparison as lines of plain text, what newly fails first; what stayed is only counted."""
    out = [words.joined(f"{len(getattr(diff, kind))} {SAID[kind]}" for kind in KINDS)]
    out += [f"  note: {note}" for note in diff.differences]
    for kind in KINDS[:-1]:
        changes = getattr(diff, kind)
        if changes:
            out += ["", words.capital(SAID[kind])]
            for change in changes:
                out += [f"  {words.clean(change.title, longest=200)} ({words.clean(change.id, longest=80)})"]
                out += [f"    {words.clean('; '.join(change.what) or change.after, longest=200)}"]
    return [words.plain(line) for line in out]
