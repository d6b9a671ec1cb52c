"""Configurations: nothing in one may name code to be run, a module to be imported or a file elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.intake.gate import template
from keepstone.intake.gate.listed import words
from keepstone.intake.gate.texts import tables
from keepstone.intake.gate.zips import climbs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.intake.gate.look import Look


def read(value: object, look: Look) -> None:
    """Judge a parsed configuration.

    Args:
        value: What the JSON or the TOML held.
        look: Takes the reasons.
    """
    for table in tables(value):
        look.budget.step()
        for key, inner in table.items():
            _entry(key, inner, look)
    if isinstance(value, dict) and look.name == "model_index.json":
        _index(value, look)
    if isinstance(value, list) and look.name == "modules.json":
        _modules(value, look)


def _entry(key: str, value: object, look: Look) -> None:
    if key in words("config_keys") and value not in (None, False, "", [], {}):
        look.hostile("config.code", f"«{key}» names code that a loader fetches or runs")
    elif "template" in key:
        for text in _templates(value):
            template.read(text, look)
    elif isinstance(value, dict):
        _table(key, value, look)


def _table(key: str, value: dict[str, object], look: Look) -> None:
    if key == "auto_mapping" and str(value.get("parent_library") or "transformers").partition(".")[0] != "transformers":
        look.hostile("config.code", "«parent_library» names a module to import")
    for name in {str(one) for one in value.values()} if key == "weight_map" else ():
        if climbs(name):
            look.hostile("config.path", f"a shard at {name!r}")


def _templates(value: object) -> Iterator[str]:
    if isinstance(value, str) and ("{%" in value or "{{" in value):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _templates(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _templates(one)


def _index(value: dict[str, object], look: Look) -> None:
    """The parts of a pipeline: each a pair of a library and a class."""
    for key, pair in value.items():
        if isinstance(pair, list) and len(pair) == 2 and not key.startswith("_") and pair[0] not in (None, "diffusers", "transformers"):
            look.hostile("config.code", f"«{key}» imports {str(pair[0])!r}")


def _modules(value: list[object], look: Look) -> None:
    for one in value:
        kind = one.get("type") if isinstance(one, dict) else None
        if not (isinstance(kind, str) and kind.startswith("sentence_transformers.")):
            look.hostile("config.code", f"imports {str(kind)!r}")


def read_yaml(text: str, look: Look) -> None:
    """Judge YAML by its lines: tags build objects, and some keys name code.

    Args:
        text: The file.
        look: Takes the reasons.
    """
    lines = text.splitlines()
    look.budget.step(len(lines))
    for line in lines:
        bare = line.strip()
        if bare.startswith("#"):
            continue
        if any(word.startswith("!") for word in bare.replace("[", " ").replace("{", " ").replace(",", " ").replace(":", " : ").split()):
            look.hostile("config.code", f"a tag that builds an object: {bare[:60]!r}")
        key = bare.removeprefix("- ").partition(":")[0].strip(" \"'{")
        if key in words("config_keys") and bare.rpartition(":")[2].strip().lower() not in {"", "null", "false", "~"}:
            look.hostile("config.code", f"«{key}» names code that a loader fetches or runs")
        if bare.startswith("%TAG"):
            look.hostile("config.code", "a tag that builds an object")


def read_requirements(text: str, look: Look) -> None:
    """Judge a list of packages: names and versions alone, from the index that the user chose."""
    for line in text.splitlines():
        bare = line.partition("#")[0].strip().casefold()
        if "://" in bare or "@" in bare or bare.startswith(("-", ".", "/")):
            look.unsure("code.install", bare[:80])
