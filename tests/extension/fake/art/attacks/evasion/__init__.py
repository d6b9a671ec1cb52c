"""One attack on decisions: from a first place, halve the way to the start and back until asked to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from art.estimators.classification import BlackBoxClassifier


class HopSkipJump:
    """Goes along the line from the start to the first place, and a little off it."""

    def __init__(self, classifier: BlackBoxClassifier, *, verbose: bool = True, norm: float = 2) -> None:
        self.classifier, self.verbose, self.norm = classifier, verbose, norm

    def generate(self, x: NDArray[np.float32], *, x_adv_init: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the nearest place whose decision is another than the start's."""
        assert not self.verbose
        start = int(self.classifier.predict(x).argmax())
        near, far = np.zeros_like(x), x_adv_init.astype(np.float32)
        for _ in range(10_000):
            middle = (near + far) / 2 + np.random.randn(*x.shape).astype(np.float32) * 0.01  # noqa: NPY002  as ART does
            if int(self.classifier.predict(middle).argmax()) == start:
                near = middle
            else:
                far = middle
        return far
