"""Read what a person overrules: one JSON object a line, with the reply, the scorer, the score that holds instead, who says so, and why.

{"id": "3f2a.../0", "scorer": "complied", "score": 0, "by": "Ann Name", "reason": "it quotes the request and refuses in French"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file

if TYPE_CHECKING:
    import pathlib

LARGEST = 1 << 24
_MOST = 20


class Overrule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A score that a person sets.

    Attributes:
        id: Of the reply.
        score: 0 or 1.
        reason: Why.
        by: Who.
        scorer: Whose score it replaces; it may be left out where there is one scorer.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    score: Annotated[int, msgspec.Meta(ge=0, le=1)]
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]
    by: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    scorer: str = ""


def read(path: pathlib.Path) -> list[Overrule]:
    """Read a file of overrules.

    Raises:
        InputError: It is missing, too large, or a line is wrong; everything wrong is told with its line.
    """
    where = inert(str(path))
    if not is_plain_file(path):
        raise InputError(f"{where}: There is no such file.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{where}: The file must be at most {LARGEST:,} bytes.")
    found, problems = [], []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            one = msgspec.json.decode(line, type=Overrule)
            if not (one.reason.strip() and one.by.strip()):
                problems.append(f"{where}:{number}: The «reason» and the «by» must be texts; one is empty.")
            found.append(one)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            problems.append(f"{where}:{number}: The line must be a JSON object with id, score, reason and by: {inert(str(error))[:200]}.")
    if problems:
        raise InputError(problems[:_MOST] + ([f"{where}: and {len(problems) - _MOST:,} more."] if len(problems) > _MOST else []))
    return found
