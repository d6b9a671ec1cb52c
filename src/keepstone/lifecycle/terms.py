"""What a caller demands and knows, as the same facts that a system file holds: limits, mitigations, features, areas left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

import msgspec

from keepstone.core.origin import Area
from keepstone.core.system import Adopted, Considered, Exclusion
from keepstone.core.table import Feature
from keepstone.intake.fields import shown
from keepstone.map.names import AREAS, PATTERN

S = TypeVar("S", bound=msgspec.Struct)
WORDS = {"Object missing": "it lacks the", "Object contains": "it has the", "object": "mapping", "array": "list"}
"""How the decoder says a thing, and how a caller of Python does."""
KNOWN = frozenset(field.name for field in fields(Feature)) - {"guessed"}


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit as a caller gives it. It counts as adopted where somebody stands for it: name, reason, source and date."""

    limit: float
    reason: str = ""
    set_by: str = ""
    source: str = ""
    date: str = ""
    critical: bool = False
    floor: str = ""


class Left(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an area is left out, and who says so."""

    by: str
    reason: str


# ---- limits ----


def adopted(limits: object, problems: list[str]) -> tuple[Adopted, ...]:
    """Read limits by finding, or by a pattern with `*`.

    Args:
        limits: A mapping from patterns to numbers in (0, 1), or to mappings with `limit`, `reason`, `set_by`, `source`, `date`, `critical`, `floor`.
        problems: Where sentences go.

    Returns:
        One for each; those that nobody stands for have no name in `set_by`, and count as not adopted.
    """
    found = []
    for pattern, given in _items(limits, "limits", problems):
        if not set(pattern) <= PATTERN or ("*" not in pattern.partition(".")[0] and pattern.partition(".")[0] not in AREAS):
            problems.append(f"The «limits» must be named by a finding or a pattern such as «*.missed»; got {shown(pattern)}.")
        words = dict(given) if isinstance(given, Mapping) else {"limit": given}
        words |= {"date": date.isoformat()} if isinstance(date := words.get("date"), dt.date) else {}
        limit = _struct(words, Limit, f"limits: {pattern}", problems)
        if limit is not None:
            problems += _unsaid(pattern, limit)
            found.append(Adopted(cell=pattern, **msgspec.structs.asdict(limit)))
    return tuple(found)


def _unsaid(pattern: str, limit: Limit) -> Iterable[str]:
    if not 0 < limit.limit < 1:
        yield f"The «limit» of limits: {pattern} must be above 0 and below 1; got {limit.limit:g}."
    said = {"set_by": limit.set_by, "reason": limit.reason, "source": limit.source, "date": limit.date}
    if any(said.values()) and not all(said.values()):
        lacking = [name for name, value in said.items() if not value]
        yield f"The «{lacking[0]}» of limits: {pattern} must be given too: a limit is adopted by name, reason, source and date, or by none of them."
    if limit.date and not _is_date(limit.date):
        yield f"The «date» of limits: {pattern} must be YYYY-MM-DD; got {shown(limit.date)}."


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# ---- what is tried, what is left out ----


def considered(names: object, problems: list[str]) -> tuple[Considered, ...]:
    """Read mitigations: names, pairs of a name and its parameters, or several names joined by " + " that are used together."""
    if isinstance(names, str):
        names = (names,)
    if not isinstance(names, Iterable):
        problems.append(f"The «mitigations» must be names; got {type(names).__name__}.")
        return ()
    found = []
    for one in names:
        name, given = one if isinstance(one, tuple) and len(one) == 2 else (one, {})
        if not isinstance(name, str) or not isinstance(given, Mapping):
            problems.append(f"The «mitigations» must be names, or pairs of a name and a mapping of its parameters; got {shown(repr(one))}.")
            continue
        parts = [word.strip() for word in name.split("+")]
        if given and len(parts) > 1:
            problems.append(f"The parameters of «{name}» must stand with one mitigation, not with several used together.")
        found.append(Considered(name=name, parts=tuple((part, dict(given)) for part in parts)))
    return tuple(found)


def excluded(areas: object, problems: list[str]) -> tuple[Exclusion, ...]:
    """Read the areas that somebody leaves out, each with `by` and `reason`."""
    found = []
    for area, given in _items(areas, "exclude", problems):
        left = _struct(given, Left, f"exclude: {area}", problems)
        if _area(area, "exclude", problems) and left is not None:
            found.append(Exclusion(area=Area(area), by=left.by, reason=left.reason))
    return tuple(found)


def chosen(areas: object, problems: list[str]) -> frozenset[str]:
    """Read the areas that are asked, or none for all."""
    words = [areas] if isinstance(areas, str) else list(areas) if isinstance(areas, Iterable) else []
    return frozenset(str(word) for word in words if _area(str(word), "only", problems))


def _area(area: str, what: str, problems: list[str]) -> bool:
    if area not in AREAS:
        problems.append(f"The «{what}» must name areas, of {', '.join(AREAS)}; got {shown(area)}.")
    return area in AREAS


# ---- features ----


def confirmed(found: Sequence[Feature], given: object, problems: list[str]) -> tuple[Feature, ...]:
    """Put what a caller knows of features over what was guessed.

    Args:
        found: As guessed, in the model's order.
        given: Features, or mappings with `name` and fields of a feature, or a mapping from names to such fields.
        problems: Where sentences go.
    """
    known = {feature.name: feature for feature in found}
    listed = [{"name": name, **cast("Any", more)} for name, more in given.items() if isinstance(more, Mapping)] if isinstance(given, Mapping) else given
    for one in listed if isinstance(listed, Iterable) else ():
        name = str(one.get("name", "")) if isinstance(one, Mapping) else getattr(one, "name", "")
        if name not in known:
            problems.append(f"The «features» must name columns of X; got {shown(name)}.")
        elif isinstance(one, Feature):
            known[name] = _same_words(replace(one, levels=one.levels or known[name].levels, missing=one.missing or known[name].missing), known[name], problems)
        elif isinstance(one, Mapping):
            known[name] = _same_words(_over(known[name], one, problems), known[name], problems)
    return tuple(known.values())


def _over(feature: Feature, given: Mapping[str, object], problems: list[str]) -> Feature:
    fields_of = {str(key): value for key, value in given.items()}
    strange = sorted(set(fields_of) - KNOWN)
    if strange:
        problems.append(f"The feature «{feature.name}» has no field «{strange[0]}»; fields are {', '.join(sorted(KNOWN))}.")
        return feature
    plain = {name: value for name in KNOWN if name not in fields_of and (value := getattr(feature, name)) != ()}
    try:
        made = msgspec.convert({**plain, **fields_of}, Feature)
    except msgspec.ValidationError as error:
        problems.append(_wrong(f"features: {feature.name}", error))
        return feature
    return replace(made, guessed=feature.guessed - set(fields_of))


def _same_words(feature: Feature, found: Feature, problems: list[str]) -> Feature:
    if not feature.lower < feature.upper:
        problems.append(f"The «upper» of feature «{feature.name}» must be above «lower», {feature.lower:g}; got {feature.upper:g}.")
    if feature.error_abs < 0 or not 0 <= feature.error_rel <= 1:
        problems.append(f"The measurement error of feature «{feature.name}» must not be negative, and «error_rel» at most 1.")
    if feature.kind not in ("number", "integer", "category", "binary"):
        problems.append(f"The «kind» of feature «{feature.name}» must be number, integer, category or binary; got {shown(feature.kind)}.")
    if feature.levels != found.levels:
        problems.append(f"The «levels» of feature «{feature.name}» must be the words that X holds, {', '.join(map(shown, found.levels)) or 'none'}.")
    return feature


# ---- reading ----


def _items(given: object, what: str, problems: list[str]) -> list[tuple[str, object]]:
    if given is None:
        return []
    if not isinstance(given, Mapping):
        problems.append(f"The «{what}» must be a mapping; got {type(given).__name__}.")
        return []
    return [(str(key), value) for key, value in given.items()]


def _struct(given: object, form: type[S], what: str, problems: list[str]) -> S | None:
    try:
        return msgspec.convert(given, form)
    except msgspec.ValidationError as error:
        problems.append(_wrong(what, error))
        return None


def _wrong(what: str, error: msgspec.ValidationError) -> str:
    """Say in a sentence what a decoder found wrong.

    >>> _wrong("limits: *", msgspec.ValidationError("Expected `float`, got `str` - at `$.limit`"))
    'The «limit» of «limits: *» must be a float; got str.'
    >>> _wrong("exclude: x", msgspec.ValidationError("Object missing required field `by`"))
    'The «exclude: x» must be complete: it lacks the required field by.'
    """
    text = str(error).replace("`", "")
    for theirs, ours in WORDS.items():
        text = text.replace(theirs, ours)
    rule, _, where = text.partition(" - at $.")
    wanted, got, found = rule.partition(", got ")
    if got and wanted.startswith("Expected "):
        place = f"The «{where}» of «{what}»" if where else f"The «{what}»"
        return f"{place} must be a {wanted.removeprefix('Expected ')}; got {found}."
    return f"The «{what}» must be complete: {rule[:1].lower()}{rule[1:]}{f', at {where}' if where else ''}."
