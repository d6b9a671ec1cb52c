"""A conversation with tools as an OpenAI-compatible service is sent it: what may be called, what was called, what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from keepstone.intake.calls import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.chat import Conversation, Tool

NAMELESS = "unknown"
"""In place of a name that no service takes."""


def messages(one: Conversation, form: str) -> list[dict[str, object]]:
    """What is sent of a conversation; calls and what came back in the service's own form.

    Args:
        one: The conversation.
        form: "chat" (chat completions) or "responses".

    Example:
        >>> from keepstone.core.chat import Conversation
        >>> said = (("user", "Free on Monday?"), ("call", '{"arguments":{"day":"Monday"},"name":"find_slots"}'), ("tool", "9, 10"))
        >>> [message["role"] for message in messages(Conversation("Be kind.", (), said), "chat")]
        ['system', 'user', 'assistant', 'tool']
    """
    plain = one.messages
    before = len(plain) - len(one.turns)
    sent: list[dict[str, object]] = [dict(message) for message in plain[:before]]
    calls = 0
    for (role, text), message in zip(one.turns, plain[before:], strict=True):
        calls += role == "call"
        sent.append(_turn(role, text, f"call{calls:05d}", form) if role in {"call", "tool"} else dict(message))
    return sent


def _turn(role: str, text: str, number: str, form: str) -> dict[str, object]:
    """A call, or what came back; the two share a number."""
    if role == "tool":
        chat = {"role": "tool", "tool_call_id": number, "content": text}
        return {"type": "function_call_output", "call_id": number, "output": text} if form == "responses" else {**chat}
    call = read(text)
    name = call.name if call is not None and call.name.isascii() and call.name.replace("_", "").replace("-", "").isalnum() else NAMELESS
    function = {"name": name, "arguments": msgspec.json.encode(dict(call.arguments) if call is not None else {}, order="sorted").decode()}
    if form == "responses":
        return {"type": "function_call", "call_id": number, **function}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": number, "type": "function", "function": function}]}


def functions(tools: Sequence[Tool], form: str) -> list[dict[str, object]]:
    """What may be called, as JSON Schema: every parameter a text, all of them needed.

    Args:
        tools: What may be called.
        form: "chat" or "responses".
    """
    told: list[dict[str, object]] = []
    for tool in tools:
        properties = {name: {"type": "string", "description": says} for name, says in tool.parameters.items()}
        schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
        one = {"name": tool.name, "description": tool.description, "parameters": schema}
        told.append({"type": "function", **one} if form == "responses" else {"type": "function", "function": one})
    return told
