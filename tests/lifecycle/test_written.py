"""The plan as written holds what a verifier needs."""

from __future__ import annotations

from fakes import held, pair, plan

from keepstone.govern.wording import in_brief
from keepstone.ledger.canonical import decode, encode
from keepstone.lifecycle.written import plan_document


def test_a_plan_is_plain_values_with_every_criterion_and_pair() -> None:
    one, other = held(0.1, 0.2), held(0.3, 0.2, critical=True)
    document = plan_document(plan(one, other, pairs=[pair(one, other)]), frozenset({other.probe.id}))
    assert decode(encode(document)) == document
    criteria = document["criteria"]
    assert isinstance(criteria, list)
    assert [row["in_family"] for row in criteria] == [True, False]
    assert criteria[1]["critical"] is True
    assert criteria[0]["claim"]["kind"] == "mean"
    assert criteria[0]["shown"]["metric_title"] == one.cell.metric.title
    pairs = document["pairs"]
    assert isinstance(pairs, list)
    assert pairs[0]["shown"]["column"] == in_brief(one.cell)
    assert (document["names"], plan_document(plan(one), frozenset(), names={"m": "ours"})["names"]) == ({}, {"m": "ours"})
    assert document["families"] == {"verdicts": {"cells": 1, "levels": [[1, 0.05]]}, "effects": {"pairs": 1, "nulls": 2}}
