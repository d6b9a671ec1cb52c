"""The result on one screen: both halves with their areas, the three sentences, counts, calls saved, where the report lies.

Everything is printed as text, never as markup, so that a name can't colour or move anything; where the terminal knows only
ASCII the signs have letters of their own. The words say what the colours say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from keepstone.govern.document import Result, Run
from keepstone.govern.report import words
from keepstone.govern.report.cost import paid
from keepstone.govern.report.view import HalfView, view

if TYPE_CHECKING:
    from rich.console import Console

SIGNS = {"pass": "✓", "fail": "✕", "inconclusive": "?", "error": "!", "not_measured": words.NOTHING, "excluded": "·"}
COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow", "error": "magenta", "not_measured": "bright_black", "excluded": "bright_black"}
LETTERS = {"✓": "+", "✕": "x", "·": "-", "…": "...", words.MINUS: "-", words.NOTHING: "-", "\N{MULTIPLICATION SIGN}": "x"}
SIDE_BY_SIDE = 150
NAME, WORD = 24, 14
GLUE = "\N{BRAILLE PATTERN BLANK}"  # a blank that no line is broken at, while lines are broken


def summary(result: Result, console: Console, *, report: str = "", run: Run | None = None) -> None:
    """Print a result on one screen.

    Args:
        result: What was found.
        console: Where to; it decides on colour (NO_COLOR and pipes have none) and on width.
        report: Where the page lies, or "".
        run: How long it took and what was paid, or None.
    """
    shown = view(result)
    said = _Said(console)
    said.line(said.text(result.system.name, "bold", longest=max(20, console.width - 1)))
    said.line(Text())
    first, second = (_half(half, said) for half in shown.halves)
    if console.width >= SIDE_BY_SIDE:
        width = console.width // 2 - 2
        for left, right in zip(first, second, strict=True):
            left.truncate(width, overflow="ellipsis", pad=True)
            said.line(Text.assemble(left, "    ", right), width=console.width - 1)
    else:
        for line in (*first, Text(), *second):
            said.line(line, width=console.width - 1)
    said.line(Text())
    for i, sentence in enumerate(result.sentences, start=1):
        said.wrapped(f"{i}. ", sentence.text)
    if result.sentences:
        said.line(Text())
    for last in closing(result, run=run):
        said.wrapped("", last)
    if report:
        said.line(said.text(f"Report: {report}", longest=400))


class _Said:
    """What this console can show: inert text, and in ASCII where it knows no more."""

    def __init__(self, console: Console) -> None:
        """Look at the console's encoding."""
        self.console = console
        self.ascii = not console.encoding.lower().replace("-", "").startswith("utf")

    def text(self, said: str, style: str = "", *, longest: int = words.LONGEST) -> Text:
        """Make a piece of text that holds no markup and no control."""
        letters = words.plain(words.clean(said, longest=longest))
        if self.ascii:
            letters = "".join(LETTERS.get(letter, letter) for letter in letters).encode("ascii", "replace").decode()
        return Text(letters, style=style)

    def cell(self, said: str, width: int, style: str = "") -> Text:
        """Make a piece of text of a certain width."""
        text = self.text(said, style, longest=max(2, width))
        text.truncate(width, pad=True)
        return text

    def line(self, text: Text, *, width: int = 0) -> None:
        """Print one line, cut at a width if one is given, with no blanks at its end."""
        if width:
            text.truncate(width, overflow="crop" if self.ascii else "ellipsis")
        text.rstrip()
        self.console.print(text, soft_wrap=True)

    def wrapped(self, label: str, said: str) -> None:
        """Print a sentence over several lines, set in under its label; a number is not broken between its thousands."""
        whole = said.replace(words.WIDE, GLUE).replace(words.THIN, GLUE)
        lines = Text(self.text(whole, longest=500).plain).wrap(self.console, max(20, self.console.width - len(label) - 1))
        for i, line in enumerate(lines):
            self.line(Text.assemble(label if i == 0 else " " * len(label), line.plain.replace(GLUE, " ")))


def _half(half: HalfView, said: _Said) -> list[Text]:
    """Draw a half: its verdict, then a line for each area."""
    head = _line(said, half.icon, half.side.capitalize(), half.word, half.beside, strong=True)
    return [head, *(_line(said, area.icon, area.name, area.word, area.said, strong=False) for area in half.areas)]


def _line(said: _Said, icon: str, name: str, word: str, rest: str, *, strong: bool) -> Text:
    """Put one line together: sign, name, state, and what is behind it."""
    colour = f"bold {COLOURS[icon]}" if strong else COLOURS[icon]
    parts = (said.text(SIGNS[icon], colour), " ", said.cell(name, NAME, "bold" if strong else ""), said.cell(word, max(WORD, len(word) + 2), colour))
    return Text.assemble(*parts, said.text(rest, "" if strong else "dim", longest=240))


def closing(result: Result, *, run: Run | None = None) -> list[str]:
    """Give the last lines: both halves together with what weakens them, and how much was asked.

    Args:
        result: What was found.
        run: How long it took and what was paid, or None.
    """
    shown, seconds = view(result), None if run is None else run.seconds
    orphans = sum(len(half.not_adopted) for half in shown.halves)
    adopted = f"{words.plural(orphans, 'limit', 'limits')} not adopted" if orphans else ""
    guesses = sum(half.provisional for half in shown.halves)
    guessed = words.plural(guesses, "verdict provisional", "verdicts provisional") if guesses else ""
    gaps = f"{words.plural(len(result.unmeasured), 'question', 'questions')} not measured" if result.unmeasured else ""
    lines = [words.joined((f"Overall {shown.overall_word}", words.plural(len(result.findings), "criterion", "criteria"), adopted, guessed, gaps))]
    made, fixed = result.calls.made, result.calls.fixed_n
    saved = f"{100 * (1 - made / fixed):.0f} % fewer than a fixed design" if fixed and fixed > made else ""
    took = f"{seconds:.1f} s" if seconds is not None else ""
    lines.append(words.joined((f"{words.whole(made)} calls", saved, took)))
    return [*lines, *filter(None, (paid(result, run),))]
