"""Bytes of a file, or of a part of one, read piecewise: no more is held than was asked for, and nothing past the end is believed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from keepstone.intake.gate.outcome import Outcome

PAGE = 1 << 18
MOST = 64 << 20
"""The most bytes that are read in one piece."""


class Refused(Exception):
    """Reading must stop here, and why.

    Attributes:
        rule: One of `outcome.RULES`.
        what: What was found.
        outcome: What it makes of the file.
    """

    def __init__(self, rule: str, what: str, outcome: Outcome = Outcome.UNKNOWN) -> None:
        super().__init__(what)
        self.rule, self.what, self.outcome = rule, what, outcome


@dataclass(eq=False)
class Source:
    """A window on bytes.

    Attributes:
        of: The bytes, or the descriptor of an open file.
        start: Where the window begins.
        size: How long it is.

    >>> Source(b"abcdef", 1, 4).read(1, 2)
    b'cd'
    """

    of: bytes | int
    start: int
    size: int
    _page: bytes = field(default=b"", repr=False)
    _at: int = field(default=0, repr=False)

    def read(self, at: int, count: int) -> bytes:
        """Read exactly so many bytes.

        Raises:
            Refused: They reach past the end, or are too many for one piece.
        """
        if at < 0 or count < 0 or at + count > self.size:
            raise Refused("file.broken", f"{count:,} bytes are claimed at {at:,}; there are {self.size:,}")
        if count > MOST:
            raise Refused("file.large", f"{count:,} bytes in one piece; the gate reads {MOST:,}")
        if isinstance(self.of, bytes):
            return self.of[self.start + at : self.start + at + count]
        if not self._at <= at or at + count > self._at + len(self._page):
            self._page, self._at = self._from_file(at, max(count, min(PAGE, self.size - at))), at
        return self._page[at - self._at : at - self._at + count]

    def head(self, count: int, at: int = 0) -> bytes:
        """Read at most so many bytes."""
        return self.read(at, max(0, min(count, self.size - at)))

    def whole(self) -> bytes:
        """Read all of it."""
        return self.read(0, self.size)

    def window(self, at: int, count: int) -> Source:
        """A part of it, not read yet.

        Raises:
            Refused: It reaches past the end.
        """
        if at < 0 or count < 0 or at + count > self.size:
            raise Refused("file.broken", f"{count:,} bytes are claimed at {at:,}; there are {self.size:,}")
        return Source(self.of, self.start + at, count)

    def line(self, at: int, most: int = 4096) -> bytes:
        """Read up to the next end of line, without it.

        Raises:
            Refused: There is none near enough.
        """
        piece, _, rest = self.head(most + 1, at).partition(b"\n")
        if not rest and len(piece) >= min(most + 1, self.size - at):
            raise Refused("pickle.broken", "a line has no end")
        return piece

    def _from_file(self, at: int, count: int) -> bytes:
        assert isinstance(self.of, int)  # noqa: S101  bytes never come here
        pieces: list[bytes] = []
        while count > 0:
            piece = os.pread(self.of, count, self.start + at)
            if not piece:
                raise Refused("file.changed", "the file became shorter while it was read")
            pieces.append(piece)
            at, count = at + len(piece), count - len(piece)
        return b"".join(pieces)
