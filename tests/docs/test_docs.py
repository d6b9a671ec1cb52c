"""The pages are complete: whatever can be typed, imported or read in a result has a place in them, and the tables say what the code does."""

from __future__ import annotations

import functools
import runpy
import string
import sys
import tempfile
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from desk import Desk
from docs.pages import DOCS, PAGES, TOP, blocks

import keepstone
from keepstone.areas.chat import known
from keepstone.catalog.load import load
from keepstone.catalog.packages import known_files
from keepstone.cli.main import COMMANDS
from keepstone.core.origin import Area
from keepstone.core.probe import Probe, Scope
from keepstone.core.system import Affected, Autonomy, HarmKind, Need, Stage, TargetSpec
from keepstone.intake import toml
from keepstone.intake.agentdojo import DEFENCES
from keepstone.lifecycle import assess as order
from keepstone.lifecycle import inventory
from keepstone.lifecycle.declared import KNOWN
from keepstone.lifecycle.described import described
from keepstone.lifecycle.opening import open_target
from keepstone.map import derive, describe, features, stakes
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.targets.agentdojo import SCRIPTS, AgentDojo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.intake.fields import Section

EXAMPLE = TOP / "examples" / "healthcare" / "system.toml"
CHAT = TOP / "examples" / "chatbot" / "system.toml"
WORDS = frozenset(string.ascii_letters + string.digits + "-_")


def text(*names: str) -> str:
    """The text of pages; of all where none is named."""
    return "\n".join((DOCS / name).read_text(encoding="utf-8") for name in names) if names else "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def rows(name: str) -> Iterator[tuple[str, list[str]]]:
    """The rows of every table of a page, each with the heading that it stands under."""
    heading = ""
    for line in text(name).splitlines():
        if line.startswith("#"):
            heading = line.lstrip("#").strip()
        elif line.startswith("| ") and not line.startswith("| ---"):
            yield heading, [cell.strip() for cell in line.strip("|").split(" | ")]


def coded(cell: str) -> list[str]:
    """What stands in backticks."""
    return cell.split("`")[1::2]


# ---- made pages ----


def test_made_pages_are_what_the_code_says(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["reference.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(TOP / "tools" / "reference.py"), run_name="__main__")
    assert ended.value.code == 0, capsys.readouterr().out


@pytest.mark.parametrize("word", sorted(load().words))
def test_every_word_is_in_the_glossary(word: str) -> None:
    assert f"## {word}\n" in text("glossary.md")


@pytest.mark.parametrize("kind", list(inventory.HOMES))
def test_every_part_is_listed(kind: str) -> None:
    shown = text("reference/parts.md")
    assert [name for name, place in inventory.places(kind).items() if not place.outside and f"| `{name}` |" not in shown] == []


def test_every_risk_is_listed() -> None:
    shown = text("reference/risks.md")
    assert [name for name in load().risks if f"| `{name}` |" not in shown] == []


# ---- the command line and Python ----


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand with what is typed."""
    for name in COMMANDS:
        command: click.Command = import_module(f"keepstone.cli.{name.replace('-', '_')}_command").command
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", one) for sub, one in command.commands.items())


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_is_explained(name: str) -> None:
    shown = text("reference/commands.md")
    assert f"## keepstone {name}\n" in shown
    for typed, command in commands():
        if typed == name:
            options = [option for one in command.params for option in one.opts if option.startswith("--")]
            assert [option for option in options if option not in shown] == []


def typed() -> Iterator[tuple[str, list[str]]]:
    """Every call of `keepstone` on a page, with its place."""
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            for piece in [*line.split("`")[1::2], line.strip().removeprefix("$ ").removeprefix("- run: ")]:
                words = piece.split("#")[0].split()
                if words[:1] == ["keepstone"] and len(words) > 1 and set(words[1]) <= WORDS:
                    yield f"{page.relative_to(TOP).as_posix()}:{number}", words[1:]


@pytest.mark.parametrize(("place", "words"), [pytest.param(place, words, id=place) for place, words in typed()])
def test_what_a_page_types_can_be_typed(place: str, words: list[str]) -> None:
    known = dict(commands())
    if words[0].startswith("-"):
        assert words[0] in {"--help", "--version"}
        return
    if words[0].isupper() and words[0] not in known:
        return  # keepstone COMMAND --help
    assert words[0] in known, f"{place}: there is no command {words[0]}"
    command = known.get(" ".join(words[:2]), known[words[0]])
    options = {option for one in command.params for option in one.opts} | {"--help"}
    assert [word for word in words if word.startswith("--") and word.partition("=")[0] not in options] == [], place


@pytest.mark.parametrize("name", keepstone.__all__)
def test_every_public_name_is_explained(name: str) -> None:
    assert f"| `ks.{name}`" in text("python.md") or f", `ks.{name}`" in text("python.md")


def test_every_exit_code_is_explained() -> None:
    shown = [cells[0] for _heading, cells in rows("tutorial.md")]
    assert [code for code in ("0", "1", "2", "3", "4", "130") if code not in shown] == []


# ---- system files ----


def accepted(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Per table, every field that a reader of system files asks for, read off a file that has them all."""
    read: list[Section] = []

    def parse(data: bytes, *, name: str) -> Section:
        read.append(toml.parse(data, name=name))
        return read[-1]

    monkeypatch.setattr(describe, "toml", type("Watched", (), {"parse": staticmethod(parse)}))
    whole = EXAMPLE.read_text(encoding="utf-8").replace('features = "features.toml"', "") + (EXAMPLE.parent / "features.toml").read_text(encoding="utf-8")
    whole += '[[probe]]\nrisk = "control.reliance"\ncondition = "a"\nmetric = "b"\nlimit = 0.2\nfloor = "robustness.*"\n'
    whole += 'control = { bad = "a", good = "b", limit = 0.1 }\n'
    whole += '[[judge]]\nname = "a"\nmeaning = "b"\nkind = "words"\nlimit = 0.1\nrisk = "alignment.judged"\n'
    whole += '[scope]\nhosts = ["example.org"]\nauthorised_by = "a"\nuntil = 2026-12-31\nside_effects = false\n'
    describe.describe(whole, name="s.toml")
    found: dict[str, set[str]] = {}
    for section in read[0].document.sections:
        found.setdefault(".".join(part for part in section.path if isinstance(part, str)), set()).update(section._asked)
    return {name: keys for name, keys in found.items() if not name.endswith("parameters")}


def test_every_field_of_a_system_file_is_explained_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[str, set[str]] = {}
    for heading, cells in rows("own-system.md"):
        name = heading.strip("`[]")
        if cells[0] != "field":
            shown.setdefault({"units": "feature.units", "control": "probe.control"}.get(name, name), set()).update(coded(cells[0]))
    found = accepted(monkeypatch)
    assert {f"{name}" for name in found[""]} == {name.partition(".")[0] for name in shown}
    del found[""]
    assert shown == found


def test_every_word_that_a_field_takes_is_explained() -> None:
    enums = [one.value for kind in (Autonomy, Stage, Need, Affected, HarmKind) for one in kind]
    lists = (*stakes.ASSETS, *stakes.ATTACKERS, *stakes.ACCESS, *stakes.KNOWLEDGE, *features.KINDS)
    more = (*describe.STATES, *describe.PROFILES, *describe.DESIGNS, *describe.SOURCES)
    known = {word for _heading, cells in rows("own-system.md") for cell in cells for word in coded(cell)}
    assert [word for word in (*enums, *lists, *more) if word not in known] == []


def test_every_known_target_of_a_control_is_explained() -> None:
    shown = [word for heading, cells in rows("howto/area.md") if heading == "Controls" for word in coded(cells[0])]
    assert shown == list(KNOWN)


# ---- the twelve areas ----


@functools.cache
def asked() -> tuple[set[tuple[str, str, str]], set[tuple[str, str]]]:
    """What the areas ask of the healthcare example when they are told everything: (area, risk, cell), and (area, risk) of what can't be asked."""
    system, shelf = replace(described(EXAMPLE), exclusions=()), KeptShelf()
    opened = open_target(system, EXAMPLE.parent, seed=7, shelf=shelf)
    plan = order.prepare(system, opened, order.Choice(profile="full"), shelf).plan
    cells = {
        (held.probe.risk.area.value, held.probe.risk.id, f"{held.probe.risk.area.value}.{held.cell.arm.condition.name}.{held.cell.metric.name}")
        for held in plan.held
    }
    open_ = [one for one in plan.unasked if not one.what.startswith("mitigation.") and not one.why.startswith("fewer than 10 of the group")]
    return cells, {(one.risk.area.value, one.risk.id) for one in open_}


def table() -> tuple[set[tuple[str, str, str]], dict[tuple[str, str], str]]:
    """The same as the page says it."""
    area, cells, open_ = "", set[tuple[str, str, str]](), dict[tuple[str, str], str]()
    for heading, (first, risk, by, *_rest) in rows("areas.md"):
        if heading not in {"Safety", "Security"} or first == "area":
            continue
        area = first or area
        (name,) = coded(risk)
        if by.startswith("not measured yet: "):
            open_[area, name] = by
        else:
            cells |= {(area, name, cell) for cell in coded(by)}
    return cells, open_


@pytest.mark.slow
def test_the_table_of_areas_is_what_the_areas_ask() -> None:
    cells, open_ = table()
    assert (cells, set(open_)) == asked()


def test_every_area_and_risk_has_its_row() -> None:
    cells, open_ = table()
    told = {risk for _area, risk, _cell in cells} | {risk for _area, risk in open_}
    assert told == {name for name, risk in load().risks.items() if risk.of in ("", "table")}
    assert {area for area, _risk, _cell in cells} | {area for area, _risk in open_} == {area.value for area in Area}


def test_every_risk_of_a_chat_system_has_its_row() -> None:
    told = {word for _heading, cells in rows("chat-cells.md") for cell in cells[1:2] for word in coded(cell)}
    assert {name for name, risk in load().risks.items() if risk.of == "chat"} <= told


def test_every_finding_of_the_page_is_asked_and_every_switch_known() -> None:
    cells = [cell for heading, cell in rows("chat-cells.md") if heading in {"Safety", "Security"} and cell[0] != "area"]
    shown = {word for cell in cells for word in coded(cell[2])}
    register = derive.derive(described(CHAT), load())
    scope = Scope(system=described(CHAT), target=known.flawless(), risk=register.risk, limit=lambda _area, _condition, _metric: 0.1, profile="full")
    asked = {one.id for module in inventory.areas("chat") for one in module.probes(scope) if isinstance(one, Probe)}
    encoded = {name for name in asked if name.startswith("adversarial.prompt_injection-input-")}
    assert len(encoded) == 9
    assert shown == asked - encoded
    assert {word for cell in cells for word in coded(cell[4])} <= {field.name for field in fields(Clinic)}


def test_every_finding_of_an_agent_is_on_its_page_with_the_agents_and_the_defences() -> None:
    cells = [cell for heading, cell in rows("howto/agentdojo.md") if heading == "What is asked" and cell[0] != "area"]
    system = replace(described(CHAT), target=TargetSpec(agentdojo="banking"))
    target = AgentDojo(worlds=Desk())
    risk = derive.derive(system, load()).risk
    scope = Scope(system=system, target=target, risk=risk, limit=lambda _area, _condition, _metric: 0.1)
    probes = [one for module in inventory.areas("agent") for one in module.probes(scope) if isinstance(one, Probe)]
    assert {word for cell in cells for word in coded(cell[2])} == {one.id for one in probes}
    assert {word for cell in cells for word in coded(cell[1])} == {one.risk.id for one in probes}
    told = {word for _heading, cell in rows("howto/agentdojo.md") for word in coded(cell[0])}
    assert {*SCRIPTS, *DEFENCES} <= told


def test_every_known_collection_is_on_its_page() -> None:
    shown = {word for heading, cell in rows("howto/corpora.md") if heading.startswith("Collections") for word in coded(cell[0])}
    assert shown == set(known_files())


def test_what_the_example_leaves_out_is_told_with_its_reason() -> None:
    shown = {tuple(cells) for heading, cells in rows("areas.md") if heading.startswith("Left out") and cells[0] != "area"}
    assert shown == {(one.area.value, one.by, one.reason) for one in described(EXAMPLE).exclusions}


# ---- the pages themselves ----


def test_every_page_can_be_reached_from_the_first() -> None:
    index = text("index.md")
    apart = {"index.md", "schema/README.md"}
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - apart
    linked = {name for name in pages if f"({name})" in index}
    beside = {name for name in pages if any(f"({Path(name).name})" in text(other) for other in linked if Path(other).parent == Path(name).parent)}
    assert pages - linked - beside - {name for name in pages if name.startswith("decisions/")} == set()


def test_no_page_holds_a_place_of_this_machine() -> None:
    places = {f"{place}/" for place in (TOP.parent, Path.home(), Path(tempfile.gettempdir())) if place != Path(place.anchor)}
    assert places
    assert [(page.name, place) for page in PAGES for place in places if place in page.read_text(encoding="utf-8")] == []


def test_there_are_pages() -> None:
    assert len(PAGES) > 15
    assert sum(len(blocks(page)) for page in PAGES) > 30
