"""A docstring as text for a terminal: paragraphs and entries of a section set anew to its width, examples left as they are."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

LITERAL = ("Example:", "Examples:")


@dataclass
class _Block:
    """Lines that belong together."""

    indent: int
    lines: list[str] = field(default_factory=list)
    hanging: bool = False
    literal: bool = False


def reflow(text: str, width: int) -> list[str]:
    r"""Set a docstring (cleaned, as `inspect.getdoc` gives it) to a width.

    >>> reflow("A sentence that\ngoes on.\n\nArgs:\n    x: A number\n        above 0.\n\nExample:\n    >>> 1\n    1", 60)
    ['A sentence that goes on.', '', 'Args:', '    x: A number above 0.', '', 'Example:', '    >>> 1', '    1']
    """
    out: list[str] = []
    for block in _blocks(text.splitlines()):
        if block.literal or not block.lines:
            out += [" " * block.indent + line for line in block.lines] or [""]
            continue
        first, later = " " * block.indent, " " * (block.indent + 4 * block.hanging)
        out += textwrap.wrap(" ".join(block.lines), max(24, width), initial_indent=first, subsequent_indent=later, break_on_hyphens=False)
    return out


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    section, here = "", ""
    for line in lines:
        bare = line.strip()
        indent = len(line) - len(line.lstrip()) if bare else 0
        if bare and indent == 0:
            section = bare if bare.endswith(":") and " " not in bare else ""
        here = section
        last = blocks[-1] if blocks else None
        if last is not None and _goes_on(last, indent, bare, here):
            last.lines.append(bare)
        else:
            literal = bool(indent) and (here in LITERAL or not here)
            blocks.append(_Block(indent, [bare] if bare else [], hanging=bool(indent) and not literal, literal=literal))
    return blocks


def _goes_on(last: _Block, indent: int, bare: str, section: str) -> bool:
    """Whether a line continues the block before it."""
    if not bare or not last.lines or last.literal or (section == bare):
        return False
    if last.hanging:
        return indent > last.indent
    return indent == last.indent == 0 and not last.lines[-1].endswith(":")
