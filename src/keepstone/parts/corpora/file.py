"""Own questions, from a CSV file, one JSON object a line, or the tests of a promptfoo configuration.

What was made from one template is one unit: its rows are counted together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.catalog.talk import ANSWERED, STREAMS, word_of
from keepstone.core.chat import Item
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake import items, promptfoo
from keepstone.intake.items import Row
from keepstone.ledger.canonical import digest_file
from keepstone.stats.chance import order, uniform

if TYPE_CHECKING:
    from keepstone.core.channel import Ints
    from keepstone.core.trial import Trials


YAML = (".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class Own(Item):
    """A question with what the deployer says before it."""

    prompt: str = ""


@part("corpus")
@dataclass(frozen=True, eq=False)
class File:
    """The questions of a file, in a random order of their templates.

    Fields of a question: "question"; where given "kind" (a stream of the generated corpus; without it "test" where an answer is known, else "outside"),
    "document", "right" (answers that are right, one a line), "secret", "canary" (drawn where not given), "template", "prompt" ({secret} stands for the
    secret), and "group:NAME". Rows of one template share wording, so they are no independent draws: they are one unit, whose loss is their mean.

    A file that ends in ".yaml" is a promptfoo configuration: each prompt with each test is a question, those of a test one template.

    Attributes:
        path: The file.
        size: Most questions of each kind.

    Raises:
        InputError: If something in the file can't be meant, or the path is none.
    """

    path: str = ""
    size: int = 1000
    _orders: dict[tuple[int, str], Ints] = field(default_factory=dict, compare=False, repr=False)

    name: ClassVar[str] = "file"
    id: ClassVar[str] = "file"
    title: ClassVar[str] = "questions of a file"

    def __post_init__(self) -> None:
        """Refuse what can't be meant, before anything is asked."""
        if self.size < 1:
            raise InputError(f"The «size» of the corpus «file» must be at least 1; got {self.size}.")
        if not self.path:
            raise InputError('The corpus «file» needs the «path» of a file: write `corpus = "file:questions.csv"`.')
        strange = [row for row in self._rows if row.texts.get("kind", "test") not in STREAMS]
        if strange:
            raise InputError([f"{row.where}: The «kind» must be one of {', '.join(STREAMS)}; got {row.texts['kind'][:40]!r}." for row in strange[:20]])

    @cached_property
    def _rows(self) -> list[Row]:
        path = Path(self.path)
        return promptfoo.read(path) if path.suffix in YAML else items.read(path)

    @cached_property
    def _kinds(self) -> dict[str, list[tuple[Row, int]]]:
        """Per kind, its rows and the number of the template of each."""
        found: dict[str, list[tuple[Row, int]]] = {}
        numbers: dict[tuple[str, str], int] = {}
        for row in self._rows:
            kind = row.texts.get("kind", "") or ("test" if row.texts.get("right") else "outside")
            template = row.texts.get("template", "") or row.where
            found.setdefault(kind, []).append((row, numbers.setdefault((kind, template), len(numbers))))
        return found

    @property
    def checked(self) -> bool:
        """Whether any question has checks of its own."""
        return any(row.checks for row in self._rows)

    @cached_property
    def recipe(self) -> str:
        """Digest of the file, and the size."""
        return f"file {digest_file(Path(self.path))} {self.size}"

    @property
    def streams(self) -> Mapping[str, int]:
        """As many as the file has, and no more than the size."""
        return {kind: min(len(rows), self.size) for kind, rows in self._kinds.items()}

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of whoever asks, in the order of the alphabet."""
        found: dict[str, set[str]] = {}
        for row in self._rows:
            for attribute, group in row.groups.items():
                found.setdefault(attribute, set()).add(group)
        return {attribute: tuple(sorted(names)) for attribute, names in sorted(found.items())}

    def items(self, trials: Trials) -> list[Item]:
        """Give the questions of some trials.

        Raises:
            InputError: If there is no such kind.
        """
        rows = self._of(trials.stream)
        luck = uniform(trials, "item", 2)
        return [_item(rows[at][0], trials.stream, draw.tolist()) for at, draw in zip(self._order(trials)[trials.start : trials.stop], luck, strict=True)]

    def units(self, trials: Trials) -> Ints:
        """The template of each of the trials, as a number; trials of one stand together."""
        rows = self._of(trials.stream)
        return np.array([rows[at][1] for at in self._order(trials)[trials.start : trials.stop]], dtype=np.int64)

    def prompt(self, item: Item) -> str:
        """What the deployer says beforehand, the item's secret in it."""
        return item.prompt.replace("{secret}", item.secret) if isinstance(item, Own) else ""

    def _of(self, stream: str) -> list[tuple[Row, int]]:
        if stream not in self._kinds:
            raise InputError(f"The «kind» of the questions must be one of {', '.join(self._kinds)}; got {stream!r}.")
        return self._kinds[stream]

    def _order(self, trials: Trials) -> Ints:
        """Places of the rows of a kind: templates in random order, the rows of each as in the file."""
        key = (trials.seed, trials.stream)
        if key not in self._orders:
            template = np.array([number for _row, number in self._of(trials.stream)])
            names, index = np.unique(template, return_inverse=True)
            rank = np.argsort(order(trials.seed, f"items.{trials.stream}", len(names)))
            self._orders[key] = np.argsort(rank[index], kind="stable").astype(np.int64)
        return self._orders[key]


def _item(row: Row, stream: str, draw: list[float]) -> Own:
    texts = row.texts
    answers = tuple(line.strip() for line in texts.get("right", "").splitlines() if line.strip()) if stream in ANSWERED else ()
    return Own(
        question=texts["question"],
        document=texts.get("document", ""),
        right=answers,
        secret=texts.get("secret", ""),
        canary=texts.get("canary", "") or word_of(*draw),
        group=row.groups,
        template=texts.get("template", ""),
        prompt=texts.get("prompt", ""),
        checks=row.checks,
    )
