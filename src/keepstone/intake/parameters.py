"""The parameters of known kinds of models, read out flat and written back into a copy.

Known: anything with `coef_` and `intercept_` (linear models), multi-layer perceptrons, histogram gradient boosting (the
values of its leaves), and lists of such models (bagging, voting, averages). Another kind raises PartError, and the cells that need it are NOT MEASURED.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from keepstone.core.errors import PartError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats


def read_parameters(estimator: Any) -> Floats:  # noqa: ANN401  an outside model
    """Give all parameters, flat, float64.

    Raises:
        PartError: If the kind of model is not known.
    """
    return np.concatenate([np.asarray(block, dtype=np.float64).ravel() for block in _blocks(_last(estimator))])


def write_parameters(estimator: Any, values: Floats) -> Any:  # noqa: ANN401  an outside model
    """Give a copy of the model with these parameters.

    Raises:
        PartError: If the kind of model is not known or the number of parameters is another.
    """
    fresh = copy.deepcopy(estimator)
    blocks = _blocks(_last(fresh))
    if sum(block.size for block in blocks) != len(values):
        msg = f"The «parameters» of the model must be {sum(block.size for block in blocks)} numbers; got {len(values)}."
        raise PartError(msg)
    start = 0
    for block in blocks:
        block[...] = values[start : start + block.size].reshape(block.shape)
        start += block.size
    return fresh


def _last(estimator: Any) -> Any:  # noqa: ANN401  an outside model
    """The model at the end of a pipeline."""
    return estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator


def _blocks(model: Any) -> list[NDArray[np.float64]]:  # noqa: ANN401  an outside model
    """Views into the model's own arrays: writing to them writes to the model."""
    if hasattr(model, "coefs_") and hasattr(model, "intercepts_"):
        return [*model.coefs_, *model.intercepts_]
    if hasattr(model, "coef_") and hasattr(model, "intercept_") and isinstance(model.intercept_, np.ndarray):
        return [model.coef_, model.intercept_]
    if hasattr(model, "_predictors"):
        return [_leaf_values(tree) for iteration in model._predictors for tree in iteration]  # noqa: SLF001  no public way
    if isinstance(getattr(model, "estimators_", None), list):
        return [block for member in model.estimators_ for block in _blocks(_last(member))]
    msg = f"The parameters of a «{type(model).__name__}» are not known."
    raise PartError(msg)


def _leaf_values(tree: Any) -> NDArray[np.float64]:  # noqa: ANN401  scikit-learn's own record of a tree
    if not tree.nodes.flags.writeable:
        tree.nodes = tree.nodes.copy()
    values: NDArray[np.float64] = tree.nodes["value"]
    return values
