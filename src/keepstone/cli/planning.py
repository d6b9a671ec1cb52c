"""The outlook on one screen: what an assessment could decide, what it takes, what stays unmeasured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keepstone.cli.screen import columns, paragraph
from keepstone.core.origin import Area
from keepstone.core.probe import RESTS, rests

if TYPE_CHECKING:
    from rich.console import Console

    from keepstone.core.system import System
    from keepstone.lifecycle.outlook import Cost, Criterion, Outlook

STATES = ("can be decided", "can only fail", "told in the run", "can't be met", "broken")
NOTHING = "\N{EN DASH}"
FEW = 7  # kinds of criteria, and of gaps, that one screen has room for
MOST = 6  # names in a sentence
RUN = {
    "table": "For this the model was opened or trained, and timed; weak slices were searched on other rows; every probe was tried on its controls.",
    "chat": "For this every probe was tried on its controls, which are scripted; the system itself was asked nothing.",
    "agent": "For this every probe was tried on its controls, which are scripted; the agent itself was given no task.",
}
RIGHT = (1, 2, 3, 4, 5)


def show(outlook: Outlook, system: System, screen: Console, *, whole: bool) -> None:
    """Print an outlook.

    Args:
        outlook: What could be decided.
        system: Of which system.
        screen: Where to.
        whole: Print every criterion, instead of one screen.
    """
    screen.print(f"{system.name}: what an assessment could decide. No criterion was measured.", style="bold", soft_wrap=True)
    paragraph(screen, RUN[system.kind], style="dim")
    screen.print()
    if whole:
        _every(outlook, screen)
    else:
        _by_area(outlook, screen)
        screen.print()
        _kinds(outlook, screen)
    screen.print()
    for line in _beneath(outlook):
        paragraph(screen, line)
    _unmeasured(outlook, screen, whole=whole)
    if not whole:
        screen.print("--all lists every criterion; --json gives all of it.", style="dim")


# ---- tables ----


def _by_area(outlook: Outlook, screen: Console) -> None:
    """Count the criteria of each area by what can come of them."""
    head = ("area", "criteria", "can be decided", "can only fail", "told in the run", "can't be met", "not asked")
    rows: list[tuple[str, ...]] = [head]
    for area in Area:
        mine = [one for one in outlook.criteria if one.area == area.value]
        counts = [sum(one.state == state for one in mine) for state in STATES[:4]]
        gaps = sum(where == area.value for _, where, _ in outlook.unmeasured)
        if mine:
            rows.append((area.value.replace("_", " "), _count(len(mine)), *(_count(one) for one in counts), _count(gaps)))
    _table(screen, rows, right=(1, 2, 3, 4, 5, 6))


def _kinds(outlook: Outlook, screen: Console) -> None:
    """The criteria with the same figures on one line, those that speak for most first."""
    alike: dict[tuple[object, ...], list[Criterion]] = {}
    for one in outlook.criteria:
        if one.at_hand is not None and one.state in {"can be decided", "can only fail"}:
            alike.setdefault((one.at_hand, one.limit, _percent(one.passes_up_to), _percent(one.fails_from)), []).append(one)
    found = sorted(alike.values(), key=lambda group: (-len(group), -(group[0].at_hand or 0)))[:FEW]
    head = ("with 80 % chance", "cases", "limit", "met up to", "fails from", "tightest")
    figures = [_figures("", group[0]) for group in found]
    room = screen.width - sum(max(len(row[at]) for row in (head, *figures)) + 2 for at in RIGHT) - 4
    _table(screen, [head, *((_together(group, max(24, room)), *row[1:]) for group, row in zip(found, figures, strict=True))], right=RIGHT)


def _together(group: list[Criterion], room: int) -> str:
    """Name criteria with the same figures; a name that is too long gives way to what follows it."""
    name = group[0].metric
    same = len({one.metric for one in group}) == 1
    more = f", under {len(group)} conditions" if same else f" and {len(group) - 1} more"
    if len(group) == 1:
        return f"{name}, {group[0].condition}"
    left = room - len(more)
    return (name if len(name) <= left else f"{name[: left - 1].rstrip(', ')}…") + more


def _every(outlook: Outlook, screen: Console) -> None:
    """Every criterion, under the name of its area."""
    rows: list[tuple[str, ...]] = [("with 80 % chance", "cases", "limit", "met up to", "fails from", "tightest", "")]
    area = ""
    for one in outlook.criteria:
        if one.area != area:
            rows.append((one.area.replace("_", " "), *[""] * 6))
            area = one.area
        why = one.why if one.state == "broken" else ""
        rows.append((*_figures(f"  {one.id.partition('.')[2]}", one), "" if one.state == "can be decided" else f"{one.state}{': ' + why if why else ''}"))
    _table(screen, rows, right=RIGHT)


def _figures(name: str, one: Criterion) -> tuple[str, ...]:
    """Name, trials at hand, limit, and the rates."""
    at_hand = NOTHING if one.at_hand is None else f"{one.at_hand:,}".replace(",", " ")
    rates = (_percent(one.passes_up_to), _percent(one.fails_from), _percent(one.tightest))
    return (name, at_hand, f"{100 * one.limit:g} %{'' if one.adopted else ' *'}", *rates)


def _table(screen: Console, rows: list[tuple[str, ...]], *, right: tuple[int, ...]) -> None:
    """Print rows under their heads; the name gives way where the screen is narrow."""
    last = max(len(row[-1]) for row in rows) if right and max(right) == len(rows[0]) - 1 else 12
    room = screen.width - sum(max(len(row[at]) for row in rows) + 2 for at in range(1, len(rows[0]) - 1)) - last - 4
    cut = [(_cut(row[0], max(24, room)), *row[1:]) for row in rows]
    if right and max(right) == len(rows[0]) - 1:
        cut = [(*row[:-1], row[-1].rjust(last)) for row in cut]
    columns(screen, cut[:1], styles=("dim",) * len(rows[0]), right=right, widths=_widths(cut))
    columns(screen, cut[1:], right=right, widths=_widths(cut))


def _widths(rows: list[tuple[str, ...]]) -> list[int]:
    return [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]


# ---- sentences ----


def _beneath(outlook: Outlook) -> Iterable[str]:
    """What the tables rest on, what it takes, and what can't be decided."""
    if any(not one.adopted for one in outlook.criteria):
        yield f"* Limits of the catalogue, {sum(not one.adopted for one in outlook.criteria)} of them: nobody adopted them, so no half is met by them."
    share = "criterion has" if outlook.family == 1 else "criteria share"
    shared = f"{outlook.family} {share} an error rate of {100 * outlook.alpha:g} %"
    yield f"{shared}; figures are for a quarter of them decided (one claim at level {outlook.level:.2g})."
    for state in ("can't be met", "can only fail", "broken"):
        mine = [one for one in outlook.criteria if one.state == state and not one.provisional]
        if mine:
            names = ", ".join(f"{_short(one)} ({one.at_hand})" if one.at_hand is not None else _short(one) for one in mine[:MOST])
            yield f"{state.capitalize()}: {names}{f' and {len(mine) - MOST} more' if len(mine) > MOST else ''}."
    yield from _provisional(outlook)
    yield _cost(outlook.cost)
    out = [area.replace("_", " ") for area in outlook.excluded]
    if out:
        yield f"Left out by name and reason: {', '.join(out)}."
    if outlook.remarks:
        yield f"Note: {outlook.remarks[0]}{f' Notes in --json: {len(outlook.remarks)}.' if len(outlook.remarks) > 1 else ''}"


def _provisional(outlook: Outlook) -> Iterable[str]:
    """What can't be met for what it rests on."""
    guesses = [guess for guess in outlook.guesses if guess not in RESTS]
    if guesses:
        named = ", ".join(guesses[:4]) + (f" and {len(guesses) - 4} more" if len(guesses) > 4 else "")
        yield f"Rest on guesses, so can't be met: {max(outlook.guesses[guess] for guess in guesses)} criteria ({named})."
    for judge in RESTS:
        if judge in outlook.guesses:
            yield f"Rest on {rests((judge,))}, so can't be met: {outlook.guesses[judge]} criteria."


def _short(one: Criterion) -> str:
    """A criterion in a few words: its group where it has one."""
    return one.id.rpartition("within-")[2] if "within-" in one.id else one.id.partition(".")[2]


def _cost(cost: Cost) -> str:
    more = "steps of tools and attackers' queries" if cost.tools else "attackers' queries"
    attacked = f", up to {_whole(cost.rows_at_most)} with {more}," if cost.rows_at_most > cost.rows else ""
    said = f"It takes {_whole(cost.rows)} answers{attacked} and about {cost.trainings} trainings"
    if cost.seconds is None:
        return f"{said}."
    low, high = (_duration(value) for value in cost.seconds)
    return f"{said}: about {low if low == high else f'{low} to {high}'} here in one process, and the arithmetic on top."


def _unmeasured(outlook: Outlook, screen: Console, *, whole: bool) -> None:
    """What isn't asked, by what would change it."""
    by_reason: dict[str, list[str]] = {}
    for name, _area, why in outlook.unmeasured:
        by_reason.setdefault(why, []).append(name)
    if not by_reason:
        return
    screen.print("\nNot measured, and what would change that:", style="bold")
    shown = list(by_reason.items()) if whole else list(by_reason.items())[:FEW]
    rows = [(names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else ""), why) for why, names in shown]
    room = screen.width - max(len(name) for name, _ in rows) - 5
    columns(screen, rows if whole else [(name, why if len(why) <= room else why[: room - 1] + "…") for name, why in rows], indent=2)
    if len(shown) < len(by_reason):
        screen.print(f"  and {len(by_reason) - len(shown)} more", style="dim")


# ---- numbers ----


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.1f} %"


def _count(number: int) -> str:
    return str(number) if number else NOTHING


def _whole(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def plain(outlook: Outlook, system: System) -> Mapping[str, object]:
    """The outlook as plain values, for --json."""
    from dataclasses import asdict

    from keepstone.lifecycle.outlook import SCHEMA

    return {"schema": SCHEMA, "system": system.name, **_listed(asdict(outlook))}


def _listed(found: dict[str, object]) -> dict[str, object]:
    found["unmeasured"] = [{"id": name, "area": area, "why": why} for name, area, why in found["unmeasured"]]  # type: ignore[attr-defined]
    return found


def _cut(name: str, room: int) -> str:
    """Shorten a name in the middle: its end tells whom it is about."""
    return name if len(name) <= room else f"{name[: room - 13]}…{name[-12:]}"
