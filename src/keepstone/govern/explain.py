"""The arithmetic of one verdict in plain words: limit, trials, mean, evidence, what a claim needed, and why it came out so.

The rule is that of e-BH (Wang and Ramdas 2022): of C cells with R claims standing, a claim stands if its e-value is at least
C / (alpha R); one that does not stand is held against C / (alpha (R + 1)). The interval shown is made of the same evidence, so that
it lies wholly under the limit where the criterion is met, and at or over it where it is not.
"""

from __future__ import annotations

import difflib
import textwrap

from keepstone.core.errors import InputError
from keepstone.core.probe import rests
from keepstone.govern.document import Result
from keepstone.govern.report import words
from keepstone.govern.report.view import VERDICTS, area_name
from keepstone.govern.rows import Finding

WIDTH = 96
LABEL = 12


def explain(result: Result, word: str) -> str:
    """Explain the verdict of a finding.

    Args:
        result: The result that holds it.
        word: Id of the finding.

    Returns:
        Plain text of at most 96 columns, ending with a line end.

    Raises:
        InputError: If the result has no such finding; the nearest ones are named.
    """
    row = next((row for row in result.findings if row.id == word), None)
    if row is None:
        near = difflib.get_close_matches(word, [row.id for row in result.findings], n=3, cutoff=0.4)
        hint = f"Near it: {', '.join(near)}." if near else f"It holds {words.plural(len(result.findings), 'finding', 'findings')}."
        raise InputError(f"The «finding» must be one of the result; got {words.clean(word, longest=80)!r}.", hint=hint)
    parts = [("Asked", _asked(row)), ("Limit", _limit(row))]
    if row.mean is None:
        parts.append(("Measured", words.HIDDEN if _few(row) else "nothing"))
    else:
        parts += [("Measured", _measured(row)), ("Evidence", _evidence(result, row)), ("Interval", _interval(result, row))]
    parts.append(("Verdict", _verdict(result, row)))
    title = f"{words.clean(row.id, longest=WIDTH - 20)}: {VERDICTS[row.verdict]}"
    return "\n".join([title, "", *(_paragraph(label, text) for label, text in parts)]) + "\n"


def _paragraph(label: str, text: str) -> str:
    """Set a paragraph in under its label."""
    said = words.plain(words.clean(text, longest=1200))
    return textwrap.fill(said, WIDTH, initial_indent=label.ljust(LABEL), subsequent_indent=" " * LABEL, break_on_hyphens=False)


def _few(row: Finding) -> bool:
    """Tell whether it speaks of too few people to be shown."""
    return row.trials is not None and 0 < row.trials < words.FEWEST


def _asked(row: Finding) -> str:
    """Say what was asked."""
    what = ", ".join(part for part in (row.metric_title or row.metric, row.condition_title or row.condition) if part)
    place = f", with {row.mitigation}" if row.mitigation and row.mitigation != "none" else ""
    return f"{row.title} ({row.side}, {area_name(row.area).lower()}): the mean of {what}{place}"


def _limit(row: Finding) -> str:
    """Say whose limit it is."""
    limit = words.limit_percent(row.limit)
    if not row.adopted:
        return f"{limit}, from the catalogue; nobody adopted it, so it can't make its half met"
    return f"{limit}, set by {row.set_by}" + (f" on {row.date}" if row.date else "") + (f": {row.reason}" if row.reason else "")


def _measured(row: Finding) -> str:
    """Say what came out."""
    if _few(row):
        return words.HIDDEN
    count = f", {words.whole(row.count)} of them lost" if row.count is not None else ""
    parts = "; ".join(f"{name}: {shown}" for name, shown in ((part.name, _part(part.trials, part.mean)) for part in row.parts))
    return f"{words.percent(row.mean)} over {words.whole(row.trials or 0)} trials{count}" + (f" ({parts})" if parts else "") + _nominal(row)


def _part(trials: int, mean: float | None) -> str:
    """Show a part, unless it is small."""
    return words.KEPT if trials < words.FEWEST else f"{words.percent(mean)} of {words.whole(trials)}"


def _nominal(row: Finding) -> str:
    """Say what it is in ordinary use."""
    return f"; in ordinary use {words.percent(row.nominal)}" if row.nominal is not None else ""


def _needed(result: Result, row: Finding) -> tuple[float, int]:
    """Give the e-value that a claim of this cell needs, and the number of claims that it counts."""
    family = result.families.verdicts
    standing = max(1, family.claimed) if row.verdict in {"pass", "fail"} else family.claimed + 1
    return max(1, family.cells) / (result.alpha * standing), standing


def _evidence(result: Result, row: Finding) -> str:
    """Set the e-values against what they need."""
    needed, standing = _needed(result, row)
    sides = f"e-value {_e(row.e_pass)} that the mean is under the limit, {_e(row.e_fail)} that it is at or over it."
    rule = f"{result.families.verdicts.cells} cells / (alpha {result.alpha:g} x {standing}) = {needed:.4g}"
    if row.verdict in {"pass", "fail"}:
        return f"{sides} A claim needs {rule}, as {result.families.verdicts.claimed} claims stand."
    return f"{sides} To be one claim more than the {result.families.verdicts.claimed} that stand, it would need {rule}."


def _e(value: float | None) -> str:
    """Write an e-value."""
    return "none" if value is None else f"{value:.4g}"


def _interval(result: Result, row: Finding) -> str:
    """Say what the interval holds."""
    if _few(row):
        return words.HIDDEN
    critical = "; critical, so also family-wise" if row.critical else ""
    return f"{words.percents(row.lower, row.upper)} %: the values that the same evidence does not rule out{_level(result)}{critical}"


def _level(result: Result) -> str:
    """Say at which level a bound stands."""
    level = result.families.verdicts.level
    if level is None:
        return ""
    return f", each bound at level {level:.4g}" if result.design == "all items" else f", each bound where its e-value reaches {level:.4g}"


def _verdict(result: Result, row: Finding) -> str:
    """Say why it came out so, and whether the figures bear it out."""
    reasons = {
        "pass": "met: the whole interval lies under the limit",
        "fail": "not met: the whole interval lies at or over the limit",
        "inconclusive": _open(result, row),
        "not_measured": f"not measured: {row.why or 'nothing ran'}",
        "error": f"error: {row.why or 'the target or the probe broke'}",
    }
    said = reasons[row.verdict]
    why = f" ({row.why})" if row.why and row.verdict in {"pass", "fail", "inconclusive"} else ""
    return said + why + ("" if _agrees(result, row) else ". These figures do not bear the verdict out: run tools/verify.py on the folder of the run")


def _open(result: Result, row: Finding) -> str:
    """Say what keeps a criterion open."""
    if row.provisional:
        return f"inconclusive: it rests on {rests(row.provisional)}, and that can't give met"
    if row.kind in {"modelled", "example"}:
        return f"inconclusive: the number is {row.kind}, and only measured and proved ones give met"
    if row.floor:
        floor = next((other for other in result.findings if other.id == row.floor), None)
        if floor is not None and floor.verdict != "pass":
            return f"inconclusive: its floor of usefulness, {row.floor}, is {VERDICTS[floor.verdict]}"
    return "inconclusive: the limit lies inside the interval"


def _agrees(result: Result, row: Finding) -> bool:
    """Tell whether verdict, e-values and interval agree."""
    if row.lower is None or row.upper is None or row.limit is None or row.mean is None:
        return row.verdict in {"not_measured", "error"} or row.mean is not None or _few(row)
    needed, _ = _needed(result, row)
    slack = 1 - 1e-9
    if row.verdict == "pass":
        return row.upper <= row.limit and (row.e_pass or 0.0) >= needed * slack
    if row.verdict == "fail":
        return row.lower >= row.limit and (row.e_fail or 0.0) >= needed * slack
    return row.verdict != "inconclusive" or max(row.e_pass or 0.0, row.e_fail or 0.0) < needed
