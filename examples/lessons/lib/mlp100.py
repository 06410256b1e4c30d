"""100 layers of 256 units, with each kind of first weights and its activation.

Layers are counted from 0; the path of layer k is ``2 k``, that of its activation
``2 k + 1``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

import netspec
from lessons.lib import FRAMEWORKS, SPECS
from lessons.lib.meanfield import expectation
from netspec import (
    Identity,
    InitPolicy,
    KaimingNormal,
    Layer,
    Normal,
    ReLU,
    Spec,
    Tanh,
    XavierUniform,
    gain,
    init_params,
)
from netspec.contract import Array
from netspec.init import Initializer
from netspec.signals import Propagation

MLP = netspec.load(SPECS / "mlp100.yaml")
N = MLP.input_shape[0]
X = np.random.default_rng(0).normal(size=(16, N)).astype("float32")
BACKENDS = ("numpy", *FRAMEWORKS)
Z = 3.29  # of a normal law, all but one in a thousand are within

CELLS: dict[str, tuple[Layer, Initializer]] = {
    "N(0, 1), linear": (Identity(), Normal(1)),
    "N(0, 1), ReLU": (ReLU(), Normal(1)),
    "N(0, 1/n), linear": (Identity(), Normal(math.sqrt(1 / N))),
    "N(0, 1/n), tanh": (Tanh(), Normal(math.sqrt(1 / N))),
    "Xavier 5/3, tanh": (Tanh(), XavierUniform(gain("tanh"))),
    "Kaiming, ReLU": (ReLU(), KaimingNormal()),
}


def spec(cell: str) -> Spec:
    """Build the net of one of the `CELLS`."""
    activation, weight = CELLS[cell]
    layers = [activation if isinstance(one, ReLU) else one for one in MLP.layers]
    return replace(MLP, layers=layers, init=InitPolicy(weight))


def apart(one: Initializer, other: Initializer) -> float:
    """Return the largest difference of weights that both draw from the same seed."""
    specs = (replace(MLP, init=InitPolicy(each)) for each in (one, other))
    first, second = (init_params(spec, 0)["0.weight"] for spec in specs)
    return float(abs(first - second).max())


@cache
def probed(cell: str) -> dict[str, Propagation]:
    """Probe what becomes of `X` in float32, by backend."""
    net = spec(cell)
    return {name: netspec.probe(net, name, x=X)["spec"] for name in BACKENDS}


def stds(cell: str, backend: str = "numpy") -> Array:
    """Return the standard deviation after each layer and its activation, (100,)."""
    return np.array([row.output.std for row in probed(cell)[backend].rows[1::2]])


def gradients(cell: str, backend: str = "numpy") -> Array:
    """Return the rms gradient with respect to the output of each activation, (100,)."""
    return np.array([row.grad_output.rms for row in probed(cell)[backend].rows[1::2]])


def relu(z: Array) -> Array:
    """Apply the activation."""
    return np.asarray(np.maximum(z, 0))


def chance(f: Callable[[Array], Array], layers: int) -> float:
    """Bound how far the logarithm of a signal's size drifts by chance in some layers.

    The squared length of a signal is a sum of n independent terms ``f(z)^2`` for z of
    N(0, q), so its logarithm has a variance of ``(E f^4 / (E f^2)^2 - 1) / n`` in each
    layer, and the logarithm of the length a quarter of it.
    """
    fourth, second = expectation(lambda z: f(z) ** 4), expectation(lambda z: f(z) ** 2)
    return Z / 2 * math.sqrt(layers * (fourth / second**2 - 1) / N)
