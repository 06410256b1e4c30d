"""Pools of the reference on values that are not finite."""

from __future__ import annotations

import numpy as np
import pytest

from netspec import MaxPool2D, Spec
from netspec.reference import Run, evaluate


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kernel", [2, 7])
def test_maxima_of_infinite_values_and_nan(dtype: str, kernel: int) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 14, 14)).astype(dtype)
    x[0, 0, :7, :7] = -np.inf
    x[0, 1, 3, 3], x[1, 2, 9, 9] = np.inf, np.nan
    spec = Spec("pool", x.shape[1:], [MaxPool2D(kernel)])
    y, pullback = evaluate(spec.graph, x, Run({}))
    sizes = 14 // kernel, kernel
    windows = x.reshape(2, 3, *sizes, *sizes)
    assert y.dtype == dtype
    assert np.array_equal(y, windows.max(axis=(3, 5)), equal_nan=True)
    assert pullback(np.ones_like(y)).sum() == y.size
