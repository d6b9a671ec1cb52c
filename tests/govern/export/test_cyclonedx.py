"""CycloneDX: kept by its own strict validator, which refuses a changed byte."""

from __future__ import annotations

import json

import pytest
from govern import synthetic

from keepstone.govern.export import bill
from keepstone.govern.export.source import Source

pytest.importorskip("cyclonedx")
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from keepstone.core.errors import KeepstoneError
from keepstone.govern.export import cyclonedx

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


@pytest.mark.parametrize("made", MADE)
def test_it_keeps_the_schema_and_is_the_same_again(made: str) -> None:
    data = cyclonedx.render(Source(MADE[made](), synthetic.run()))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(data.decode()) is None
    assert cyclonedx.render(Source(MADE[made](), synthetic.run())) == data
    spoilt = data.replace(b'"type":"machine-learning-model"', b'"type":"machine-learning-nodel"')
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(spoilt.decode()) is not None


def test_the_model_card_holds_what_was_measured_and_what_is_not_met() -> None:
    document = json.loads(cyclonedx.render(Source(synthetic.not_met(), synthetic.run())))
    card = next(one["modelCard"] for one in document["components"] if one["bom-ref"] == "model")
    assert len(card["quantitativeAnalysis"]["performanceMetrics"]) == len(synthetic.findings())
    assert card["considerations"]["technicalLimitations"]
    assert document["metadata"]["timestamp"].startswith("2026-11-24T09:00:41")


def test_without_the_facts_of_the_run_there_is_no_time() -> None:
    assert "timestamp" not in json.loads(cyclonedx.render(Source(synthetic.not_met())))["metadata"]


def test_a_digest_that_may_be_of_no_file_is_no_hash() -> None:
    assert b'"hashes"' not in cyclonedx.render(Source(synthetic.not_met()))


def test_a_bill_that_does_not_keep_the_schema_is_not_given() -> None:
    whole = bill.Material(ref="system", kind=bill.SYSTEM, name="s", needs=("model",))
    spoilt = bill.Material(ref="model", kind=bill.MODEL, name="m", blocks={"modelCard": {"nonsense": 1}})
    with pytest.raises(KeepstoneError, match="does not keep the schema"):
        bill.bill(whole, [spoilt])
