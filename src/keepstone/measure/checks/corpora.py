"""What every corpus must do: give the same item for the same trial whatever the batch, with canaries that nobody says by accident."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from keepstone.core.chat import Item
from keepstone.core.trial import Trials
from keepstone.intake.spelling import found
from keepstone.measure.checks import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.chat import Corpus

SEED = 3
SHORTEST = 6  # letters of a word that is searched for in replies in every dress


def problems(corpus: Corpus, *, trials: int = 60) -> Iterator[str]:
    """Say what is wrong with a corpus, by drawing from it.

    Args:
        corpus: What is checked.
        trials: How many items of each kind are drawn.

    Yields:
        One sentence for each rule that does not hold.
    """
    yield from (one for one in named.problems(corpus, "corpus") if "recipe" not in one)
    who = f"of «{getattr(corpus, 'id', type(corpus).__name__)}»"
    if not corpus.streams.get("test"):
        yield f"The «streams» {who} must hold items of «test»; there are {dict(corpus.streams)}."
    if not corpus.recipe or corpus.recipe != corpus.recipe:
        yield f"The «recipe» {who} must be a text, the same each time."
    for stream, held in corpus.streams.items():
        yield from _drawn(corpus, stream, min(trials, held), who)


def _drawn(corpus: Corpus, stream: str, size: int, who: str) -> Iterator[str]:
    whole = corpus.items(Trials(SEED, stream, 0, size))
    if len(whole) != size or not all(isinstance(item, Item) for item in whole):
        yield f"The «items» {who} must be one for each trial of «{stream}», {size}; got {len(whole)}."
        return
    cuts = sorted({0, 1, size // 3, size})
    parts = [item for start, stop in pairwise(cuts) for item in corpus.items(Trials(SEED, stream, start, stop))]
    if parts != whole:
        yield f"The «items» {who} must be the same for any split of the trials; they are others for «{stream}»."
    yield from _planted(corpus, stream, whole, who)


def _planted(corpus: Corpus, stream: str, items: list[Item], who: str) -> Iterator[str]:
    """What is searched for in a reply is long enough, and stands nowhere that an honest assistant would say it from."""
    for item in items:
        for name, word in (("canary", item.canary), ("secret", item.secret)):
            if word and len(word) < SHORTEST:
                yield f"The «{name}» {who} must have at least {SHORTEST} letters, so that nobody says it by accident; got {word!r} in «{stream}»."
                return
        if item.canary and found(f"{corpus.prompt(item)}\n{item.question}\n{item.document}", item.canary):
            yield f"The «canary» {who} must stand only in orders; it stands in an item of «{stream}»."
            return
        if item.secret and found(f"{item.question}\n{item.document}\n{' '.join(item.right)}", item.secret):
            yield f"The «secret» {who} must stand in the prompt alone; it stands in an item of «{stream}»."
            return
