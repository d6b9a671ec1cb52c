"""The engine on targets whose rates are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fakes import ADVERSARY, Coin, Lost, held, pair, plan

from keepstone.core.cell import Design, Plan
from keepstone.core.claim import NOT_COUNTED, Claim
from keepstone.core.result import Verdict
from keepstone.measure.executors.local import InProcess, Processes
from keepstone.measure.judge import judge
from keepstone.measure.log import lines
from keepstone.measure.rounds import BLOCK, by_unit
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.measure.state import Progress, State
from keepstone.stats.claims import Gap, Mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.cell import Held, Pair
    from keepstone.core.channel import Floats, Tap
    from keepstone.core.trial import Outcome, Trials


class Halved(Lost):
    """Halves the coin's loss and does not say so."""

    @property
    def claim(self) -> Claim:
        return Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        return super().loss(outcome, calm) / 2


def played(made: Plan, *, failed_controls: frozenset[str] = frozenset(), on_progress: Callable[[Progress], bool] | None = None) -> State:
    return run(made, InProcess(KeptShelf()), failed_controls=failed_controls, on_progress=on_progress)


@pytest.mark.parametrize("design", list(Design))
def test_verdicts_follow_the_rates(design: Design) -> None:
    criteria = (held(0.02, 0.1), held(0.3, 0.1), held(0.1, 0.1))
    measured = judge(played(plan(*criteria, design=design)), {})
    assert [finding.verdict for finding in measured.findings] == [Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE]


@pytest.mark.parametrize("design", list(Design))
def test_verdict_and_interval_never_disagree(design: Design) -> None:
    criteria = [held(rate, limit) for rate in np.linspace(0, 0.4, 9) for limit in (0.05, 0.1, 0.2)]
    measured = judge(played(plan(*criteria, design=design)), {})
    for finding in measured.findings:
        assert finding.estimate is not None
        assert (finding.verdict is Verdict.PASS) == (finding.estimate.upper <= finding.held.limit)
        assert (finding.verdict is Verdict.FAIL) == (finding.estimate.lower >= finding.held.limit)


@pytest.mark.parametrize("design", list(Design))
def test_a_clear_case_stops_early(design: Design) -> None:
    measured = judge(played(plan(held(0.9, 0.1), design=design)), {})
    assert measured.findings[0].verdict is Verdict.FAIL
    assert measured.calls < 0.3 * measured.calls_fixed


def test_an_arm_that_a_comparison_needs_is_played_whole() -> None:
    of, against = held(0.5, 0.1), held(0.1, 0.2)
    state = played(plan(of, against, pairs=[pair(of, against)]))
    assert {track.played for track in state.tracks.values()} == {1000}
    effect = judge(state, {}).effects[0]
    assert effect.direction == "worse"
    assert effect.estimate is not None
    assert effect.estimate.lower > 0.3


def test_the_three_directions_of_an_effect() -> None:
    target = Coin(4000)
    low, high, same = held(0.1, 0.2, target=target), held(0.3, 0.2, target=target), held(0.1, 0.2, target=target, word="twin")
    measured = judge(played(plan(low, high, same, pairs=[pair(low, high), pair(high, low), pair(same, low)])), {})
    assert [effect.direction for effect in measured.effects] == ["better", "worse", "no_worse"]


def test_a_broken_row_is_an_error_counted_the_worst_way() -> None:
    one = held(0.0, 0.1, target=Coin(200, broken_from=198))
    finding = judge(played(plan(one, pairs=[pair(one, one)])), {}).findings[0]
    assert finding.verdict is Verdict.ERROR
    assert "row 198" in finding.why
    assert finding.estimate is not None
    assert finding.estimate.mean == pytest.approx(2 / 200)


def test_a_failed_control_makes_an_error() -> None:
    one = held(0.0, 0.1)
    state = played(plan(one), failed_controls=frozenset({one.probe.id}))
    assert judge(state, {one.probe.id: "it passed the bad target"}).findings[0].verdict is Verdict.ERROR


def test_a_guess_or_a_floor_keeps_a_criterion_from_passing() -> None:
    floor = held(0.5, 0.1, word="floor")
    guessed, floored = held(0.0, 0.1, provisional=("target.threshold",)), held(0.0, 0.1, word="twin", floor=floor.id)
    found = judge(played(plan(floor, guessed, floored)), {}).findings
    assert [finding.verdict for finding in found] == [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]
    assert "guess" in found[1].why
    assert "floor" in found[2].why


def test_a_critical_criterion_needs_more() -> None:
    plain = [held(0.055, 0.1, word=f"w{k}") for k in range(20)]
    usual = judge(played(plan(*plain)), {}).findings
    strict = judge(played(plan(*[replace(one, critical=True) for one in plain], alpha=0.05)), {}).findings
    assert sum(one.verdict is Verdict.PASS for one in strict) <= sum(one.verdict is Verdict.PASS for one in usual)


def test_a_budget_is_never_passed_and_leaves_the_rest_open() -> None:
    criteria = [held(0.1, 0.1, word=f"w{k}") for k in range(4)]
    state = played(plan(*criteria, budget=1500))
    assert state.calls <= 1500
    assert "budget" in state.stopped
    assert all(finding.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED) for finding in judge(state, {}).findings)


@dataclass(frozen=True)
class Busy(Coin):
    """A coin that is asked by way of an assistant, who must be asked three times."""

    title = "a busy coin"
    assistant = SimpleNamespace(attempts=3)
    corpus = None

    def population(self, stream: str) -> str:
        return stream

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        return replace(super().run(trials, tap), calls=np.full(len(trials), 3.0))


@pytest.mark.parametrize("design", list(Design))
def test_a_budget_is_not_passed_where_calls_are_made_again(design: Design) -> None:
    state = played(plan(*[held(0.1, 0.1, target=Busy(), word=f"w{k}") for k in range(4)], budget=1500, design=design))
    assert 1000 < state.calls <= 1500
    assert "budget" in state.stopped


def test_a_person_or_a_clock_can_stop_after_a_round() -> None:
    steps: list[Progress] = []

    def told(step: Progress) -> bool:
        steps.append(step)
        return False

    state = played(plan(held(0.1, 0.1)), on_progress=told)
    assert state.rounds == 1
    assert steps[0].done > 0


def test_what_is_saved_is_told_and_is_what_was_not_asked() -> None:
    steps: list[Progress] = []

    def told(step: Progress) -> bool:
        steps.append(step)
        return True

    state = played(plan(held(0.9, 0.1, word="clear"), held(0.1, 0.1, word="open")), on_progress=told)
    assert steps[0].saved == 0
    assert steps[-1].saved == 2000 - state.calls > 0
    assert steps[-1].done == steps[-1].expected == state.calls


def test_rows_of_a_unit_are_one_trial() -> None:
    finding = judge(played(plan(held(0.2, 0.4, target=Coin(3000, rows_a_unit=3)))), {}).findings[0]
    assert finding.verdict is Verdict.PASS
    assert finding.estimate is not None
    assert finding.estimate.trials <= 1000
    losses = np.array([[1000], [NOT_COUNTED], [0], [NOT_COUNTED]], dtype=np.int16)
    assert by_unit(losses, np.array([1, 1, 1, 2])).ravel().tolist() == [500, NOT_COUNTED]


def test_losses_between_nought_and_one_are_judged_by_betting() -> None:
    found = judge(played(plan(held(0.2, 0.2, metric=Lost(0.5)), held(0.9, 0.2, metric=Lost(0.5)))), {}).findings
    assert [finding.verdict for finding in found] == [Verdict.PASS, Verdict.FAIL]


def test_more_trials_than_a_block_change_nothing_but_the_number_of_batches() -> None:
    one = held(0.2, 0.1, target=Coin(BLOCK + 700))
    state = played(plan(one, pairs=[pair(one, one)]))
    assert state.tracks[one.cell.arm.id].played == BLOCK + 700


def test_workers_and_resuming_change_no_byte(tmp_path: Path) -> None:
    criteria = [held(rate, 0.1, word=f"w{k}") for k, rate in enumerate((0.0, 0.05, 0.1, 0.3))]
    made = plan(*criteria, pairs=[pair(criteria[0], criteria[3])])
    logs = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        executor = InProcess(KeptShelf(folder)) if workers == 1 else Processes(workers, folder)
        if isinstance(executor, Processes):
            executor.begin(made)
        state = run(made, executor)
        executor.close()
        logs.append(b"".join(lines(state, KeptShelf(folder))))
    shelf = KeptShelf(tmp_path / "1")
    logs.append(b"".join(lines(run(made, InProcess(shelf)), shelf)))
    assert shelf.made == 0, "no finished batch is made again"
    assert logs[0] == logs[1] == logs[2]


def test_an_empty_plan_gives_nothing() -> None:
    measured = judge(played(plan()), {})
    assert measured.findings == ()
    assert measured.calls == 0


def test_a_broken_row_stays_in_every_comparison_counted_the_worst_way() -> None:
    sound, broken = held(0.0, 0.1, target=Coin(2000)), held(0.0, 0.1, target=Coin(2000, broken_from=1900), word="broken")
    worse, better = judge(played(plan(sound, broken, pairs=[pair(broken, sound), pair(sound, broken)])), {}).effects
    assert worse.direction == "worse"
    assert worse.estimate is not None
    assert worse.estimate.mean == pytest.approx(100 / 2000)
    assert "row 1900" in worse.why
    assert better.estimate is not None
    assert better.estimate.mean == 0, "what breaks on the other side is no merit"
    assert better.direction == "no_worse"


def test_a_floor_that_nothing_measures_keeps_a_criterion_from_passing() -> None:
    found = judge(played(plan(held(0.0, 0.1, floor="robustness.nowhere.alarms"))), {}).findings[0]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "is not measured" in found.why


def test_the_effect_family_is_counted_over_the_plan() -> None:
    low, high, never = held(0.1, 0.2), held(0.3, 0.2), held(0.1, 0.2, metric=Halved(), word="never")
    idle = [replace(pair(never, low), id=f"idle {k}") for k in range(30)]
    few, many = (judge(played(plan(low, high, never, pairs=[pair(high, low), *more])), {}) for more in ([], idle))
    assert few.effect_level > 10 * many.effect_level > 0


def test_losses_that_a_claim_cannot_judge_are_an_error_of_their_arm() -> None:
    wrong, sound = held(0.5, 0.2, metric=Halved()), held(0.0, 0.1, word="sound")
    found = judge(played(plan(wrong, sound)), {}).findings
    assert [one.verdict for one in found] == [Verdict.ERROR, Verdict.PASS]
    assert "real=True" in found[0].why


@pytest.mark.parametrize("design", list(Design))
def test_a_budget_that_lets_arms_play_in_turn_keeps_their_comparison(design: Design) -> None:
    costly = held(0.3, 0.2, word="costly", origin=ADVERSARY)  # asks once where four times are set aside
    low, *others = (held(0.5, 0.5, word=f"w{k}") for k in range(3))
    made = plan(costly, low, *others, pairs=[pair(costly, low), *(pair(one, costly) for one in others)], design=design)
    whole, split = played(made), played(replace(made, budget=5000 if design is Design.ALL_ITEMS else 4100))
    assert split.pairs == whole.pairs
    assert split.calls == whole.calls


def test_a_criterion_that_can_not_be_decided_is_measured_all_the_same() -> None:
    finding = judge(played(plan(held(0.1, 0.1, decidable=False))), {}).findings[0]
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.estimate is not None
    assert finding.estimate.trials == 1000
    assert "Too few to decide" in finding.why


def bounded(*criteria: Held, pairs: Sequence[Pair] = (), design: Design = Design.ALL_ITEMS) -> State:
    return played(replace(plan(*criteria, pairs=pairs, design=design), bounded=True))


@dataclass(frozen=True)
class Shaky(Coin):
    """A coin of which so many in a hundred fall off the table, all along."""

    fallen: int = 0

    @property
    def recipe(self) -> str:
        return f"{super().recipe} {self.fallen}"

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        outcome = super().run(trials, tap)
        broken = np.asarray(outcome.columns["row"]) * 37 % 100 < self.fallen
        return replace(outcome, broken=broken, why={int(row): "it fell off the table" for row in np.asarray(outcome.columns["row"])[broken][:3]})


@pytest.mark.parametrize("design", list(Design))
def test_where_broken_trials_only_widen_bounds_a_verdict_stands_however_they_had_gone(design: Design) -> None:
    cases = [(0.0, 0.1, 2), (0.0, 0.1, 20), (0.0, 0.1, 60), (0.9, 0.5, 20), (0.55, 0.5, 20)]
    criteria = [held(rate, limit, target=Shaky(fallen=fallen), word=f"w{k}") for k, (rate, limit, fallen) in enumerate(cases)]
    found = judge(bounded(*criteria, design=design), {}).findings
    assert [one.verdict for one in found] == [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE]
    assert "more trials broke (it fell off the table); it stands whichever way they are counted." in found[0].why
    assert "200 more trials broke (it fell off the table), counted against either verdict." in found[1].why
    estimate = found[1].estimate
    assert estimate is not None
    assert (estimate.mean, estimate.trials) == (0.0, 800), "what broke is in neither numerator nor denominator"


@pytest.mark.parametrize("design", list(Design))
def test_bounds_hold_what_every_way_of_counting_gives(design: Design) -> None:
    one, word = held(0.3, 0.3, target=Shaky(fallen=10)), held(0.3, 0.3)
    mine = judge(bounded(one, design=design), {}).findings[0].estimate
    sound = judge(played(plan(word, design=design)), {}).findings[0].estimate
    assert mine is not None
    assert sound is not None
    assert mine.trials == sound.trials - 100
    assert mine.lower < sound.lower < sound.upper < mine.upper
    assert mine.lower + 0.05 < mine.mean < mine.upper - 0.05


@pytest.mark.parametrize("design", list(Design))
def test_nothing_but_broken_trials_is_an_error(design: Design) -> None:
    found = judge(bounded(held(0.0, 0.1, target=Coin(200, broken_from=0)), design=design), {}).findings[0]
    assert (found.verdict, found.estimate) == (Verdict.ERROR, None)
    assert "it fell off the table" in found.why


def test_an_arm_that_does_not_work_is_given_up_and_what_works_goes_on() -> None:
    dead, half, well = (held(0.1, 0.1, target=Shaky(fallen=fallen), word=f"w{fallen}") for fallen in (100, 60, 40))
    other = held(0.0, 0.2, target=Coin(), word="other")
    state = bounded(dead, half, well, other, pairs=[pair(other, dead)], design=Design.SEQUENTIAL)
    played = [state.tracks[one.cell.arm.id].played for one in (dead, half, well, other)]
    assert played[0] == 32, "more than half of 32 trials broke"
    assert played[1] <= 64
    assert played[2] == 1000
    assert played[3] < 200, "a comparison with what is given up holds nobody"
    found = judge(state, {}).findings
    assert [one.verdict for one in found] == [Verdict.ERROR, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PASS]
    whole = bounded(dead, design=Design.ALL_ITEMS)
    assert whole.tracks[dead.cell.arm.id].played == 1000, "of a fixed design the trials are fixed"


def test_a_comparison_claims_only_what_stands_however_broken_trials_had_gone() -> None:
    sound, broken = held(0.0, 0.1, target=Coin(2000)), held(0.0, 0.1, target=Coin(2000, broken_from=1900), word="broken")
    bad = held(0.5, 0.1, target=Coin(2000, broken_from=1900), word="bad")
    pairs = [pair(broken, sound), pair(sound, broken), pair(bad, sound), pair(sound, bad)]
    effects = judge(bounded(sound, broken, bad, pairs=pairs), {}).effects
    assert [one.direction for one in effects] == ["inconclusive", "no_worse", "worse", "better"]
    assert effects[0].estimate is not None
    assert (effects[0].estimate.mean, effects[0].estimate.trials) == (0.0, 1900)
    assert effects[0].estimate.lower <= 0 < 100 / 2000 < effects[0].estimate.upper


class Apart(Lost):
    """The coin's loss, told apart by odd and even rows."""

    parts = ("even", "odd")

    @property
    def claim(self) -> Claim:
        return Gap(minimum=20)

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        odd = np.asarray(outcome.columns["row"]) % 2 == 1
        return np.where(np.column_stack([odd, ~odd]), np.nan, super().loss(outcome, calm))


def test_a_claim_that_more_loss_may_help_is_an_error_where_something_broke() -> None:
    found = [judge(bounded(held(0.0, 0.3, target=Coin(400, broken_from=last), metric=Apart())), {}).findings[0] for last in (400, 399)]
    assert [one.verdict for one in found] == [Verdict.PASS, Verdict.ERROR]
