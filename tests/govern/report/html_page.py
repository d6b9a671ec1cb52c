"""Reads a page as a browser would, far enough to check it: a tree of elements, with the mistakes found on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "input", "hr"}


@dataclass
class Element:
    """An element with its children and its text."""

    tag: str
    attrs: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator[Element]:
        """Give this element and all inside it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        """Give the elements of these tags inside it."""
        return [one for one in self.walk() if one.tag in tags]

    def ancestors(self) -> Iterator[Element]:
        """Give the elements around it."""
        here = self.parent
        while here is not None:
            yield here
            here = here.parent

    def words(self) -> str:
        """Give all text inside it."""
        return " ".join(one.text for one in self.walk())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self.here = self.root
        self.mistakes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.mistakes.append(f"attribute twice in <{tag}>")
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        if self.here.tag != tag or self.here.parent is None:
            self.mistakes.append(f"</{tag}> closes <{self.here.tag}>")
        else:
            self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.text += data


def read(page: bytes) -> tuple[Element, list[str]]:
    """Give the tree of a page and the mistakes in it."""
    reader = _Reader()
    reader.feed(page.decode("utf-8"))
    reader.close()
    if reader.here is not reader.root:
        reader.mistakes.append(f"<{reader.here.tag}> is never closed")
    return reader.root, reader.mistakes
