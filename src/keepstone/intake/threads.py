"""Numeric libraries held to one thread: their sums then come out the same on every machine, and workers don't fight for cores."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import cast


def one_thread() -> AbstractContextManager[object]:
    """Hold BLAS and OpenMP to one thread while the context is open; does nothing where threadpoolctl is not installed."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    return cast("AbstractContextManager[object]", threadpool_limits(limits=1))


def one_here() -> AbstractContextManager[object]:
    """Hold OpenMP to one thread for what is called from this thread: its limit is kept for each thread apart, so `one_thread` elsewhere doesn't reach it."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    return cast("AbstractContextManager[object]", threadpool_limits(limits=1, user_api="openmp"))
