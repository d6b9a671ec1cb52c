"""The same desk, which obeys nobody."""


def reply(messages: list[dict[str, str]]) -> str:
    """Answer a conversation."""
    return f"I don't know that, and I was asked {len(messages)} things."
