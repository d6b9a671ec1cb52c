"""A model is called with OpenMP held to one thread, wherever it is called from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_limits

from keepstone.intake.model import Guarded
from keepstone.intake.threads import one_here

if TYPE_CHECKING:
    from keepstone.core.channel import Floats


def test_a_model_is_asked_with_one_openmp_thread() -> None:
    seen: list[int] = []

    def model(x: Floats) -> Floats:
        seen.append(_openmp_effective_n_threads(n_threads=None))
        return np.full(len(x), 0.5)

    Guarded(model)(np.zeros((3, 2)))
    assert seen == [1]


def test_the_limit_belongs_to_one_thread() -> None:
    def elsewhere() -> int:
        return int(_openmp_effective_n_threads(n_threads=None))

    with ThreadPoolExecutor(1) as pool, threadpool_limits(limits=3, user_api="openmp"):
        before = pool.submit(elsewhere).result()
        with one_here():
            assert elsewhere() == 1
            assert pool.submit(elsewhere).result() == before
