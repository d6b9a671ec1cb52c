"""A black box: a function from inputs to one-hot decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


class BlackBoxClassifier:
    """Asks the function."""

    def __init__(
        self,
        predict_fn: Callable[[NDArray[np.float32]], NDArray[np.float64]],
        input_shape: tuple[int, ...],
        nb_classes: int,
        *,
        clip_values: tuple[float, float],
    ) -> None:
        assert nb_classes == 2
        self.predict_fn, self.input_shape, self.clip_values = predict_fn, input_shape, clip_values

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the decisions, one-hot."""
        assert x.shape[1:] == self.input_shape
        return self.predict_fn(x)
