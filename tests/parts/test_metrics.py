"""Every metric reads six cases as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.errors import InputError, PartError
from keepstone.core.table import Rule
from keepstone.core.trial import Outcome
from keepstone.measure.play import thousandths
from keepstone.parts.metrics.advantage import LeakageAdvantage
from keepstone.parts.metrics.agreement import Agreement
from keepstone.parts.metrics.alarm_rate import AlarmRate
from keepstone.parts.metrics.alarms import Alarms
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.brier import Brier
from keepstone.parts.metrics.confidently_wrong import ConfidentlyWrong
from keepstone.parts.metrics.error import WrongDecision
from keepstone.parts.metrics.flips import Flips
from keepstone.parts.metrics.found import Found
from keepstone.parts.metrics.gap import GroupGap
from keepstone.parts.metrics.mismatch import Mismatch
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.newly_missed import NewlyMissed
from keepstone.parts.metrics.proxy import Proxy
from keepstone.parts.metrics.rate_at_few_alarms import RateAtFewAlarms
from keepstone.parts.metrics.residual_gap import ResidualGap
from keepstone.parts.metrics.stability import Stability
from keepstone.parts.metrics.success_by import AnyOf, InGroup, LowMargin, SuccessBy
from keepstone.parts.metrics.unanswered import Unanswered
from keepstone.parts.metrics.within import Within
from keepstone.stats.claims import Gap

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.part import Metric

NO = float("nan")


def outcome(**more: np.ndarray[Any, Any]) -> Outcome:
    """Died and flagged, died and not, died and handed over; survived and flagged, survived and not, survived and handed over."""
    columns: dict[str, Any] = {
        "truth": np.array([1.0, 1, 1, 0, 0, 0]),
        "score": np.array([0.9, 0.05, NO, 0.95, 0.2, NO]),
        "flagged": np.array([1.0, 0, NO, 1, 0, NO]),
        "ruling": np.array([0, 1, 2, 0, 0, 3], dtype=np.int8),
        "x": np.arange(12.0).reshape(6, 2),
        "batch": np.array([1, 1, 2, 2, 3, 3]),
        "unit": np.arange(6),
        "group:sex": np.array(["f", "m", "f", "m", "f", "x"]),
        "meant": np.array([0.0, 1, 1, 0, 0, 0]),
    }
    columns |= {name.replace("__", ":"): value for name, value in more.items()}
    return Outcome(columns, np.ones(6), np.zeros(6, dtype=bool))


def read(metric: Metric, now: Outcome, before: Outcome | None = None) -> list[Any]:
    losses = metric.loss(now, lambda: now if before is None else before)
    assert losses.shape == (6, len(metric.parts))
    return [None if np.isnan(value) else round(float(value), 6) for value in losses[:, 0]] if losses.shape[1] == 1 else losses.tolist()


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        (Missed(), [0, 1, 0, None, None, None]),
        (Alarms(), [None, None, None, 1, 0, 0]),
        (WrongDecision(), [0, 1, 0, 1, 0, 0]),
        (AlarmRate(), [1, 0, 0, 1, 0, 0]),
        (Unanswered(), [0, 0, 1, 0, 0, 1]),
        (Brier(), [0.01, 0.9025, 0, 0.9025, 0.04, 0]),
        (ConfidentlyWrong(sure=0.9), [0, 1, None, 1, None, None]),
        (ConfidentlyWrong(sure=0.9, of_all=True), [0, 1, 0, 1, 0, 0]),
        (Proxy(), [1, 0, 0, 0, 0, 0]),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_one_part(metric: Metric, wanted: list[float | None]) -> None:
    assert read(metric, outcome()) == wanted


def test_notes_are_read() -> None:
    notes = outcome(copied=np.array([1.0, 1, 1, 0, 0, 0]), unlike=np.full(6, 0.4), mismatch=np.array([0, 1, 0.5, NO, 0, 1]))
    assert read(Agreement(), notes) == [1, 0, None, 0, 1, None]
    assert read(Stability(), notes) == [0.4] * 6
    assert read(Mismatch(), notes) == [0, 1, 0.5, None, 0, 1]
    with pytest.raises(KeyError):
        read(Agreement(), outcome())


def test_attack_success_counts_what_was_right_before() -> None:
    now = outcome(flagged=np.array([0.0, 0, 0, 0, 1, 0]), ruling=np.zeros(6, dtype=np.int8))
    assert read(AttackSuccess(scope="missed"), now, outcome()) == [1, None, None, None, None, None]
    assert read(AttackSuccess(scope="alarm"), now, outcome()) == [None, None, None, None, 1, None]
    assert read(AttackSuccess(scope="any"), now, outcome()) == [1, None, None, None, 1, None]
    silenced = outcome(ruling=np.full(6, 2, dtype=np.int8))
    assert read(AttackSuccess(scope="any"), silenced, outcome()) == [0, None, None, None, 0, None]


def test_several_slices_and_groups_are_one_flaw() -> None:
    now, before = outcome(flagged=np.array([0.0, 0, 0, 0, 1, 0])), outcome()
    slices = tuple(Rule(((0, "a", "is", value),)) for value in sorted({float(one) for one in np.asarray(before.columns["x"])[[0, 4], 0]}))
    losses = SuccessBy(flaw=AnyOf(slices), scope="any").loss(now, lambda: before)
    assert np.array_equal(losses[[0, 4]], [[1, NO], [1, NO]], equal_nan=True)
    everybody = InGroup("sex", "f", ("m",))
    assert np.isnan(SuccessBy(flaw=everybody, scope="any").loss(now, lambda: before)[:, 1]).all()
    assert SuccessBy(flaw=everybody).id == "success_by-sex-f-m-missed"
    assert SuccessBy(flaw=slices[0], told="where a is low").title == "attack success where a is low, against elsewhere"
    both = Within(inner=WrongDecision(), label="all", column="group:sex", value="f", also=("m",))
    assert read(both, before) == [*read(WrongDecision(), before)[:5], None]
    assert "is f or m" in both.title


def test_newly_missed_counts_outcomes_and_never_what_was_missed_before() -> None:
    now, before = outcome(flagged=np.array([0.0, 0, 0, 0, 1, 0]), ruling=np.zeros(6, dtype=np.int8)), outcome()
    metric = NewlyMissed(attribute="sex", group=str(np.asarray(before.columns["group:sex"])[0]))
    losses = metric.loss(now, lambda: before)
    assert np.nansum(losses, axis=1).tolist() == [1, 0, 0, 0, 0, 0]
    assert (~np.isnan(losses)).sum(axis=1).tolist() == [1, 1, 1, 0, 0, 0]
    assert losses[0, 0] == 1
    assert np.nansum(metric.loss(before, lambda: before)) == 0
    assert NewlyMissed(attribute="race", group="a").unfit(controls.linear())


def test_success_by_splits_it_by_the_flaw() -> None:
    now, before = outcome(flagged=np.array([0.0, 0, 0, 0, 1, 0])), outcome()
    slice_, margin = Rule(((0, "a", "<=", 1.0),)), LowMargin(threshold=0.3, width=0.11)
    assert np.array_equal(SuccessBy(flaw=slice_, scope="any").loss(now, lambda: before)[[0, 4]], [[1, NO], [NO, 1]], equal_nan=True)
    assert np.array_equal(SuccessBy(flaw=margin, scope="any").loss(now, lambda: before)[[0, 4]], [[NO, 1], [1, NO]], equal_nan=True)
    assert np.isnan(SuccessBy(flaw=InGroup("sex", "m"), scope="any").loss(now, lambda: before)[:, 0]).all()
    assert SuccessBy(flaw=InGroup("race", "m")).unfit(controls.linear())
    assert not SuccessBy(flaw=InGroup("sex", "male")).unfit(controls.linear())
    assert len({SuccessBy(flaw=flaw).id for flaw in (slice_, margin, InGroup("sex", "m"), InGroup("sex", "f"), Rule(((0, "a", "<=", 2.0),)))}) == 5


def test_flips_compares_decisions_whichever_was_right() -> None:
    now = outcome(flagged=np.array([0.0, 0, NO, 1, 1, 1]), ruling=np.array([0, 0, 2, 4, 0, 0], dtype=np.int8))
    assert read(Flips(), now, outcome()) == [1, 0, 0, 1, 1, 1]


def test_a_gap_has_a_part_a_group() -> None:
    metric = GroupGap(of="missed", attribute="sex", groups=("f", "m"), others=True)
    assert metric.parts == ("f", "m", "all others")
    assert np.array_equal(metric.loss(outcome(), outcome)[:3], [[0, NO, NO], [NO, 1, NO], [0, NO, NO]], equal_nan=True)
    assert np.isnan(metric.loss(outcome(), outcome)[3:]).all()
    alarms = GroupGap(of="alarms", attribute="sex", groups=("f", "m"), others=True).loss(outcome(), outcome)
    assert np.array_equal(alarms[3:], [[NO, 1, NO], [0, NO, NO], [NO, NO, 0]], equal_nan=True)
    assert (~np.isnan(GroupGap(of="error", attribute="sex", groups=("f",), others=True).loss(outcome(), outcome))).sum() == 6


def test_a_gap_of_two_parts_is_one_comparison() -> None:
    assert GroupGap(of="missed", attribute="sex", groups=("f",), others=True).claim == Gap(groups=(0, 1))
    assert GroupGap(of="missed", attribute="sex", groups=("f", "m")).claim == Gap(groups=(0, 1))
    assert GroupGap(of="missed", attribute="sex", groups=("f", "m"), others=True).claim == Gap(groups=(0, 1))
    assert GroupGap(of="missed", attribute="sex", groups=("a", "b", "c"), others=True).claim == Gap(groups=(0, 1, 2))


def test_a_residual_gap_is_half_of_the_gap_in_risk() -> None:
    metric = ResidualGap(attribute="sex", groups=("f", "m"))
    losses = metric.loss(outcome(), outcome)
    assert np.allclose(losses[[0, 1, 3, 4]], [[0.55, NO], [NO, 0.975], [NO, 0.025], [0.4, NO]], equal_nan=True)
    assert np.isnan(losses[[2, 5]]).all()
    blocks = thousandths(losses, np.zeros(6, dtype=bool))
    assert metric.claim.mean(metric.claim.tally(blocks)) == pytest.approx(abs((0.55 + 0.4) / 2 - 0.5), abs=1e-9)


def test_within_counts_inside_only() -> None:
    assert read(Within(inner=WrongDecision(), label="a", rule=Rule(((0, "a", ">", 5.0),))), outcome()) == [None, None, None, 1, 0, 0]
    assert read(Within(inner=WrongDecision(), label="a", column="batch", value="2"), outcome()) == [None, None, 0, 1, None, None]
    assert read(Within(inner=WrongDecision(), label="a", column="group:sex", value="m"), outcome()) == [None, 1, None, 1, None, None]
    by_label = outcome(kept=np.array([[1.0, 0]] * 6))
    assert read(Within(inner=WrongDecision(), label="a", column="kept"), by_label) == [None, None, None, 1, 0, 0]
    assert Within(inner=GroupGap(of="missed", attribute="sex", groups=("f", "m")), label="a", column="kept").parts == ("f", "m")
    with pytest.raises(PartError, match="must be a number"):
        read(Within(inner=WrongDecision(), label="a", column="batch", value="north"), outcome())


def test_inference_metrics_tell_members_from_others() -> None:
    member = np.array([1.0, 1, 1, 0, 0, 0])
    notes = outcome(member=member, guess=np.array([0.9, 0.1, 0.6, 0.7, 0.2, 0.3]), t1=np.full(6, 0.65), t2=np.full(6, 0.8), found=1 - member)
    for metric, wanted in (
        (LeakageAdvantage(threshold=0.5), [2 / 3, 1 / 3]),
        (RateAtFewAlarms(alarms=0.01), [1 / 3, 1 / 3, 1 / 3, 0]),
        (Found(), [0, 1]),
    ):
        assert np.allclose(np.nanmean(metric.loss(notes, outcome), axis=0), wanted)
        assert not metric.unfit(controls.linear())


def test_a_broken_trial_counts_the_worst_way_wherever_it_may_count() -> None:
    broken = np.array([True, False, False, True, False, False])
    score = np.array([NO, 0.05, NO, NO, 0.2, NO])
    now = Outcome({**outcome().columns, "score": score, "flagged": score * 0, "copied": np.ones(6)}, np.ones(6), broken)
    for metric in (Missed(), WrongDecision(), Brier(), ConfidentlyWrong(), Agreement()):
        assert thousandths(metric.loss(now, lambda: now), broken)[0, 0] == 1000
    gap = ResidualGap(attribute="sex", groups=("f", "m"))
    assert thousandths(gap.loss(now, lambda: now), broken)[[0, 3]].max(axis=1).tolist() == [1000, 1000]


@pytest.mark.parametrize(
    "build",
    [
        lambda: ConfidentlyWrong(sure=0.5),
        lambda: GroupGap(of="missed", attribute="sex", groups=("f",)),
        lambda: GroupGap(of="luck", attribute="sex", groups=("f", "m")),
        lambda: ResidualGap(attribute="sex", groups=()),
        lambda: AttackSuccess(scope="none"),
        lambda: SuccessBy(flaw=InGroup("sex", "f"), scope="none"),
        lambda: RateAtFewAlarms(alarms=0),
        lambda: Within(inner=Missed(), label="a"),
        lambda: Within(inner=Missed(), label="a", rule=Rule(()), column="batch"),
    ],
)
def test_what_makes_no_sense_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(InputError, match="must be"):
        build()


def test_unfit_names_the_argument() -> None:
    assert "`groups` with «race»" in GroupGap(of="missed", attribute="race", groups=("a", "b")).unfit(controls.linear())
    assert "`groups` with «race»" in ResidualGap(attribute="race", groups=("a", "b")).unfit(controls.linear())
    assert "`groups` with «race»" in Within(inner=Missed(), label="a", column="group:race", value="a").unfit(controls.linear())
    assert not Proxy().unfit(controls.linear())
