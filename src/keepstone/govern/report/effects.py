"""Effects as the report shows them: what intent adds, what an attack does to a harm, which flaw opens a door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keepstone.govern.document import Result
from keepstone.govern.report import pictures, words
from keepstone.govern.rows import AttackHarm, Direction, Exposed, Intent

HARM_WORDS: dict[Direction, str] = {
    "worse": "more harm",
    "better": "less harm",
    "no_worse": "no more harm",
    "inconclusive": "inconclusive",
    "not_measured": "not measured",
}
FLAW_WORDS: dict[Direction, str] = {
    "worse": "opens the door",
    "better": "hinders the attack",
    "no_worse": "opens less than the margin",
    "inconclusive": "inconclusive",
    "not_measured": "not measured",
}
INTENT_WORDS: dict[Direction, str] = {
    "worse": "intent adds",
    "better": "chance does more",
    "no_worse": "adds less than the margin",
    "inconclusive": "inconclusive",
    "not_measured": "not measured",
}


@dataclass(frozen=True)
class EffectView:
    """An effect drawn against zero.

    Attributes:
        title: What acts.
        on: On what.
        id: Id of the comparison.
        anchor: Its place in the page.
        again: Whether the row above is about the same, so that its name is not said again.
        icon: What is claimed, as an icon.
        word: The same in words.
        number: People per 1 000.
        between: Its interval.
        compared: The two losses in words.
        trials: How many trials.
        plot: The picture, or None.
        why: Why there is no number, or what is particular.
    """

    title: str
    on: str
    id: str
    anchor: str
    again: bool
    icon: Direction
    word: str
    number: str
    between: str
    compared: str
    trials: str
    plot: pictures.Interval | None
    why: str


@dataclass(frozen=True)
class EffectFigure:
    """Several effects on one scale.

    Attributes:
        rows: All of them, for the table.
        drawn: Those that are drawn.
        ticks: The scale.
    """

    rows: tuple[EffectView, ...]
    drawn: tuple[EffectView, ...]
    ticks: tuple[pictures.Tick, ...]


def attack_harm(result: Result) -> EffectFigure:
    """Show what attacks do to harms, the most harmful attack first, its harms together; where a difference was shown, only those are drawn."""
    most: dict[str, float] = {}
    for one in result.attack_harm:
        most[one.threat] = max(most.get(one.threat, -2.0), -2.0 if one.effect is None else one.effect)
    rows = sorted(result.attack_harm, key=lambda one: (-most[one.threat], one.threat, one.effect is None, -(one.effect or 0.0)))
    scale = pictures.effect_scale([_difference(one) for one in rows if _enough(one.trials)])
    numbered = list(enumerate(rows, start=1))
    shown = [(i, one) for i, one in numbered if one.direction in ("worse", "better")] or numbered
    return EffectFigure(_attacks(numbered, scale), _attacks(shown, scale), pictures.effect_ticks(scale))


def _attacks(rows: Sequence[tuple[int, AttackHarm]], scale: pictures.Scale) -> tuple[EffectView, ...]:
    views = []
    for k, (place, one) in enumerate(rows):
        views.append(_attack(one, scale, f"attack-{place}", again=k > 0 and rows[k - 1][1].threat == one.threat))
    return tuple(views)


def exposed(result: Result) -> EffectFigure:
    """Show which flaws open a door, the widest first."""
    rows = sorted(result.exposed_by_flaw, key=lambda one: (one.effect is None, -(one.effect or 0.0)))
    scale = pictures.effect_scale([_difference(one) for one in rows if _enough(one.trials)])
    shown = tuple(_exposed(one, scale, f"flaw-{i}") for i, one in enumerate(rows, start=1))
    return EffectFigure(shown, shown, pictures.effect_ticks(scale))


def _enough(trials: int | None) -> bool:
    """Tell whether a number may be shown: never one of fewer than ten people."""
    return trials is None or trials >= words.FEWEST


def _difference(one: AttackHarm | Exposed) -> pictures.Difference:
    """Take what a picture needs."""
    return pictures.Difference(one.effect, one.lower, one.upper, one.margin)


def _attack(one: AttackHarm, scale: pictures.Scale, anchor: str, *, again: bool) -> EffectView:
    """Show what one attack does to one harm; its name stands once."""
    enough = _enough(one.trials)
    numbers = _numbers(one, scale) if enough else (words.HIDDEN, "", None)
    known = enough and one.of is not None and one.against is not None
    return EffectView(
        title=words.capital(one.title or one.threat),
        on=one.metric_title or one.metric,
        id=one.id,
        anchor=anchor,
        again=again,
        icon=one.direction,
        word=HARM_WORDS[one.direction],
        number=numbers[0],
        between=numbers[1],
        compared=f"{words.percent(one.of)} against {words.percent(one.against)} {one.beside}" if known else "",
        trials="" if one.trials is None or not enough else words.whole(one.trials),
        plot=numbers[2],
        why=one.why,
    )


def _exposed(one: Exposed, scale: pictures.Scale, anchor: str) -> EffectView:
    """Show one flaw."""
    enough = _enough(one.trials) and _enough(one.trials_of) and _enough(one.trials_against)
    numbers = _numbers(one, scale) if enough else (words.HIDDEN, "", None)
    known = enough and one.of is not None and one.against is not None
    trials = [words.whole(count) for count in ((one.trials,) if one.repaired else (one.trials_of, one.trials_against)) if count is not None]
    against = f"with {one.repaired}, on the same people" if one.repaired else "without it"
    return EffectView(
        title=words.capital(one.title or one.flaw),
        on=one.metric_title or words.joined((one.threat, one.metric)),
        id=one.id,
        anchor=anchor,
        again=False,
        icon=one.direction,
        word=FLAW_WORDS[one.direction],
        number=numbers[0],
        between=numbers[1],
        compared=f"{words.percent(one.of)} against {words.percent(one.against)} {against}" if known else "",
        trials=" and ".join(trials) if enough else "",
        plot=numbers[2],
        why=one.why,
    )


def _numbers(one: AttackHarm | Exposed, scale: pictures.Scale) -> tuple[str, str, pictures.Interval | None]:
    """Give an effect, its interval and its picture."""
    if one.effect is None:
        return words.NOTHING, "", None
    return words.per_mille(one.effect), words.per_milles(one.lower, one.upper), pictures.effect_interval(_difference(one), scale)


@dataclass(frozen=True)
class IntentView:
    """A threat beside its accidental counterpart.

    Attributes:
        ids: Ids of the comparisons.
        anchor: Its place in the page.
        threat: The threat.
        counterpart: What happens by chance, or "".
        about: Channel, size and how chance draws.
        metric: How the loss is read.
        once: The row at one try, or None.
        often: The row at as many tries as the attack had.
        icon: What is claimed at as many tries, as an icon.
        word: The same in words.
        chance_once: Place of the loss by chance at one try, or "".
        chance_often: Place of the loss by chance at as many tries, or "".
        intent: Place of the loss by intent, or "".
        label: The picture in words.
        why: Why there is no counterpart or no number.
    """

    ids: tuple[str, ...]
    anchor: str
    threat: str
    counterpart: str
    about: str
    metric: str
    once: Intent | None
    often: Intent
    icon: Direction
    word: str
    chance_once: str
    chance_often: str
    intent: str
    label: str
    why: str


@dataclass(frozen=True)
class IntentFigure:
    """What intent adds, on one scale."""

    rows: tuple[IntentView, ...]
    ticks: tuple[pictures.Tick, ...]


def intent(result: Result) -> IntentFigure:
    """Show what intent adds per channel: the rows of one threat and metric together, chance once and chance often, most added first."""
    groups: dict[tuple[str, str, str, int], list[Intent]] = {}
    for one in dict.fromkeys(result.intent):
        same = sum(one.tries == other.tries for key, rows in groups.items() if key[:3] == (one.channel, one.threat, one.metric) for other in rows)
        groups.setdefault((one.channel, one.threat, one.metric, same), []).append(one)
    scale = pictures.shares((value for one in result.intent for value in (one.by_chance, one.by_intent)), least=0.1)
    ordered = sorted(groups.values(), key=lambda rows: (rows[0].difference is None, -(max(rows, key=lambda one: one.tries or 0).difference or 0.0)))
    return IntentFigure(tuple(_intent(rows, scale, f"intent-{i}") for i, rows in enumerate(ordered, start=1)), pictures.share_ticks(scale))


def _intent(rows: Sequence[Intent], scale: pictures.Scale, anchor: str) -> IntentView:
    """Show one threat beside chance."""
    ordered = sorted(rows, key=lambda one: one.tries or 0)
    often = ordered[-1]
    once = ordered[0] if ordered[0].tries == 1 and often.tries != 1 else None
    places = [scale.at(value) if value is not None else "" for value in (once.by_chance if once else None, often.by_chance, often.by_intent)]
    size = "" if often.size is None else str(often.size)
    tries = f", {words.plural(often.tries, 'try', 'tries')}" if often.tries else ""
    label = f"By chance {words.percent(often.by_chance)}{tries}; by intent {words.percent(often.by_intent)}"
    return IntentView(
        ids=tuple(one.id for one in ordered if one.id),
        anchor=anchor,
        threat=words.capital(often.threat_title or often.threat),
        counterpart=ordered[0].counterpart_title or ordered[0].counterpart,
        about=words.joined((often.channel, size, ordered[0].law)),
        metric=often.metric_title or often.metric,
        once=once,
        often=often,
        icon=often.direction,
        word=INTENT_WORDS[often.direction],
        chance_once=places[0],
        chance_often=places[1],
        intent=places[2],
        label=label,
        why=often.why or ordered[0].why,
    )
