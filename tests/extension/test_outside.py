"""Parts in a package of their own are listed, explained, checked and assessed as those of the house, after nothing but an installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from extension.workplace import Workplace

PARTS = {
    "conditions": ("digit_preference", "art_attack", "garak_probe", "pyrit_converter"),
    "mitigations": ("grey_zone",),
    "metrics": ("weighted_error",),
    "targets": ("scorecard",),
}
ASKED = "robustness.digit_preference-50-4e.weighted_error-0p25"


def joined(ward: Workplace, *names: str) -> str:
    """Write one system file from several pieces."""
    text = "".join((ward.folder / f"{name}.toml").read_text(encoding="utf-8") for name in names)
    (ward.folder / "asked.toml").write_text(text, encoding="utf-8")
    return "asked.toml"


@pytest.mark.parametrize("kind", PARTS)
def test_they_are_listed_with_their_place(ward: Workplace, kind: str) -> None:
    entries = {entry["name"]: entry for entry in ward.document("list", kind, "--json")["entries"]}
    for name in PARTS[kind]:
        assert entries[name]["where"].startswith(f"ward_parts.{name}:")
        assert entries[name]["says"].endswith(".")


def test_they_are_explained(ward: Workplace) -> None:
    (meaning,) = ward.document("explain", "digit_preference", "--json")["meanings"]
    assert meaning["parameters"] == {"share": "50", "grid": "4"}


@pytest.mark.parametrize("name", ["digit_preference", "grey_zone", "weighted_error", "scorecard"])
def test_their_rules_hold_and_they_are_known(ward: Workplace, name: str) -> None:
    (found,) = ward.document("check", f"ward_parts.{name}", "--json")["parts"]
    assert found["problems"] == []
    assert found["installed"]


def test_a_part_that_breaks_a_rule_is_told_so(ward: Workplace) -> None:
    whole = (ward.path[0] / "ward_parts" / "digit_preference.py").read_text(encoding="utf-8")
    careless = whole.replace("uniform(trials, self.name, len(features))", "np.random.default_rng(trials.start).random(x.shape)")
    assert careless != whole
    (ward.folder / "careless.py").write_text(careless, encoding="utf-8")
    (found,) = ward.document("check", "careless.py", "--json", ends=1)["parts"]
    assert any("must give the same outcome for any split of the trials" in problem for problem in found["problems"]), found


@pytest.mark.slow
def test_they_are_assessed_as_those_of_the_house(ward: Workplace) -> None:
    system = joined(ward, "system", "probe", "grey_zone")
    done = ward.run("assess", system, "--only", "robustness", "--out", "one", "--workers", "1")
    assert done.returncode in {0, 1, 4}, done.stderr
    one = (ward.folder / "one" / "result.json").read_bytes()
    result = json.loads(one)
    found = next(finding for finding in result["findings"] if finding["id"] == ASKED)
    assert (found["verdict"], found["side"], found["area"], found["limit"], found["mitigation"]) == ("pass", "safety", "robustness", 0.12, "none")
    assert found["trials"] == 1200
    assert 0 < found["lower"] < found["mean"] < found["upper"] <= 0.12
    effects = {(effect["mitigation"], effect["condition"], effect["metric"]) for effect in result["interplay"]}
    assert ("grey_zone-0p1-0p3", "digit_preference-50-4e", "missed") in effects
    assert result["digests"]["parts"].startswith("sha256:")
    two = ward.run("assess", system, "--only", "robustness", "--out", "two", "--workers", "2")
    assert two.returncode == done.returncode
    assert (ward.folder / "two" / "result.json").read_bytes() == one


@pytest.mark.slow
def test_without_controls_nothing_is_met(ward: Workplace) -> None:
    text = (ward.folder / "probe.toml").read_text(encoding="utf-8")
    (ward.folder / "probe.toml").write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("control")), encoding="utf-8")
    outlook = ward.document("plan", joined(ward, "system", "probe"), "--only", "robustness", "--json")
    found = next(one for one in outlook["criteria"] if one["id"] == ASKED)
    assert (found["state"], found["provisional"]) == ("can only fail", ["probe.control"])


@pytest.mark.slow
def test_a_control_that_comes_out_wrong_is_an_error(ward: Workplace) -> None:
    text = (ward.folder / "probe.toml").read_text(encoding="utf-8")
    (ward.folder / "probe.toml").write_text(text.replace('bad = "blind"', 'bad = "perfect"'), encoding="utf-8")
    outlook = ward.document("plan", joined(ward, "system", "probe"), "--only", "robustness", "--json")
    found = next(one for one in outlook["criteria"] if one["id"] == ASKED)
    assert found["state"] == "broken"
    assert "known-bad target: must come out over 0.1" in found["why"]


@pytest.mark.slow
def test_a_target_of_their_own_is_assessed(ward: Workplace) -> None:
    done = ward.run("assess", "scorecard.toml", "--only", "control,adversarial", "--out", "card", "--workers", "1")
    assert done.returncode in {0, 1, 4}, done.stderr
    result = json.loads((ward.folder / "card" / "result.json").read_bytes())
    attacked = [finding for finding in result["findings"] if finding["area"] == "adversarial" and finding["mean"] is not None]
    assert attacked
    assert all(finding["trials"] > 0 for finding in attacked)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('part = "scorecard"', 'part = "scorecards"', "The target «scorecards» is not known; there are: agentdojo, chat, classifier, scorecard."),
        ("points = 2", "test = 2", "The «test» of «parameters» must not be given: the target «scorecard» gets it from [data]."),
        (
            '["age", "pulse", "crp"]',
            '["age", "pulse", "bmi"]',
            "The «columns» must be columns of the cases, with as many «cuts»; got age, pulse, bmi and 3 cuts.",
        ),
        (", cuts = [65, 95, 40]", "", "The target «scorecard» needs the parameter «cuts»."),
    ],
)
def test_a_target_that_can_not_be_built_is_told_in_one_line(ward: Workplace, old: str, new: str, said: str) -> None:
    text = (ward.folder / "scorecard.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (ward.folder / "wrong.toml").write_text(text.replace(old, new), encoding="utf-8")
    done = ward.run("assess", "wrong.toml", "--out", "never", "--workers", "1")
    assert (done.returncode, done.stderr) == (2, f"keepstone: {said}\n")
    assert not (ward.folder / "never").exists()


@pytest.mark.slow
def test_workers_that_were_started_for_nothing_end_without_a_word(ward: Workplace) -> None:
    text = (ward.folder / "scorecard.toml").read_text(encoding="utf-8")
    (ward.folder / "wrong.toml").write_text(text.replace("points = 2", "test = 2"), encoding="utf-8")
    done = ward.run("assess", "wrong.toml", "--out", "never", "--workers", "2")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def another(folder: Path, kind: str, name: str) -> Path:
    """Install one more package that only claims a name."""
    place = folder / "another-1.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1\n", encoding="utf-8")
    (place / "entry_points.txt").write_text(f"[keepstone.{kind}]\n{name} = another:Part\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("kind", "name", "first"),
    [("metrics", "weighted_error", "ward_parts.weighted_error:WeightedError"), ("conditions", "nominal", "keepstone.parts.conditions.hazards.nominal")],
)
def test_two_parts_of_one_name_are_an_error_that_names_both_places(ward: Workplace, tmp_path: Path, kind: str, name: str, first: str) -> None:
    done = ward.beside(another(tmp_path / "more", kind, name)).run("list", kind)
    assert done.returncode == 2
    assert f"The {kind[:-1]} «{name}» must be one; it is in " in done.stderr
    assert first in done.stderr
    assert "another:Part" in done.stderr
