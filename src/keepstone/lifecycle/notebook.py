"""The result in a notebook: both halves with their areas and the sentences that matter, in one piece of HTML that brings its own style.

It has colours of its own for light and dark, so that contrast holds whatever the page around it wears; each state has a sign and a word too.
Text from data or models is cleaned and escaped. Where a viewer takes the style out, plain tables are left.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from keepstone.govern.report import words
from keepstone.govern.report.terminal import SIGNS, closing
from keepstone.govern.report.view import AreaView, HalfView, view

if TYPE_CHECKING:
    from keepstone.govern.document import Result

STATES = ("pass", "fail", "inconclusive", "error", "not_measured", "excluded")
GREYS = ("bg", "ink", "mut", "line")


def _colours(greys: str, states: str) -> str:
    """Give the colours as custom properties of CSS."""
    names = zip((*GREYS, *STATES), (*greys.split(), *states.split()), strict=True)
    return ";".join(f"--{name}:{colour}" for name, colour in names)


LIGHT = _colours("#fff #1c2226 #566069 #e1ddd3", "#1b6a4b #ad221a #7d5200 #7a3590 #59646d #59646d")
DARK = _colours("#191f24 #e8ebed #a3afb8 #2c353c", "#74cda4 #ff9488 #e8b958 #d6a2e8 #a0acb6 #a0acb6")
NIGHTS = ('[data-jp-theme-light="false"]', ".vscode-dark", '[data-theme="dark"]')
DAYS = ('[data-jp-theme-light="true"]', ".vscode-light", '[data-theme="light"]')
STYLE = f"""<style>
.keepstone{{{LIGHT};background:var(--bg);color:var(--ink);border:1px solid var(--line);border-radius:10px;padding:14px 18px;max-width:1100px;
font:14px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}}
@media screen and (prefers-color-scheme:dark){{.keepstone{{{DARK}}}}}
{",".join(f"{one} .keepstone" for one in NIGHTS)}{{{DARK}}}
{",".join(f"{one} .keepstone" for one in DAYS)}{{{LIGHT}}}
.keepstone p,.keepstone ol{{margin:6px 0;color:inherit}}
.keepstone .halves{{display:flex;flex-wrap:wrap;gap:4px 28px;align-items:flex-start}}
.keepstone table{{flex:1 1 360px;min-width:0;table-layout:fixed;border-collapse:collapse;font:inherit;color:inherit;background:none;margin:8px 0}}
.keepstone caption{{text-align:left;font-size:16px;font-weight:650;color:inherit;padding:4px 0}}
.keepstone tr,.keepstone tr:nth-child(even){{background:none}}
.keepstone th,.keepstone td{{text-align:left;vertical-align:top;padding:4px 10px 4px 0;border:0;border-top:1px solid var(--line);
font-weight:400;background:none;color:inherit}}
.keepstone th{{width:158px;font-weight:600}}
.keepstone small{{color:var(--mut);font-size:12.5px}}
{"".join(f".keepstone .{one}{{color:var(--{one})}}" for one in STATES)}
</style>"""


def fragment(result: Result) -> str:
    """Give the result as a piece of HTML.

    Args:
        result: The result document.

    Returns:
        One `<div>` with its style; no script, nothing from elsewhere.
    """
    shown = view(result)
    said = "".join(f"<li>{_text(one.text, 500)}</li>" for one in result.sentences)
    sentences = f"<ol>{said}</ol>" if said else ""
    halves = "".join(_half(half) for half in shown.halves)
    ending = "<br>".join(_text(line, 400) for line in closing(result))
    name = f"<p><strong>{_text(result.system.name, 120)}</strong></p>"
    return f'<div class="keepstone">{STYLE}{name}<div class="halves">{halves}</div>{sentences}<p><small>{ending}</small></p></div>'


def _half(half: HalfView) -> str:
    head = f'{half.side.capitalize()}: <span class="{half.icon}">{SIGNS[half.icon]} {_text(half.word, 60)}</span>'
    rows = "".join(_area(area) for area in half.areas)
    return f"<table><caption>{head}<br><small>{_text(half.tally, 200)}</small></caption><tbody>{rows}</tbody></table>"


def _area(area: AreaView) -> str:
    state = f'<br><span class="{area.icon}">{SIGNS[area.icon]} {_text(area.word, 40)}</span>'
    title = area.worst.headline if area.worst is not None else ""
    said = "<br>".join(_text(part, 160) for part in (area.number, title, words.capital(area.detail)) if part)
    return f'<tr><th scope="row">{_text(area.name, 60)}{state}</th><td><small>{said}</small></td></tr>'


def _text(said: str, longest: int) -> str:
    return html.escape(words.clean(said, longest=longest))
