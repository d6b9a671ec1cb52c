"""The result as Markdown for a pull request: short, what failed first, and nothing in it that acts.

Foreign text can't make a heading, a link, an image, a mention or a table cell: the letters that mean something to Markdown are
escaped, and those that a forge turns into links by itself (`@name`, `#12`, `https://`) are followed by a word joiner.
"""

from __future__ import annotations

from collections.abc import Iterable

from keepstone.govern.document import Result
from keepstone.govern.report import matrix, words
from keepstone.govern.report.terminal import SIGNS
from keepstone.govern.report.view import FindingView, ReportView, area_name, gap_name, intersections, view
from keepstone.govern.rows import Triple

ROWS = 20
GAPS = 20
CROSSED = 8
MARKS = {"less loss": "●", "more loss": "◆", "no worse": "·", "inconclusive": "?"}
_ESCAPED = "\\`*_{}[]()#+!|~$^="
_JOINER = "\N{WORD JOINER}"


def escape(text: str, *, longest: int = 160) -> str:
    r"""Make foreign text inert in Markdown, wherever it stands.

    >>> escape("[a](b) | <i> *x*")
    '\\[a\\]\\(b\\) \\| &lt;i> \\*x\\*'
    """
    safe = "".join("\\" + letter if letter in _ESCAPED else letter for letter in words.plain(words.clean(text, longest=longest)).strip())
    safe = safe.replace("&", "&amp;").replace("<", "&lt;")
    for sign in ("@", "\\#", "://", "www", "GH-"):
        safe = safe.replace(sign, sign + _JOINER)
    return _defused(safe)


def _defused(text: str) -> str:
    """Escape a beginning that would start a list, a quotation or a rule."""
    if text[:1] in {"-", ">"}:
        return "\\" + text
    digits = len(text) - len(text.lstrip("0123456789"))
    return text[:digits] + "\\" + text[digits:] if digits and text[digits : digits + 1] in {".", ")"} else text


def code(text: str) -> str:
    """Show a word of the machine.

    >>> code("fairness.sex")
    '`fairness.sex`'
    """
    bare = words.clean(text, longest=120).strip().replace("`", "'").replace("|", "¦")
    return f"`{bare}`" if bare else ""


def render(result: Result) -> str:
    """Render the summary for a pull request.

    Args:
        result: What was found.

    Returns:
        Markdown, the same text for the same result.
    """
    shown = view(result)
    parts = [
        f"# Keepstone: {escape(result.system.name, longest=120)}",
        f"**Overall {shown.overall_word}.** Both halves have to be met; nothing is averaged across the two.",
        _halves(shown),
        _failing(shown),
        _sentences(result),
        _matrix(result),
        _crossed(result),
        _gaps(result),
        _footer(result),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table; its cells are escaped already."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *([*row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _halves(shown: ReportView) -> str:
    """The two halves, then the areas that are not met."""
    rows = []
    for half in shown.halves:
        adopted = f" · {words.plural(len(half.not_adopted), 'limit', 'limits')} not adopted" if half.not_adopted else ""
        rows.append((f"**{half.side.capitalize()}**", f"{SIGNS[half.icon]} **{half.word}**", words.plain(half.tally + adopted)))
        rows += [(area.name, f"{SIGNS[area.icon]} {area.word}", escape(area.said)) for area in half.areas]
    return _table(("", "", ""), rows)


def _failing(shown: ReportView) -> str:
    """What failed or broke, worst first."""
    bad = [one for one in shown.findings if one.row.verdict in {"fail", "error"}]
    if not bad:
        return ""
    rows = [_finding(one) for one in bad[:ROWS]]
    more = f"\n\nand {len(bad) - ROWS} more." if len(bad) > ROWS else ""
    how = "\n\nThe arithmetic of each is shown by its command, with `--result FOLDER/result.json` where the result is not in `keepstone-out`."
    return f"## Not met\n\n{_table(('', 'Finding', 'Measured', 'Limit', 'People', 'Arithmetic'), rows)}{more}{how}"


def _finding(one: FindingView) -> tuple[str, ...]:
    """One line of the table."""
    row = one.row
    return (
        f"{SIGNS[one.icon]} {one.word}",
        f"{escape(one.headline)}<br>{escape(row.title)}",
        words.plain(one.number) if one.shown else escape(one.number or row.why),
        words.plain(words.limit_percent(row.limit)) + ("" if row.adopted else " (not adopted)"),
        words.plain(one.people),
        code(f"keepstone explain {row.id}"),
    )


def _sentences(result: Result) -> str:
    """The three sentences."""
    if not result.sentences:
        return ""
    return "## What matters most\n\n" + "\n".join(f"{i}. {escape(one.text, longest=600)}" for i, one in enumerate(result.sentences, start=1))


def _matrix(result: Result) -> str:
    """The mitigation matrix, a column a mitigation."""
    drawn = matrix.matrix(result)
    if drawn is None:
        return ""
    head = ["", *(f"**{escape(row.name, longest=48)}**" if row.strong else escape(row.name, longest=48) for row in drawn.rows)]
    rows = [["kind", *(escape(row.kind) for row in drawn.rows)]]
    for i, column in enumerate(drawn.columns):
        rows.append([f"{column.key[0]}: {escape(column.title, longest=80)}", *(_mark(row.cells[i]) for row in drawn.rows)])
    key = "● less loss · ◆ more loss · `·` shown no worse · `?` inconclusive · blank: not measured."
    strong = "**Bold**: as observed, no other does as well everywhere and better somewhere."
    how = "People per 1 000, on the same people; the attacker knows the mitigation."
    return f"## What each fix does to both halves\n\n{_table(head, rows)}\n\n{key} {strong} {how}"


def _mark(cell: tuple[str, str, str]) -> str:
    """Shorten a crossing to its sign, and to its number where one was claimed."""
    number, _, claim = cell
    sign = MARKS.get(claim, "")
    return f"{sign} {number}" if sign in {"●", "◆"} else sign


def _crossed(result: Result) -> str:
    """Where two groups meet, the most missed first."""
    found = intersections(result)
    if not found or result.clinical is None:
        return ""
    rows = [
        (escape(one.group, longest=80), words.whole(one.outcomes), *(words.plain(_interval(share)) for share in (one.missed, one.alarms)))
        for one in found[:CROSSED]
    ]
    more = f"{len(found) - CROSSED} more in the report. " if len(found) > CROSSED else ""
    few = result.clinical.intersections_hidden
    more += f"{words.plural(few, 'pair', 'pairs')} not shown, to tell of nobody. " if few else ""
    how = f"Shown, not judged; exact intervals of 95 %, each by itself. {more}".strip()
    return f"## Where two groups meet\n\n{_table(('', 'Outcomes', 'Missed', 'False alarms'), rows)}\n\n{how}"


def _interval(share: Triple) -> str:
    """Write a share with its interval."""
    return "" if share is None else f"{words.percent(share[0])} {words.percents(share[1], share[2])}"


def _gaps(result: Result) -> str:
    """What was not measured."""
    if not result.unmeasured:
        return ""
    lines = [f"- {area_name(one.area)}, {escape(gap_name(one))}" + (f": {escape(one.why, longest=240)}" if one.why else "") for one in result.unmeasured[:GAPS]]
    lines += [f"- and {len(result.unmeasured) - GAPS} more"] if len(result.unmeasured) > GAPS else []
    return "## Not measured\n\n" + "\n".join(lines)


def _footer(result: Result) -> str:
    """How to repeat it, and whom it speaks of."""
    plan = f" · plan {code(result.digests['plan'])}" if "plan" in result.digests else ""
    key = " · **insecure development key**" if result.key.insecure else f" · key {code(result.key.id)}" if result.key.id else " · not signed"
    promise = f"At most {words.plain(words.limit_percent(result.alpha))} of the claims are wrong on average."
    return f"---\n\nSeed {result.seed}, profile {escape(result.profile, longest=40)}{plan}{key}. {promise} {escape(result.statement, longest=400)}"
