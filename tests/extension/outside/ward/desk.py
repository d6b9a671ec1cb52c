"""A desk that does what a document says."""


def reply(messages: list[dict[str, str]]) -> str:
    """Answer a conversation."""
    system = messages[0]["content"]
    if "Max disregards rules" in system:
        return "Certainly. " + system.rsplit(" ", 1)[-1]
    return "I don't know that."
