"""Read what is known of each column: `[[feature]]`, in system.toml or in a file of its own that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.table import Feature, Unit
from keepstone.map.names import unique

if TYPE_CHECKING:
    from keepstone.intake.fields import Section

KINDS = ("number", "integer", "category", "binary")
GUESSABLE = (
    *("kind", "unit", "lower", "upper", "error_abs", "error_rel", "immutable"),
    *("missing", "levels", "units", "cost", "one_hot"),
)
"""What of a feature may be marked as a guess."""
INFINITY = float("inf")


def features(root: Section) -> tuple[Feature, ...]:
    """Read every `[[feature]]` of a file, in its order; problems are noted in the file's section.

    A feature needs a `name`; what is left out is not known, and so nothing is asked that would need it.
    """
    parts = root.subs("feature")
    found = [_feature(part) for part in parts]
    unique(parts, "feature", "name", [feature.name for feature in found])
    return tuple(found)


def _feature(part: Section) -> Feature:
    kind = part.choice("kind", KINDS, default="number")
    lower, upper = _bounds(part)
    return Feature(
        name=part.text("name"),
        kind=kind,
        unit=part.text("unit", default="", empty=True),
        lower=lower,
        upper=upper,
        error_abs=part.number("error_abs", lower=0, default=0.0),
        error_rel=part.number("error_rel", lower=0, upper=1, default=0.0),
        immutable=part.flag("immutable", default=False),
        missing=part.flag("missing", default=False),
        levels=_levels(part, kind),
        units=tuple(_unit(sub) for sub in part.subs("units")),
        cost=part.number("cost", lower=1e-9, default=1.0),
        one_hot=part.text("one_hot", default="", empty=True),
        guessed=frozenset(part.texts("guessed", default=[], options=GUESSABLE)),
    )


def _bounds(part: Section) -> tuple[float, float]:
    lower = part.number("lower", default=-INFINITY)
    upper = part.number("upper", default=INFINITY)
    if not lower < upper:
        part.problem("upper", f"must be above «lower», {lower:g}", got=upper)
    return lower, upper


def _levels(part: Section, kind: str) -> tuple[str, ...]:
    levels = tuple(part.texts("levels", default=[]))
    if kind == "category" and len(levels) < 2:
        part.problem("levels", 'must name at least two levels, since its kind is "category"')
    elif kind == "binary" and levels and len(levels) != 2:
        part.problem("levels", 'must name two levels, since its kind is "binary"', got=list(levels))
    elif kind in {"number", "integer"} and levels:
        part.problem("levels", f'must not be given, since its kind is "{kind}"', got=list(levels))
    return levels


def _unit(part: Section) -> Unit:
    factor = part.number("factor")
    if factor == 0 and "factor" in part:
        part.problem("factor", "must not be 0", got=factor)
    return Unit(name=part.text("name"), factor=factor, offset=part.number("offset", default=0.0))
