"""Numbers and foreign text as they are shown: the same everywhere, and inert.

Text from data, models or files may hold markup, control characters, marks that reverse the reading direction, or ten thousand
letters. `clean` takes out what acts on a reader or a terminal (Unicode Technical Report 36; CVE-2021-42574 for the reversing
marks); escaping for HTML, Markdown or the terminal is the page's own work.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

from keepstone.core import claim

LONGEST = 2_000
HUGE = 1e15  # a number that only a file made by hand holds; it is shown, not rounded
FEWEST = claim.FEWEST
HIDDEN = "fewer than 10, not shown"
KEPT = "not shown: by it, fewer than 10 could be told of"
MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
WIDE = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"

# What of the class "format" is kept: the joiners, which some scripts can't be written without.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_KEPT_SPACES = WIDE + THIN
_MOST_MARKS = 4


def clean(text: str, *, longest: int = LONGEST) -> str:
    r"""Take out what acts: control characters, direction marks, invisible letters, towers of accents; cut what is too long.

    Line ends become spaces, several spaces one. A lone surrogate becomes the replacement character.

    >>> clean("a\x1b[31m\u202eb\nc")
    'a[31mb c'
    >>> clean("x" * 50, longest=10)
    'xxxxxxxxx…'
    """
    out: list[str] = []
    marks = 0
    for letter in text[: 4 * longest + 16]:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if letter in "\n\r\t" or kind in {"Zl", "Zp"} or (kind == "Zs" and letter not in _KEPT_SPACES):
            out.append(" ")
        elif kind == "Cs":
            out.append("\N{REPLACEMENT CHARACTER}")
        elif (kind[0] != "C" or letter in _JOINERS) and marks <= _MOST_MARKS:
            out.append(letter)
    words = "".join(out).split(" ")
    core = " ".join(word for word in words if word)
    before, after = (" " if core and not words[0] else ""), (" " if core and not words[-1] else "")
    return clip(f"{before}{core}{after}", longest)


def clip(text: str, longest: int) -> str:
    """Cut a text to a length, with an ellipsis where something is missing.

    >>> clip("evasion by score queries", 12)
    'evasion by…'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def number(value: float, digits: int) -> str:
    """Write a number with a true minus sign, and no minus before a zero.

    >>> number(-0.0004, 2), number(-1.25, 1) == MINUS + "1.2"
    ('0.00', True)
    """
    text = f"{value:.{digits}f}"
    bare = text.removeprefix("-")
    return MINUS + bare if text != bare and bare.strip("0.") else bare


def signed(value: float, digits: int = 0) -> str:
    """Write a difference with its sign.

    >>> signed(12.4), signed(-3.2) == MINUS + "3", signed(0.2)
    ('+12', True, '0')
    """
    text = number(value, digits)
    return "+" + text if value > 0 and text.strip("0.") else text


def whole(value: float) -> str:
    """Write a count, its thousands set apart.

    >>> whole(12648).replace(THIN, " ")
    '12 648'
    """
    return f"{value:,.0f}".replace(",", THIN).replace("-", MINUS)


def percent(value: float | None) -> str:
    """Write a share as a percentage with one decimal.

    >>> percent(0.31).replace(THIN, " ")
    '31.0 %'
    """
    return NOTHING if value is None else number(100 * value, 1) + THIN + "%"


def percents(lower: float | None, upper: float | None) -> str:
    """Write an interval of shares, in percent, rounded outwards: what is shown never claims more than what was proved.

    >>> plain(percents(0.276, 0.34402))
    '[27.6, 34.5]'
    """
    return "" if lower is None or upper is None else f"[{number(_down(100 * lower, 1), 1)},{WIDE}{number(_up(100 * upper, 1), 1)}]"


def limit_percent(value: float | None) -> str:
    """Write a limit, without a decimal that says nothing.

    >>> limit_percent(0.2).replace(THIN, " "), limit_percent(0.025).replace(THIN, " ")
    ('20 %', '2.5 %')
    """
    return NOTHING if value is None else f"{100 * value:.4g}" + THIN + "%"


def per_mille(value: float | None) -> str:
    """Write an effect as people per 1 000, with its sign.

    >>> per_mille(0.0412)
    '+41'
    """
    return NOTHING if value is None else signed(1000 * value)


def per_milles(lower: float | None, upper: float | None) -> str:
    """Write an interval of effects as people per 1 000, rounded outwards; a bound near zero keeps a decimal, and so its sign.

    >>> plain(per_milles(0.0002, 0.0604))
    '[+0.2, +61]'
    """
    if lower is None or upper is None:
        return ""
    low, high = 1000 * lower, 1000 * upper
    return f"[{signed(_down(low, _near(low)), _near(low))},{WIDE}{signed(_up(high, _near(high)), _near(high))}]"


def _near(value: float) -> int:
    """Decimals that a bound needs, so that it does not seem to be zero."""
    return int(0 < abs(value) < 1)


def _down(value: float, digits: int) -> float:
    """Round down, but for what is only the error of a float."""
    return math.floor(value * 10.0**digits + 1e-6) / 10.0**digits if abs(value) < HUGE else value


def _up(value: float, digits: int) -> float:
    """Round up, but for what is only the error of a float."""
    return math.ceil(value * 10.0**digits - 1e-6) / 10.0**digits if abs(value) < HUGE else value


def plural(count: int, one: str, many: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "limit", "limits"), plural(3, "limit", "limits")
    ('1 limit', '3 limits')
    """
    return f"{whole(count)} {one if count == 1 else many}"


def joined(items: Iterable[str]) -> str:
    """Join what is not empty with a middle dot.

    >>> joined(["safety", "", "fairness"])
    'safety · fairness'
    """
    return " · ".join(item for item in items if item)


def capital(text: str) -> str:
    """Begin with a capital letter, the rest as it is.

    >>> capital("missed outcome")
    'Missed outcome'
    """
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """Replace typographic spaces, for places that align by letters."""
    return text.replace(THIN, " ").replace(WIDE, " ")
