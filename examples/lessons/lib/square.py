"""Square MLPs without biases, which stability lessons look at by depth."""

from __future__ import annotations

import netspec
from netspec import Dense, InitPolicy, Layer, Normal, ReLU, Sigmoid, Spec, XavierNormal
from netspec.init import Initializer

DEPTH, WIDTH = 12, 16


def mlp(activation: Layer, weight: Initializer, depth: int = DEPTH) -> Spec:
    """Build a net with an activation after each layer."""
    layers = [Dense(WIDTH, bias=False), activation] * depth
    return Spec("mlp", (WIDTH,), layers, init=InitPolicy(weight))


RELU = mlp(ReLU(), Normal(1))
SIGMOID = mlp(Sigmoid(), XavierNormal())


def stretches(spec: Spec, backend: str) -> list[tuple[float, float]]:
    """Return the extreme singular values of the product of all layers after each
    activation, the largest first.
    """
    rows = netspec.probe(spec, backend, jacobian=True)["spec"].rows[1::2]
    found = [row.jacobian for row in rows if row.jacobian]
    return [(one.largest, one.smallest) for one in found]
