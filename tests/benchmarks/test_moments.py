"""The benches that can't be run with the tests are held where they could go wrong unseen: when a run is killed, and what is drawn as null."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("bar_10_identity")


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("bar_05_peer")


@pytest.mark.parametrize(("kills", "expected"), [(20, (4, 12, 4)), (5, (1, 3, 1))])
def test_kills_fall_over_the_whole_life_of_a_run(identity: ModuleType, kills: int, expected: tuple[int, int, int]) -> None:
    found = list(identity.moments(kills, 7))
    counts = Counter(moment.phase for moment in found)
    assert (counts["opening"], counts["trials"], counts["writing"]) == expected
    for phase, number in counts.items():
        shares = [moment.share for moment in found if moment.phase == phase]
        assert [int(share * number) for share in shares] == list(range(number)), "one in each part, in order"
    assert found != list(identity.moments(kills, 8))


def test_a_moment_comes_when_the_run_is_there(identity: ModuleType, tmp_path: Path) -> None:
    life = identity.Life(opening=10.0, kept=4, writing=2.0)
    opening, trials, writing = (identity.Moment(phase, 0.5) for phase in ("opening", "trials", "writing"))

    def there(moment: object, since: float, full: float | None = None) -> bool:
        return bool(identity.reached(moment, life, tmp_path, since, full))

    assert [there(opening, since) for since in (4.9, 5.0)] == [False, True]
    assert not there(trials, 20.0)
    (tmp_path / "plan.sig.json").touch()
    (tmp_path / "shelf" / "ab").mkdir(parents=True)
    (tmp_path / "shelf" / "ab" / "one.npz").touch()
    assert not there(trials, 20.0)
    (tmp_path / "shelf" / "ab" / "two.npz").touch()
    assert there(trials, 20.0)
    assert [there(writing, 20.0, full) for full in (None, 0.9, 1.0)] == [False, False, True]


def test_null_data_serve_every_part_alike_and_a_planted_slice_worse(peer: ModuleType) -> None:
    x, y = peer.SPACE["drawn"](3, 40_000, planted=False)
    wrong = peer.SPACE["said"](x) != y
    assert wrong.mean() == pytest.approx(0.05, abs=0.005)
    assert np.array([wrong[x[:, at] < -0.4].mean() for at in range(30)]) == pytest.approx(0.05, abs=0.01)
    x, y = peer.SPACE["drawn"](3, 40_000, planted=True)
    inside, wrong = x[:, 9] < -0.4, peer.SPACE["said"](x) != y
    assert (wrong[inside].mean(), wrong[~inside].mean()) == (pytest.approx(0.55, abs=0.02), pytest.approx(0.05, abs=0.01))
