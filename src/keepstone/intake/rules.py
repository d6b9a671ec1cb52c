"""Whether a reply keeps a rule, as one rater reads it: words that it must hold or lack, numbers in a range, a length. No model is asked."""

from __future__ import annotations

from keepstone.core.constitution import Predicate
from keepstone.intake.grounds import numbers
from keepstone.intake.spelling import any_of


def breaks(predicate: Predicate, reply: str) -> bool:
    """Whether a reply breaks a rule.

    Args:
        predicate: What is read.
        reply: As it was given; where none was, it breaks only a rule that demands words.

    Example:
        >>> dose = Predicate(highest=4000.0, unit="mg")
        >>> breaks(dose, "At most 5,000 mg a day."), breaks(dose, "At most 4000 mg; room 5000."), breaks(Predicate(lacks=("you have",)), "You  have the flu.")
        (True, False, True)
    """
    wrong = any(_outside(predicate, value) for value, unit in numbers(reply) if not predicate.unit or unit == predicate.unit.casefold())
    said, unsaid = any_of(reply, predicate.lacks), bool(predicate.contains) and not any_of(reply, predicate.contains)
    return wrong or said or unsaid or (predicate.longest is not None and len(reply) > predicate.longest)


def _outside(predicate: Predicate, value: float) -> bool:
    return (predicate.lowest is not None and value < predicate.lowest) or (predicate.highest is not None and value > predicate.highest)
