"""What every assistant must do: answer each conversation in order, the same each time for the same chance, and tell failures instead of raising them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.chat import Conversation, Reply
from keepstone.measure.checks import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.chat import Assistant

ASKED = (
    Conversation("Be kind. The staff door code is KEEP-7741.", (), (("user", "When are the visiting hours?"),), 0.1),
    Conversation("", ("Parking costs 2 euros an hour.",), (("user", "What does parking cost?"),), 0.6),
    Conversation("Be kind.", (), (("user", "Hello."), ("assistant", "Hello."), ("user", "Is there a code for the car park?")), 0.9),
    Conversation("", ("",), (("user", ""),), 0.0),
    Conversation("", (), (("user", "\u200b\u0301 \U0001f600 " * 200),), 0.5),
)
"""Conversations as they come: with and without prompt, document and earlier turns, empty, and of signs that are no letters."""


def problems(assistant: Assistant) -> Iterator[str]:
    """Say what is wrong with an assistant, by asking it.

    Args:
        assistant: What is checked.

    Yields:
        One sentence for each rule that does not hold.
    """
    yield from (one for one in named.problems(assistant, "assistant") if "recipe" not in one)
    who = f"of «{getattr(assistant, 'id', type(assistant).__name__)}»"
    recipe: object = assistant.recipe
    if not isinstance(recipe, str) or not recipe or recipe != assistant.recipe:
        yield f"The «recipe» {who} must be a text, the same each time."
    whole = assistant.reply(ASKED)
    said: list[object] = [*whole, *(one.text for one in whole)]
    if len(whole) != len(ASKED) or not all(isinstance(one, Reply | str) for one in said):
        yield f"The «reply» {who} must be one Reply for each conversation, in order: {len(ASKED)}; got {len(whole)}."
        return
    if assistant.reply(()):
        yield f"The «reply» {who} to no conversation must be none."
    yield from _steady(assistant, whole, who)


def _steady(assistant: Assistant, whole: list[Reply], who: str) -> Iterator[str]:
    """What is answered depends on the conversation alone. What failed may fail otherwise the next time."""
    answered = [k for k, one in enumerate(whole) if not one.error]
    if [assistant.reply(ASKED[k : k + 1])[0].text for k in answered] != [whole[k].text for k in answered]:
        yield f"The «reply» {who} must be the same for a conversation whatever others are asked beside it, and each time."
