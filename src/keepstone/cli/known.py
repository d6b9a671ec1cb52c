"""What Keepstone knows by name: parts, areas, risks, words, limits. `keepstone list` shows them, `keepstone explain` tells one."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass

from keepstone.catalog.load import load
from keepstone.catalog.texts import HazardText
from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.lifecycle import inventory

NEEDED = "(needed)"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that has a name.

    Attributes:
        kind: "condition", "area", "word" ...
        name: Its name.
        says: What it is, in a sentence or two.
        side: "safety" or "security" where it belongs to a half, else "".
        text: All that its docstring says, or "".
        facts: What else is known, by key.
    """

    kind: str
    name: str
    says: str
    side: str = ""
    text: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """As plain values, empty ones left out."""
        found: dict[str, object] = {"kind": self.kind, "name": self.name, "says": self.says, "side": self.side, "text": self.text, **self.facts}
        return {key: value for key, value in found.items() if value not in ("", (), [], {})}


def entries(kind: str) -> list[Entry]:
    """Everything of a kind, in a fixed order.

    Args:
        kind: One of `KINDS`.
    """
    return list(KINDS[kind]())


def everything() -> Iterator[Entry]:
    """All that has a name and can be explained. A limit is told with its finding, not by itself."""
    for kind in KINDS:
        if kind != "limits":
            yield from entries(kind)


# ---- parts ----


def _parts(kind: str) -> Callable[[], Iterator[Entry]]:
    def found() -> Iterator[Entry]:
        for name, place in inventory.places(kind).items():
            try:
                yield _part(kind, inventory.part(kind, name), place.where)
            except InputError as error:
                yield Entry(kind=kind, name=name, says=f"can't be used: {error.problems[0]}", facts={"where": place.where})

    return found


def _part(kind: str, cls: type, where: str) -> Entry:
    text = inspect.getdoc(cls) or ""
    side = ("security" if where.rpartition(".")[0].endswith("threats") else "safety") if kind == "condition" and where.startswith("keepstone.") else ""
    facts = {"parameters": _parameters(cls), "where": where}
    return Entry(kind=kind, name=str(getattr(cls, "name", cls.__name__)), says=text.partition("\n")[0], side=side, text=text, facts=facts)


def _parameters(cls: type) -> dict[str, str]:
    """The parameters that a system file may give, each with its default."""
    if not is_dataclass(cls):
        return {}
    told = {}
    for one in fields(cls):
        if one.init and not one.name.startswith("_"):
            made = one.default_factory() if one.default_factory is not MISSING else one.default
            told[one.name] = NEEDED if made is MISSING else _value(made)
    return told


def _value(value: object) -> str:
    """Show a default; another part as a default is shown by its id."""
    return str(getattr(value, "id", None) or (f"{value:g}" if isinstance(value, float) else value if value != "" else '""'))


# ---- what the catalogue holds ----


def _areas() -> Iterator[Entry]:
    there = {module.AREA: module for module in inventory.areas()}
    words, risks = load().words, load().risks
    for area in Area:
        text = inspect.getdoc(there[area]) or "" if area in there else ""
        said = words[area.value].says if area.value in words else text.partition("\n")[0]
        mine = [name for name in risks if name.partition(".")[0] == area.value]
        yield Entry(kind="area", name=area.value, says=said, side=area.side.value, text=text, facts={"asks": text.partition("\n")[0], "risks": mine})


def _risks() -> Iterator[Entry]:
    catalog = load()
    for risk in catalog.risks.values():
        side = "safety" if isinstance(risk, HazardText) else "security"
        origin = {"cause": risk.cause} if isinstance(risk, HazardText) else {"goal": risk.goal, "access": list(risk.access), "queries": risk.queries}
        facts = {
            **origin,
            "harm": catalog.harms[risk.harm].title,
            "asset": risk.asset,
            "loses": risk.loses,
            "enables": list(risk.enables),
            "references": [catalog.reference(name) for name in risk.references],
            "unmeasured": risk.unmeasured,
        }
        yield Entry(kind="risk", name=risk.id, says=risk.title, side=side, facts=facts)


def _words() -> Iterator[Entry]:
    for word in load().words.values():
        yield Entry(kind="word", name=word.name, says=word.says, facts={"see": list(word.see)})


def _limits() -> Iterator[Entry]:
    for name, domain in load().domains.items():
        for limit in domain.limit:
            facts = {"limit": limit.limit, "domain": name, "source": limit.source}
            yield Entry(kind="limit", name=limit.finding, says=limit.reason, facts=facts)


KINDS: Mapping[str, Callable[[], Iterator[Entry]]] = {
    "targets": _parts("target"),
    "conditions": _parts("condition"),
    "mitigations": _parts("mitigation"),
    "metrics": _parts("metric"),
    "assistants": _parts("assistant"),
    "judges": _parts("judge"),
    "corpora": _parts("corpus"),
    "areas": _areas,
    "risks": _risks,
    "words": _words,
    "limits": _limits,
}


def functions_of(source: bytes) -> dict[str, list[str]]:
    """The functions that a Python file defines at its top, each with the parameters that must be given; nothing is run.

    >>> functions_of(b"def fit(x, y, *, seed=0): pass")
    {'fit': ['x', 'y']}

    Raises:
        SyntaxError: It is not Python.
        ValueError: It holds a NUL, or is not in the encoding that it names.
    """
    found = {}
    for line in ast.parse(source).body:
        if isinstance(line, ast.FunctionDef):
            given = [*line.args.posonlyargs, *line.args.args]
            found[line.name] = [one.arg for one in given[: len(given) - len(line.args.defaults)]]
    return found
