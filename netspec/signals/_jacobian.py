"""Compute the Jacobian of the output with respect to the output of each layer, and its
extreme singular values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from netspec.contract import Array
from netspec.errors import NetspecError
from netspec.signals._results import SingularValues
from netspec.spec import Spec

LARGEST = 2**20  # values in one matrix, 1024 x 1024

Pull: TypeAlias = Callable[[Array], Mapping[str, Array]]
"""Takes a cotangent, gives the gradients with respect to the outputs of all layers."""


def check_small(spec: Spec) -> None:
    """Refuse nets whose Jacobians are too large to be worth their time.

    Raises:
        NetspecError: a Jacobian has more than `LARGEST` values.
    """
    rows = math.prod(spec.output_shape)
    widest = max(math.prod(shape) for shape in spec.shapes().values())
    if rows * widest > LARGEST:
        raise NetspecError(
            f"a Jacobian of {rows:,} outputs by {widest:,} values of a layer is too"
            f" large, at most {LARGEST:,} entries are; probe a smaller net, or leave"
            " the Jacobian out"
        )


def jacobians(spec: Spec, pull: Pull, batch: int, dtype: str) -> dict[str, Array]:
    """Compute the Jacobian of the output of the first example with respect to that
    example's value in each layer, (outputs, values), by path.

    Each output takes one backward pass.

    Args:
        spec: the net.
        pull: a backward pass of the net, always on the same batch.
        batch: number of examples.
        dtype: dtype of the net.
    """
    shape = (batch, *spec.output_shape)
    held: dict[str, list[Array]] = {path: [] for path in spec.shapes()}
    for index in range(math.prod(spec.output_shape)):
        cotangent = np.zeros(shape, dtype)
        cotangent.reshape(batch, -1)[0, index] = 1
        for path, grad in pull(cotangent).items():
            held[path].append(grad[0].ravel())
    return {path: np.stack(rows) for path, rows in held.items()}


def extremes(jacobian: Array) -> SingularValues:
    """Return the extreme singular values of a matrix, which need not be finite."""
    if not np.isfinite(jacobian).all():
        worst = math.nan if np.isnan(jacobian).any() else math.inf
        return SingularValues(worst, worst, worst)
    values = np.linalg.svd(jacobian.astype(np.float64), compute_uv=False)
    # The size that rounding gives a singular value of 0, as in np.linalg.matrix_rank
    unit = np.finfo(jacobian.dtype).eps * max(jacobian.shape)
    return SingularValues(float(values[0]), float(values[-1]), float(values[0] * unit))
