"""Products of Jacobians, by their extreme singular values."""

from __future__ import annotations

import math

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Conv1D, Dense, Normal, ReLU, Sigmoid, Spec, init_params
from netspec.conformance.judging import UNIT_ROUNDOFF
from netspec.signals import extremes
from tests.signals.nets import BACKENDS, deep


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_in_a_linear_net_it_is_the_product_of_the_weights(
    backend: str, dtype: str
) -> None:
    """Weyl: singular values move by at most the 2-norm of the rounding error, which is
    at most ``depth * n * u`` times the product of the norms.
    """
    depth, width = 5, 6
    net = deep(depth, width, weight=Normal(0.4))
    found = netspec.probe(net, backend, jacobian=True, batch=2, dtype=dtype)["spec"]
    weights = [w.astype(np.float64) for w in init_params(net, 0).values()]
    product, norms = np.eye(width), 1.0
    for row, after in zip(found.rows[::-1], [*weights[:0:-1], None], strict=True):
        stretch = row.jacobian
        assert stretch is not None
        values = np.linalg.svd(product, compute_uv=False)
        room = depth * width * UNIT_ROUNDOFF[dtype] * norms
        assert abs(stretch.largest - values[0]) <= room
        assert abs(stretch.smallest - values[-1]) <= room
        if after is not None:
            product = product @ after
            norms *= float(np.linalg.norm(after, 2))


def test_sigmoid_stretches_by_at_most_a_quarter() -> None:
    net = deep(6, 5, Sigmoid)
    found = netspec.probe(net, jacobian=True, dtype="float64")["spec"]
    bound = 1.0
    for path, weight in list(init_params(net, 0, "float64").items())[:0:-1]:
        bound *= float(np.linalg.norm(weight, 2)) / 4
        before = found.rows[int(path.split(".")[0]) - 1].jacobian
        assert before is not None
        assert 0 < before.largest <= bound * (1 + 1e-12)


def test_batch_norm_and_positions_are_seen_too() -> None:
    layers = [Conv1D(3, kernel_size=3), BatchNorm(), ReLU(), Conv1D(2, kernel_size=2)]
    found = netspec.probe(Spec("net", (2, 6), layers), jacobian=True)["spec"]
    for row in found.rows:
        assert row.jacobian is not None
        assert row.jacobian.smallest <= row.jacobian.largest
    last = found.rows[-1].jacobian
    assert last is not None
    assert (last.largest, last.smallest) == (1, 1)  # of the output itself


def test_without_being_asked_for_there_is_none() -> None:
    rows = netspec.probe(Spec("net", (2,), [Dense(2)]))["spec"].rows
    assert rows[0].jacobian is None


def test_extremes_of_what_is_not_finite_or_singular() -> None:
    assert extremes(np.array([[np.inf, 1]])).largest == math.inf
    assert math.isnan(extremes(np.array([[np.inf, np.nan]])).smallest)
    singular = extremes(np.ones((3, 3), np.float32))
    assert math.isclose(singular.largest, 3)
    assert singular.smallest <= singular.resolution
