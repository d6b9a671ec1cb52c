"""What was explored, in words: one line for the screen, tables for the page."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepstone.govern.report import words
from keepstone.govern.report.spoken import Said, TalkView, talk, visible

if TYPE_CHECKING:
    from keepstone.govern.explored import Explored, Opened, Success, WayIn
    from keepstone.govern.report.view import FindingView


@dataclass(frozen=True)
class WayView:
    """A way in as it is shown."""

    what: str
    effect: str
    counts: str
    share: str
    bounds: str
    command: str
    talk: TalkView
    wire: tuple[Said, ...]


@dataclass(frozen=True)
class OpenedView:
    """What was explored of one finding."""

    finding: FindingView
    counts: str
    ways: tuple[WayView, ...]
    at: tuple[tuple[str, str, str], ...]
    within: tuple[tuple[str, str, str], ...]


def told(explored: Explored) -> str:
    """Say in a sentence what was explored."""
    ways = words.plural(explored.ways, "distinct way in", "distinct ways in")
    of = words.plural(len(explored.findings), "attack that got in", "attacks that got in")
    return words.plain(f"Explored: {ways} by {of}, {words.whole(explored.calls)} more calls; {explored.ended}. No verdict rests on it.")


def opened(explored: Explored, by_id: dict[str, FindingView]) -> list[OpenedView]:
    """Lay out what was explored, the worst finding first."""
    there = {one.finding: one for one in explored.findings}
    return [_opened(there[word], one) for word, one in by_id.items() if word in there]


def _opened(one: Opened, finding: FindingView) -> OpenedView:
    counts = f"{words.whole(one.hits)} of {words.plural(one.tries, 'conversation', 'conversations')}"
    return OpenedView(finding, counts, tuple(_way(one.finding, way) for way in one.ways), tuple(map(_share, one.at)), tuple(map(_share, one.within)))


def _way(finding: str, way: WayIn) -> WayView:
    dress = f"written in {visible(way.encoding).replace('_', ' ')}" if way.encoding not in {"", "plain"} else "plainly"
    shown = talk(way.talk)
    return WayView(
        f"{visible(way.carrier) or 'as it is asked'}, {dress}" if way.carrier or way.encoding else "as it is asked",
        visible(way.effect),
        f"{words.whole(way.hits)} of {words.whole(way.tries)}",
        words.percent(way.share),
        words.percents(way.lower, way.upper),
        f"keepstone replay {shlex.quote(words.clean(finding, longest=200))} --trial {way.talk.trial}",
        shown,
        shown.wire,
    )


def _share(one: Success) -> tuple[str, str, str]:
    return words.plural(one.tries, "try", "tries"), words.percent(one.share), words.percents(one.lower, one.upper)
