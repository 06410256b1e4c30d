"""Where several values are the largest, all of them get the same gradient; at 0 a norm
has the gradient 0.
"""

from __future__ import annotations

import numpy as np
import pytest

import netspec
from netspec import AdaptiveMaxPool2D, Dense, Parallel, Reduce, Spec

BACKENDS = ("numpy", "torch", "gluon", "jax", "flax")


def need(name: str) -> None:
    if not netspec.backends()[name].installed:
        pytest.skip(f"{name} is not installed")


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("name", BACKENDS)
def test_equal_branches_share_the_gradient(name: str, count: int) -> None:
    need(name)
    branches = [[Dense(2, bias=False)] for _ in range(count)]
    spec = Spec("ties", (3,), [Parallel(branches, merge="maximum")])
    weight = np.arange(1.0, 7.0).reshape(2, 3)
    params = dict.fromkeys(spec.parameters(), weight)
    backend = netspec.backend(name)
    model = backend.compile(spec, params=params, dtype="float64")
    step = backend.step(model, spec, np.ones((1, 3)), np.ones((1, 2)))
    assert len(step.grad_params) == count
    for grad in step.grad_params.values():
        np.testing.assert_allclose(grad, np.full((2, 3), 1 / count), rtol=1e-15)


@pytest.mark.parametrize(
    ("op", "value", "gradient"), [("max", 1, 0.25), ("min", 1, 0.25), ("l2", 0, 0)]
)
@pytest.mark.parametrize("name", BACKENDS)
def test_equal_values_share_the_gradient(
    name: str, op: str, value: float, gradient: float
) -> None:
    need(name)
    spec = Spec("ties", (3, 2, 2), [Reduce((2, 3), op=op)])
    backend = netspec.backend(name)
    model = backend.compile(spec, seed=0, dtype="float64")
    x = np.full((1, 3, 2, 2), float(value))
    step = backend.step(model, spec, x, np.ones((1, 3)))
    assert step.grad_input is not None
    np.testing.assert_array_equal(step.output, step.output[0, 0])
    np.testing.assert_array_equal(step.grad_input, np.full(x.shape, gradient))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", BACKENDS)
def test_the_first_of_equal_values_in_a_window(name: str, dtype: str) -> None:
    """Windows begin at rows 0, 1, 3 of 5 and at columns 0, 2 of 4."""
    need(name)
    spec = Spec("ties", (1, 5, 4), [AdaptiveMaxPool2D((3, 2))])
    backend = netspec.backend(name)
    model = backend.compile(spec, seed=0, dtype=dtype)
    x, cotangent = np.ones((1, 1, 5, 4), dtype), np.ones((1, 1, 3, 2), dtype)
    step = backend.step(model, spec, x, cotangent)
    assert step.grad_input is not None
    expected = np.zeros((5, 4))
    expected[np.ix_([0, 1, 3], [0, 2])] = 1
    np.testing.assert_array_equal(step.grad_input[0, 0], expected)
