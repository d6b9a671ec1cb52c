"""The formats by name. A format's file is loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keepstone.govern.export.source import Source

FORMATS = {
    "sarif": "SARIF 2.1.0: alerts in code scanning and editors",
    "oscal": "OSCAL 1.2 assessment results: compliance tools",
    "junit": "JUnit XML: continuous integration",
    "cyclonedx": "CycloneDX 1.6 with a model card: inventories of software",
    "avid": "AVID reports, one JSON line a failure: the AI Vulnerability Database",
    "model-card": "Markdown with the metadata of Hugging Face: who takes the model over",
    "system-card": "Markdown: who decides on the system",
}


def export(source: Source, to: str) -> bytes:
    """Write a result in a format.

    Args:
        source: What was found.
        to: A name of `FORMATS`.

    Raises:
        InputError: If the format says when it was measured, and run.json is missing.
        MissingExtra: If the format needs a library that is not installed.
    """
    from keepstone.govern.export import avid, cyclonedx, junit, model_card, oscal, sarif, system_card

    return {
        "sarif": sarif.render,
        "oscal": oscal.render,
        "junit": junit.render,
        "cyclonedx": cyclonedx.render,
        "avid": avid.render,
        "model-card": model_card.render,
        "system-card": system_card.render,
    }[to](source)
