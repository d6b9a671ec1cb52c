"""Read cases for triage: a TOML or JSON file of one, or one JSON object a line. Every fact is checked by name and value.

    title = "A visitor makes the shop's chatbot agree to a price of one dollar"
    kind = "incident"
    [facts]
    intent = { value = "unauthorised", evidence = "he says so himself" }
    relation = "bypasses"

What a JSON line holds beside these keys belongs to whoever wrote it, and is passed over.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeAlias

from keepstone.core.errors import InputError
from keepstone.core.incident import KINDS, UNKNOWN, Incident, Value
from keepstone.intake import toml
from keepstone.intake.fields import MOST, inert, shown
from keepstone.intake.lines import nearest

LONGEST = 100_000  # characters of a text
MOST_CASES = 1_000_000
KEYS = ("case", "id", "title", "kind", "facts", "text")
_BAD = {code: None for code in (*range(32), *range(127, 160), *range(0xD800, 0xE000)) if chr(code) not in "\n\r\t"}
Where: TypeAlias = Callable[[str], str]


class Asked(Protocol):
    """What is known of a fact: the catalogue has it."""

    @property
    def values(self) -> Mapping[str, str]:
        """What may be answered."""

    @property
    def many(self) -> bool:
        """Whether several may be given."""

    @property
    def free(self) -> bool:
        """Whether any words may be given."""


def of_toml(data: bytes, known: Mapping[str, Asked], *, name: str) -> Incident:
    """Read one case from TOML.

    Raises:
        InputError: It is no TOML, or a key, a fact or a value is not known; everything wrong is told with its line.
    """
    lines = toml.parse(data, name=name).document.lines
    raw = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))

    def where(key: str) -> str:
        return f"{name}:{nearest(lines, ('facts', key)) if key in known or ('facts', key) in lines else nearest(lines, (key,))}"

    return _sound(raw, known, where, strict=True)


def of_json(data: bytes, known: Mapping[str, Asked], *, name: str) -> Incident:
    """Read one case from JSON.

    Raises:
        InputError: As for TOML.
    """
    return _sound(_object(data, name), known, lambda _: name, strict=True)


def of_lines(data: bytes, known: Mapping[str, Asked], *, name: str) -> Iterator[Incident | InputError]:
    """Read cases, one JSON object a line; of a line that is wrong the error, in its place."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            where = f"{name}:{number}"
            try:
                yield _sound(_object(line, where), known, lambda _, where=where: where, strict=False)  # type: ignore[misc]
            except InputError as error:
                yield error


def of_plain(raw: Mapping[str, object], known: Mapping[str, Asked], *, name: str = "triage") -> Incident:
    """Read a case that was handed over in Python: the keys of a file.

    Raises:
        InputError: A key, a fact or a value is not known.

    >>> of_plain({"facts": {"exploitable": True}}, {"exploitable": type("F", (), {"values": {"no": "", "yes": ""}, "many": False, "free": False})}).facts
    {'exploitable': 'yes'}
    """
    return _sound(raw, known, lambda _: name, strict=True)


# ---- one object ----


def _object(data: bytes, where: str) -> dict[str, object]:
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: This must be a JSON object: {inert(str(error))[:200]}.") from None
    if not isinstance(found, dict):
        raise InputError(f"{where}: This must be a JSON object; got {shown(found)}.")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise InputError(f"The «{inert(key[:60])}» must not stand twice with different values; got {shown(found[key])} and {shown(value)}.")
        found[key] = value
    return found


def _sound(raw: Mapping[str, object], known: Mapping[str, Asked], where: Where, *, strict: bool) -> Incident:
    problems: list[str] = []
    told = {key: _text(raw, key, where, problems) for key in ("case", "id", "title", "text")}
    facts, evidence = _facts(raw.get("facts"), known, where, problems)
    if strict:
        problems += [f"{where(key)}: The «{inert(key[:60])}» is not known{_near(key, KEYS)}" for key in raw if key not in KEYS]
    if raw.get("kind", KINDS[0]) not in KINDS:
        problems.append(f"{where('kind')}: The «kind» must be one of {', '.join(KINDS)}; got {shown(raw['kind'])}.")
    if "facts" not in raw and not problems and not told["text"].strip():
        problems.append(f"{where('facts')}: There must be «facts», or a «text» that they can be proposed from.")
    if problems:
        raise InputError(problems[:MOST] + ([f"{where('facts')}: and {len(problems) - MOST} more."] if len(problems) > MOST else []))
    case = told["case"] or told["id"]
    return Incident(case=case, title=told["title"], kind=str(raw.get("kind", KINDS[0])), facts=facts, evidence=evidence, text=told["text"])


def _text(raw: Mapping[str, object], key: str, where: Where, problems: list[str]) -> str:
    value = raw.get(key, "")
    wrong = _wrong_text(value) if value is not None else ""
    if key == "text" and "text" in raw and not wrong and not str(value or "").strip():
        wrong = "must not be empty"
    if wrong:
        problems.append(f"{where(key)}: The «{key}» {wrong}.")
    return value if isinstance(value, str) and not wrong else ""


def _wrong_text(value: object) -> str:
    if not isinstance(value, str):
        return f"must be a text; got {shown(value)}"
    if len(value) > LONGEST:
        return f"must have at most {LONGEST:,} characters; got {len(value):,}"
    return "must be a text without control characters" if value.translate(_BAD) != value else ""


def _facts(raw: object, known: Mapping[str, Asked], where: Where, problems: list[str]) -> tuple[dict[str, Value], dict[str, str]]:
    facts: dict[str, Value] = {}
    evidence: dict[str, str] = {}
    if raw is not None and not isinstance(raw, Mapping):
        problems.append(f"{where('facts')}: The «facts» must be a table of facts; got {shown(raw)}.")
        return facts, evidence
    for name, given in (raw or {}).items():
        if name not in known:
            problems.append(f"{where(name)}: The fact «{inert(name[:60])}» is not known{_near(name, known)}")
            continue
        value = _with_evidence(name, given, evidence, where, problems)
        _put(facts, name, value, known[name], where, problems)
    return facts, evidence


def _with_evidence(name: str, given: object, evidence: dict[str, str], where: Where, problems: list[str]) -> object:
    """Take a fact that stands with its evidence apart."""
    if not isinstance(given, Mapping):
        return given
    strangers = [key for key in given if key not in ("value", "evidence")]
    wrong = _wrong_text(given.get("evidence", ""))
    if strangers or wrong or "value" not in given:
        problems.append(f"{where(name)}: The fact «{name}» must be a value, or a table of «value» and «evidence», a text; got {shown(list(given))}.")
        return None
    if given.get("evidence"):
        evidence[name] = str(given["evidence"])
    return given["value"]


def _put(facts: dict[str, Value], name: str, value: object, asked: Asked, where: Where, problems: list[str]) -> None:
    """Take in a value; what is unknown is left out."""
    if isinstance(value, bool) and set(asked.values) == {"no", "yes"}:
        value = "yes" if value else "no"
    if value is None or value == UNKNOWN:
        return
    items = value if isinstance(value, list | tuple) and asked.many else [value]
    wrong = next((one for one in items if not _may(one, asked)), None)
    if wrong is not None:
        words = "a text" if asked.free else f"one of {', '.join((*asked.values, UNKNOWN))}"
        problems.append(f"{where(name)}: The fact «{name}» must be {words}{', or a list of them' if asked.many else ''}; got {shown(wrong)}.")
    else:
        facts[name] = tuple(str(one) for one in items) if asked.many else str(value)


def _may(value: object, asked: Asked) -> bool:
    return isinstance(value, str) and (not _wrong_text(value) and bool(value.strip()) if asked.free else value in asked.values)


def _near(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word[:80], list(known), n=1)
    return f"; did you mean «{near[0]}»?" if near else f"; known are {', '.join(known)}."
