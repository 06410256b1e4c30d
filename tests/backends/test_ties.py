"""Where several values are the largest, all of them get the same gradient."""

from __future__ import annotations

import numpy as np
import pytest

import netspec
from netspec import Dense, Parallel, Spec

BACKENDS = ("numpy", "torch", "gluon", "jax")


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("name", BACKENDS)
def test_equal_branches_share_the_gradient(name: str, count: int) -> None:
    if not netspec.backends()[name].installed:
        pytest.skip(f"{name} is not installed")
    branches = [[Dense(2, bias=False)] for _ in range(count)]
    spec = Spec("ties", (3,), [Parallel(branches, merge="maximum")])
    weight = np.arange(1.0, 7.0).reshape(2, 3)
    params = {path: weight for path in spec.parameters()}
    backend = netspec.backend(name)
    model = backend.compile(spec, params=params, dtype="float64")
    step = backend.step(model, spec, np.ones((1, 3)), np.ones((1, 2)))
    assert len(step.grad_params) == count
    for grad in step.grad_params.values():
        np.testing.assert_allclose(grad, np.full((2, 3), 1 / count), rtol=1e-15)
