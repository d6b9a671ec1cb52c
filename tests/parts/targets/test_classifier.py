"""The rows of a classifier's streams: which file they are of, who was in, and in what order they were delivered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keepstone.areas import controls
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.membership import Membership, Shadow
from keepstone.parts.targets.classifier import Classifier

PLAIN = controls.linear()


def apart() -> Classifier:
    """The same target with the rows of either table counted from 0, each in a file of its own."""
    number = np.arange(len(PLAIN.test), dtype=np.int64)
    train = replace(PLAIN.table("train"), row=number, unit=-1 - number, file="train.csv")
    return replace(PLAIN, test=replace(PLAIN.test, row=number, unit=number, file="test.csv"), train=train)


def test_the_pool_says_who_was_in_whatever_the_rows_are_numbered() -> None:
    for target in (PLAIN, apart()):
        pool, train = target.table("pool"), {row.tobytes() for row in target.table("train").x}
        assert pool.member is not None
        assert pool.member.tolist() == [row.tobytes() in train for row in pool.x]
        assert np.sum(np.asarray(target.dry("pool").columns["member"], dtype=np.float64)) == len(pool) / 2
        assert target.table("test").member is None
    assert "member" not in PLAIN.dry("test").columns


def test_records_of_two_files_stand_one_after_the_other() -> None:
    train, test = apart().table("train"), apart().test
    np.testing.assert_array_equal(apart().table("records").x, np.vstack([train.x, test.x]))


def test_records_of_one_file_stand_as_they_stood_there() -> None:
    mixed = np.random.default_rng(1).permutation(len(PLAIN.test) * 2)
    train = replace(PLAIN.table("train"), row=mixed[: len(PLAIN.test)])
    target = replace(PLAIN, train=train, test=replace(PLAIN.test, row=mixed[len(PLAIN.test) :]))
    assert target.table("records").row.tolist() == sorted(mixed.tolist())


def test_shadows_know_their_people_where_the_rows_of_two_files_have_the_same_numbers() -> None:
    target = apart()
    pool, shadow = target.table("pool"), Membership(shadows=4).needs(target)[0]
    assert pool.member is not None
    assert isinstance(shadow, Shadow)
    inside = shadow.make(KeptShelf())["inside"]
    assert 0.4 < inside[pool.member].mean() < 0.6
    assert np.corrcoef(inside[pool.row.argsort()][::2], inside[pool.row.argsort()][1::2])[0, 1] < 0.2  # the two that share a number are drawn apart


def test_a_target_that_does_not_say_who_was_in_is_told_so() -> None:
    silent = replace(PLAIN)
    object.__setattr__(silent, "_made", {name: replace(PLAIN.table(name), member=None) for name in ("test", "train", "pool", "records")})
    assert "«member»" in Membership().unfit(silent)
    assert Membership().unfit(PLAIN) == ""
