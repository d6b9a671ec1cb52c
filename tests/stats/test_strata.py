from __future__ import annotations

import numpy as np

from keepstone.stats.strata import strata


def test_a_cut_point_belongs_to_the_stratum_above_it() -> None:
    assert strata(np.array([-np.inf, 49.9, 50.0, 64.9, 65.0, 1e9]), (50.0, 65.0)).tolist() == [-1, 0, 1, 1, 2, 2]


def test_codes_are_their_own_strata() -> None:
    assert strata(np.array([0.0, 3.0, -1.0, 1.5, np.nan, np.inf])).tolist() == [0, 3, -1, -1, -1, -1]


def test_what_is_missing_has_none() -> None:
    assert strata(np.array([np.nan]), (1.0,)).tolist() == [-1]
    assert strata(np.zeros(0), (1.0,)).tolist() == []
