"""What every kind of part has: an id that fits into a file name, words for people, and a recipe that names it."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING

from keepstone.core.artefact import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNS = frozenset(ascii_letters + digits + "_-")


def problems(part: object, kind: str) -> Iterator[str]:
    """Say what is wrong with how a part is named and described.

    Args:
        part: The part.
        kind: "target", "condition", "mitigation", "metric", "assistant" or "corpus".

    Example:
        >>> list(problems(object(), "metric"))[0]
        'The «class» of object must be marked with @part("metric").'
    """
    name = type(part).__name__
    if vars(type(part)).get("__keepstone_part__") != kind:
        yield f'The «class» of {name} must be marked with @part("{kind}").'
    settings = vars(type(part)).get("__dataclass_params__")
    if settings is None or not settings.frozen:
        yield f"The «class» of {name} must be a frozen dataclass: its fields are its parameters."
    for word in ("name", "id", "title"):
        text = getattr(part, word, None)
        if not isinstance(text, str) or not text:
            yield f"The «{word}» of {name} must be a text; got {text!r}."
        elif word != "title" and not set(text) <= SIGNS:
            yield f"The «{word}» of {name} must hold letters, digits, _ and - only; got {text!r}."
    try:
        same = key_of(part) == key_of(part)
    except TypeError as error:
        yield f"The «recipe» of {name} must be stable: {error}"
        return
    if not same:
        yield f"The «recipe» of {name} must be the same each time it is asked for."
