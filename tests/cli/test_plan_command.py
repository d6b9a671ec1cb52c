"""`keepstone plan`: on one screen, in whole, as JSON; with a model and without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile.spoil import SYSTEM, ran, sound

from keepstone.core.origin import Area
from keepstone.core.part import Tabular
from keepstone.lifecycle.described import described
from keepstone.lifecycle.opening import open_target
from keepstone.measure.shelf import KeptShelf

IDEA = SYSTEM.partition("[target]")[0] + '\n[[exclude]]\narea = "longterm"\nby = "us"\nreason = "later"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sound(tmp_path)
    return tmp_path


def test_one_screen(folder: Path) -> None:
    got = ran(["plan", "system.toml"], folder)
    assert got.code == 0, got.err
    lines = got.out.splitlines()
    assert len(lines) <= 45
    assert [line for line in lines if len(line) > 100 or line != line.rstrip()] == []
    for said in (
        "Nothing of it was run",
        "can be decided",
        "met up to",
        "fails from",
        "tightest",
        "Not measured, and what would change that",
        "It takes",
        "give `groups`",
    ):
        assert said in got.out


SPY = """

def counted(x):
    with open("asked", "a") as file:
        file.writelines(f"{value:.2f}\\n" for value in x[:, 1])
    return score(x)
"""


def test_nothing_is_written_and_no_row_of_a_claim_is_asked_about(folder: Path) -> None:
    rows = [f"70,{k / 100:.2f},{int(k % 3 == 0)}" for k in range(600)]  # every row has a value of its own
    (folder / "cases.csv").write_text("\n".join(["age,lab,died", *rows]) + "\n", encoding="utf-8")
    (folder / "model.py").write_text((folder / "model.py").read_text(encoding="utf-8") + SPY, encoding="utf-8")
    (folder / "system.toml").write_text(SYSTEM.replace("model.py:score", "model.py:counted"), encoding="utf-8")
    got = ran(["plan", "system.toml"], folder)
    assert got.code == 0, got.err
    assert {path.name for path in folder.iterdir()} - {"__pycache__"} == {"asked", "cases.csv", "model.py", "system.toml"}
    asked = set((folder / "asked").read_text(encoding="utf-8").split())
    target = open_target(described(folder / "system.toml"), folder, seed=7, shelf=KeptShelf()).target
    assert isinstance(target, Tabular)
    claimed = target.table("test").x[:, 1]
    assert asked
    assert asked & {f"{value:.2f}" for value in claimed} == set()


def test_every_criterion_and_all_of_it_as_json(folder: Path) -> None:
    whole = ran(["plan", "system.toml", "--all"], folder).out
    document = json.loads(ran(["plan", "system.toml", "--json"], folder).out)
    assert document["schema"] == "keepstone/outlook/1"
    assert document["criteria"]
    for one in document["criteria"]:
        assert one["id"].partition(".")[2][:10] in whole
    assert {"id", "area", "why"} == set(document["unmeasured"][0])


def test_areas_and_profile_are_chosen(folder: Path) -> None:
    (folder / "system.toml").write_text(SYSTEM.replace("upper = 9", "upper = 9\nerror_abs = 0.1\nmissing = true"), encoding="utf-8")
    quick, full = (json.loads(ran(["plan", "system.toml", "--json", "--only", "robustness", "--profile", name], folder).out) for name in ("quick", "full"))
    assert {one["area"] for one in quick["criteria"]} == {"robustness"}
    assert len(full["criteria"]) > len(quick["criteria"])


def test_guesses_can_not_be_met(folder: Path) -> None:
    (folder / "system.toml").write_text(SYSTEM.replace("seconds = 0.3", 'seconds = 0.3\nguessed = ["threshold"]'), encoding="utf-8")
    document = json.loads(ran(["plan", "system.toml", "--json", "--only", "control"], folder).out)
    assert {(one["state"], one["passes_up_to"]) for one in document["criteria"]} == {("can only fail", None)}
    assert document["guesses"] == {"target.threshold": len(document["criteria"])}


def test_before_there_is_a_model(folder: Path) -> None:
    (folder / "idea.toml").write_text(IDEA, encoding="utf-8")
    got = ran(["plan", "idea.toml"], folder)
    assert got.code == 0, got.err
    assert "has no [target] and [data] yet" in got.out
    assert "left out by us: later" in got.out
    assert [area.value for area in Area if area.value.replace("_", " ") not in got.out] == []
    document = json.loads(ran(["plan", "idea.toml", "--json"], folder).out)
    assert {risk["area"] for risk in document["risks"]} == {area.value for area in Area}
    only = json.loads(ran(["plan", "idea.toml", "--json", "--only", "fairness"], folder).out)
    assert {risk["area"] for risk in only["risks"]} == {"fairness"}


def test_with_a_model_and_no_data(folder: Path) -> None:
    text = SYSTEM.partition("[data]")[0]
    (folder / "idea.toml").write_text(text, encoding="utf-8")
    got = ran(["plan", "idea.toml"], folder)
    assert "has no [data] yet" in got.out
