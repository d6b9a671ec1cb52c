"""Which of many openings to try next, from how often each has worked: the one with the largest mean of its posterior, those that are alike in turn.

Nothing is drawn: the order follows from what was seen, so a search is the same whatever process plays it. The prior says that an opening works once in so
many as there are: one that has worked once is kept until it has failed about as often as there are others.
"""

from __future__ import annotations


class Bandit:
    """Counts what each opening gave.

    Attributes:
        tries: How often each was tried.
        hits: How often each worked.

    Example:
        >>> bandit = Bandit(3)
        >>> bandit.seen(0, hit=False), bandit.seen(1, hit=True)
        (None, None)
        >>> bandit.next(), bandit.order()
        (1, [1, 2, 0])
    """

    def __init__(self, openings: int) -> None:
        """Start with nothing seen, at least one opening."""
        self.tries = [0] * openings
        self.hits = [0] * openings

    def mean(self, opening: int) -> float:
        """The mean of the posterior that it works, under a prior worth one try."""
        return (self.hits[opening] + 1 / len(self.tries)) / (self.tries[opening] + 1)

    def next(self) -> int:
        """The opening to try next."""
        return max(range(len(self.tries)), key=lambda one: (self.mean(one), -one))

    def order(self) -> list[int]:
        """All openings, the most promising first."""
        return sorted(range(len(self.tries)), key=lambda one: (-self.mean(one), one))

    def seen(self, opening: int, *, hit: bool) -> None:
        """Note a try."""
        self.tries[opening] += 1
        self.hits[opening] += hit
