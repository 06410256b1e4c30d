"""At a corner each layer states its derivative, and every backend has it.

Elsewhere inputs keep off corners, where rounding decides between two pieces.
"""

from __future__ import annotations

import numpy as np
import pytest

import netspec_numpy
from netspec import layers as nl
from netspec.contract import Backend
from netspec.layers import Layer
from netspec.spec import Spec

Points = tuple[float, ...]

# Layers, and inputs at corners, each with its output and derivative there
CORNERS: tuple[tuple[Layer, Points, Points, Points], ...] = (
    (nl.ReLU(), (0,), (0,), (0,)),
    (nl.LeakyReLU(0.25), (0,), (0,), (0.25,)),
    (nl.HardTanh(), (-1, 1), (-1, 1), (0, 0)),
    (nl.HardTanh(-0.75, 0.25), (-0.75, 0.25), (-0.75, 0.25), (0, 0)),
    (nl.SoftShrink(), (-0.5, 0.5), (0, 0), (0, 0)),
    (nl.SoftShrink(0), (0,), (0,), (0,)),
    (nl.HardShrink(), (-0.5, 0.5), (0, 0), (0, 0)),
    (nl.HardShrink(0), (0,), (0,), (0,)),
    (nl.Threshold(0.25, -3), (0.25,), (-3,), (0,)),
    (nl.ReLU6(), (0, 6), (0, 6), (0, 0)),
    (nl.HardSigmoid(), (-3, 3), (0, 1), (0, 0)),
    (nl.HardSwish(), (-3, 3), (0, 3), (0, 1)),
    (nl.HardSigmoid(0.25), (-2, 2), (0, 1), (0, 0)),
    (nl.HardSigmoid(0.25, offset=0.25), (-1, 3), (0, 1), (0, 0)),
)


# Gluon's minimum of equals passes the gradient; this composes it
MINIMUM: dict[Layer, float] = {nl.ReLU6(): 1.0}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("layer", "x", "y", "slope"), CORNERS, ids=[repr(c[0]) for c in CORNERS]
)
def test_the_derivative_at_a_corner(
    backend: Backend, layer: Layer, x: Points, y: Points, slope: Points, dtype: str
) -> None:
    spec = Spec("corner", (len(x),), [layer])
    batch = np.array([x], dtype)
    for found in (netspec_numpy.NumpyBackend(), backend):
        model = found.compile(spec, seed=0, dtype=dtype)
        step = found.step(model, spec, batch, np.ones_like(batch), train=True)
        np.testing.assert_array_equal(step.output, np.array([y], dtype))
        if found.name == "gluon":
            slope = (*slope[:-1], MINIMUM.get(layer, slope[-1]))
        np.testing.assert_array_equal(step.grad_input, np.array([slope], dtype))
