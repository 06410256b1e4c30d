"""First weights that a framework draws have the fans, the bounds and the precision that
the spec states; tests/conformance/test_laws.py compares them with each kind of law.

Thresholds have a false-alarm probability of 1e-9 each.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from netspec import init as ni
from netspec import layers as nl
from netspec.contract import Array, Backend
from netspec.init import DrawnParameter, InitPolicy, distributions
from netspec.spec import Spec
from tests.laws import SUPPORT, check_sample

U = {"float32": 2.0**-24, "float64": 2.0**-53}

LAYERS = {
    "dense": (nl.Dense(64), (16,)),
    "wide dense": (nl.Dense(96), (128,)),
    "convolution": (nl.Conv2D(32, kernel_size=(3, 2)), (8, 5, 5)),
    "grouped convolution": (nl.Conv2D(32, kernel_size=(3, 2), groups=4), (8, 5, 5)),
    "line": (nl.Conv1D(32, kernel_size=5), (8, 9)),
    "embedding": (nl.Embedding(64, dim=16), ()),
}

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def spec_of(layer: nl.Layer, shape: tuple[int, ...], init: Any) -> Spec:
    kind = "int" if isinstance(layer, nl.Embedding) else "float"
    return Spec("one", shape, [layer], init, kind)


def draw(
    backend: Any, spec: Spec, dtype: str = "float32", name: str = "0.weight"
) -> tuple[Array, DrawnParameter]:
    """A parameter as the framework draws it, and its declaration."""
    # JAX draws from a key of its own; what seeds it would compile each spec anew
    with nullcontext() if backend.name == "jax" else backend.seeded(0):
        model = backend.compile(spec, dtype=dtype)
    return backend.params(model, spec)[name], spec.parameters()[name]


@pytest.mark.parametrize("fan", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("layer", LAYERS)
def test_fans_are_those_of_the_spec(backend: Backend, layer: str, fan: str) -> None:
    initializer = ni.VarianceScaling(1, fan=fan, distribution="uniform")
    spec = spec_of(*LAYERS[layer], InitPolicy(initializer))
    weight, parameter = draw(backend, spec)
    _, bound = parameter.law.bounds
    largest = np.abs(weight).max()
    assert bound * (1 - SUPPORT / weight.size) <= largest
    assert largest <= bound * (1 + 4 * U["float32"])


def test_biases_have_the_fans_of_their_kernel(backend: Backend) -> None:
    spec = spec_of(nl.Dense(2**14), (9,), "torch")
    bias, parameter = draw(backend, spec, name="0.bias")
    assert parameter.law == distributions.Uniform(-1 / 3, 1 / 3)
    check_sample(parameter.law, bias)


@pytest.mark.parametrize("gain", [1.0, 1.7])
@pytest.mark.parametrize("layer", ["dense", "wide dense", "convolution", "embedding"])
@dtypes
def test_orthogonal(backend: Backend, layer: str, gain: float, dtype: str) -> None:
    policy = InitPolicy(ni.Orthogonal(gain), embedding=ni.Orthogonal(gain))
    weight, _ = draw(backend, spec_of(*LAYERS[layer], policy), dtype)
    matrix = weight.reshape(len(weight), -1).astype(np.float64) / gain
    product = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    # a product of n values, each rounded
    allowed = max(matrix.shape) * U[dtype] * (8 if dtype == "float64" else 1)
    assert np.abs(product - np.eye(len(product))).max() < allowed


def test_constants(backend: Backend) -> None:
    initializers = {"weight": ni.Constant(0.3), "bias": ni.Normal(0, mean=-2)}
    scales = {"weight": ni.Zeros(), "running_mean": ni.Ones()}
    layers = [nl.Dense(2, init=initializers), nl.BatchNorm(init=scales), nl.PReLU()]
    spec = Spec("s", (3,), layers)
    params = backend.params(backend.compile(spec), spec)
    held = {path: set(array.ravel().tolist()) for path, array in params.items()}
    assert held == {
        "0.weight": {float(np.float32(0.3))},
        "0.bias": {-2},
        "1.weight": {0},
        "1.bias": {0},
        "1.running_mean": {1},
        "1.running_var": {1},
        "2.weight": {0.25},
    }


@pytest.mark.parametrize(
    "initializer",
    [ni.XavierUniform(), ni.Normal(), ni.LeCunNormal(), ni.Orthogonal()],
    ids=repr,
)
def test_doubles_are_drawn_as_doubles(
    backend: Backend, initializer: ni.Initializer
) -> None:
    spec = spec_of(nl.Dense(64), (64,), InitPolicy(initializer))
    weight, _ = draw(backend, spec, "float64")
    assert np.mean(weight == weight.astype(np.float32)) < 0.01
