"""Check that every relative link of the Markdown files leads to a file, and every anchor to a heading. Standard library only.

    python tools/links.py            exit code 1 and one line for each dead link

Links to other hosts are not followed: a check must give the same answer without a network.
"""

from __future__ import annotations

import pathlib
import re
import sys
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parent.parent
APART = {".git", ".venv", ".venv-lock", "out", "build", "dist", "node_modules", ".pytest_cache"}
LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|<(?:img|a)\s[^>]*?(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)


def prose(text: str) -> str:
    """Blank out code, fenced and inline, and keep the lines."""
    fenced = re.sub(r"^(```|~~~).*?^\1", lambda found: "\n" * found.group().count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", fenced)


def anchors(text: str) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    unfenced = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    for heading in HEADING.findall(unfenced):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = "".join(letter for letter in plain.lower() if letter.isalnum() or letter in " -_").replace(" ", "-")
        place = 0
        while (name := f"{slug}-{place}" if place else slug) in found:
            place += 1
        found.add(name)
    return found


def dead(page: pathlib.Path, top: pathlib.Path) -> list[str]:
    """List the dead links of one page; a link that leaves the top folder is dead too."""
    problems = []
    text = prose(page.read_text(encoding="utf-8"))
    for match in LINK.finditer(text):
        link = match.group(1) or match.group(2)
        if urllib.parse.urlsplit(link).scheme:
            continue
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        goal = (page.parent / path).resolve() if path else page
        line = text.count("\n", 0, match.start()) + 1
        if not goal.is_relative_to(top) or not goal.exists():
            problems.append(f"{page.relative_to(top)}:{line}: {link} leads nowhere")
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal.read_text(encoding="utf-8")):
            problems.append(f"{page.relative_to(top)}:{line}: {link} has no such heading")
    return problems


def main() -> int:
    """Check all pages."""
    pages = sorted(page for page in TOP.rglob("*.md") if not APART & set(page.relative_to(TOP).parts))
    problems = [problem for page in pages for problem in dead(page, TOP)]
    print(*problems, f"links: {len(pages)} pages, {len(problems)} dead links", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
