"""First weights that JAX draws: what is handed to it is the law, in JAX's layout, and
what it draws follows the law.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np
import pytest

from netspec import init as ni
from netspec import layers as nl
from netspec.backend import Array
from netspec.build import evaluate
from netspec.init import PRESETS, InitPolicy, laws
from netspec.parameter import Parameter
from netspec.spec import Spec
from netspec_jax import backend
from netspec_jax.initializers import draw
from netspec_jax.modes import computing_in
from tests.laws import check_sample

ROWS, COLUMNS = 128, 512
U = 2.0**-24

INITIALIZERS: tuple[ni.Initializer, ...] = (
    ni.XavierUniform(),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(0.7),
    ni.KaimingUniform("selu", fan="fan_out"),
    ni.KaimingNormal("relu"),
    ni.KaimingNormal("leaky_relu", slope=0.3, fan="fan_out"),
    ni.LeCunNormal(),
    ni.VarianceScaling(2, fan="fan_out", distribution="truncated_normal"),
    ni.VarianceScaling(0.3, fan="fan_avg", distribution="normal"),
    ni.Uniform(-0.1, 0.3),
    ni.Normal(0.02, mean=0.01),
    ni.TruncatedNormal(0.5),
    ni.TruncatedNormal(0.5, mean=1, low=-1, high=3),
)


def by_repr(initializer: ni.Initializer) -> str:
    return repr(initializer)


def spec_of(layer: nl.Layer, shape: tuple[int, ...], init: Any) -> Spec:
    kind = "int" if isinstance(layer, nl.Embedding) else "float"
    return Spec("one", shape, [layer], init, kind)


def draw_array(spec: Spec, name: str = "0.weight") -> tuple[Array, Parameter]:
    return backend.params(backend.compile(spec), spec)[name], spec.parameters()[name]


@pytest.mark.parametrize("initializer", INITIALIZERS, ids=by_repr)
def test_draws_follow_the_law(initializer: ni.Initializer) -> None:
    dense = spec_of(nl.Dense(ROWS), (COLUMNS,), InitPolicy(initializer))
    array, parameter = draw_array(dense)
    check_sample(parameter.law, array)


LAYERS = {
    "dense": (nl.Dense(64), (16,)),
    "convolution": (nl.Conv2D(32, kernel_size=(3, 2)), (8, 5, 5)),
    "grouped convolution": (nl.Conv2D(32, kernel_size=(3, 2), groups=4), (8, 5, 5)),
    "line": (nl.Conv1D(32, kernel_size=5), (8, 9)),
    "embedding": (nl.Embedding(64, dim=16), ()),
}


@pytest.mark.parametrize("fan", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("layer", LAYERS)
def test_fans_are_those_of_the_spec(layer: str, fan: str) -> None:
    initializer = ni.VarianceScaling(1, fan=fan, distribution="uniform")
    array, parameter = draw_array(spec_of(*LAYERS[layer], InitPolicy(initializer)))
    _, bound = parameter.law.bounds
    # the largest of n values on [-b, b) is below b (1 - 20.7 / n) once in 10^9
    assert bound * (1 - 20.7 / array.size) <= np.abs(array).max() <= bound * (1 + 4 * U)


def test_biases_have_the_fans_of_their_kernel() -> None:
    wide = spec_of(nl.Dense(2**14), (9,), "torch")
    array, parameter = draw_array(wide, "0.bias")
    assert parameter.law == laws.Uniform(-1 / 3, 1 / 3)
    check_sample(parameter.law, array)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_names_in_jax(preset: str) -> None:
    source = backend.source(spec_of(nl.Dense(3), (4,), preset))
    expected = {
        "torch": 'variance_scaling(0.3333333333333333, "fan_in", "uniform")',
        "gluon": "partial(random.uniform, minval=-0.07, maxval=0.07)",
        "keras": "dense(4, 3)",
        "glorot": "dense(4, 3)",
        "he": 'initializers.variance_scaling(2.0, "fan_in", "normal")',
    }
    assert expected[preset] in source


@pytest.mark.parametrize("layer", ["dense", "convolution", "embedding"])
@pytest.mark.parametrize("gain", [1.0, 1.7])
def test_orthogonal(layer: str, gain: float) -> None:
    policy = InitPolicy(ni.Orthogonal(gain))
    array, _ = draw_array(spec_of(*LAYERS[layer], policy))
    matrix = array.reshape(len(array), -1).astype(np.float64) / gain
    product = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    # a product of n values, each rounded to float32
    assert np.abs(product - np.eye(len(product))).max() < max(matrix.shape) * U


def test_orthogonal_scales_of_rank_3_have_orthonormal_rows() -> None:
    norm = nl.LayerNorm(axes=3, init={"weight": ni.Orthogonal()})
    array, _ = draw_array(spec_of(norm, (4, 7, 6), None))
    rows = array.reshape(4, -1).astype(np.float64)
    assert np.abs(rows @ rows.T - np.eye(4)).max() < 42 * U


def test_constants() -> None:
    initializers = {"weight": ni.Constant(0.3), "bias": ni.Normal(0, mean=-2)}
    scales = {"weight": ni.Zeros(), "running_mean": ni.Ones()}
    layers = [nl.Dense(2, init=initializers), nl.BatchNorm(init=scales), nl.PReLU()]
    params = backend.params(backend.compile(spec := Spec("s", (3,), layers)), spec)
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


@pytest.mark.parametrize("initializer", INITIALIZERS[:9], ids=by_repr)
def test_numbers_are_those_of_the_law_in_float64(initializer: ni.Initializer) -> None:
    """What multiplies the standard draw, read off at one value of it."""
    parameter = Spec("s", (64,), [nl.Dense(3)], InitPolicy(initializer)).parameters()[
        "0.weight"
    ]
    with computing_in("float64"):
        made = evaluate(draw(parameter))(jax.random.key(0), (64, 3), "float64")
        plain = evaluate(draw(standard(parameter)))(
            jax.random.key(0), (64, 3), "float64"
        )
    ratio = np.asarray(made) / np.asarray(plain) * standard(parameter).law.std
    assert np.allclose(ratio, parameter.law.std, rtol=2.0**-48, atol=0)


def standard(parameter: Parameter) -> Parameter:
    """The same kind of law with variance 1 / fan_in."""
    kinds = {laws.Uniform: "uniform", laws.Normal: "normal"}
    kind = kinds.get(type(parameter.law), "truncated_normal")
    initializer = ni.VarianceScaling(1, fan="fan_in", distribution=kind)
    made = Spec("s", (64,), [nl.Dense(3)], InitPolicy(initializer))
    assert math.isclose(made.parameters()["0.weight"].law.std, 1 / 8)
    return made.parameters()["0.weight"]
