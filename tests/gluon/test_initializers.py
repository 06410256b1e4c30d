"""First weights that MXNet draws: the numbers handed to it are those of the law, and
what it draws follows the law.

Thresholds have a false-alarm probability of 1e-9 each, at n = 2^20 values.
"""

from __future__ import annotations

import math

import mxnet as mx
import numpy as np
import pytest

from netspec import init as ni
from netspec import layers as nl
from netspec.init import PRESETS, InitPolicy, laws
from netspec.spec import Spec
from netspec_gluon import backend
from netspec_gluon.initializers import draw
from tests.laws import check_sample

ROWS, COLUMNS = 512, 2048
N = ROWS * COLUMNS
U32, U = 2.0**-24, 2.0**-53

SCALED: tuple[ni.Initializer, ...] = (
    ni.XavierUniform(),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(0.7),
    ni.KaimingUniform("relu"),
    ni.KaimingUniform("selu", fan="fan_out"),
    ni.KaimingUniform("leaky_relu", slope=0.3),
    ni.KaimingNormal("relu"),
    ni.KaimingNormal("tanh", fan="fan_out"),
    ni.KaimingNormal("leaky_relu"),
    ni.KaimingNormal("sigmoid", slope=0.5),
    ni.VarianceScaling(2, fan="fan_out", distribution="uniform"),
    ni.VarianceScaling(0.3, fan="fan_avg", distribution="normal"),
)
PLAIN: tuple[ni.Initializer, ...] = (
    ni.Uniform(-0.1, 0.3),
    ni.Uniform(-0.07, 0.07),
    ni.Normal(0.02, mean=0.01),
    ni.Normal(),
    ni.TruncatedNormal(0.5),
    ni.TruncatedNormal(0.5, mean=1, low=-1, high=3),
    ni.TruncatedNormal(2, low=0.5, high=1),
    ni.LeCunNormal(),
)


def by_repr(initializer: ni.Initializer) -> str:
    return repr(initializer)


def dense(initializer: ni.Initializer) -> Spec:
    return Spec("dense", (COLUMNS,), [nl.Dense(ROWS)], InitPolicy(initializer))


def draw_weight(
    spec: Spec, dtype: str = "float32", name: str = "0.weight"
) -> np.ndarray:
    mx.random.seed(0)
    return backend.params(backend.compile(spec, dtype=dtype), spec)[name]


@pytest.mark.parametrize("initializer", SCALED, ids=by_repr)
@pytest.mark.parametrize(
    "layer",
    [nl.Dense(7), nl.Conv2D(6, kernel_size=(3, 2), groups=2, bias=False)],
    ids=["dense", "grouped convolution"],
)
def test_mxnet_is_given_the_numbers_of_the_law(
    initializer: ni.Initializer, layer: nl.Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[laws.Law] = []
    for name, law in (("normal", laws.Normal), ("uniform", laws.Uniform)):

        def record(
            a: float, b: float, *_: object, law: type = law, **__: object
        ) -> None:
            given.append(law(float(a), float(b)))

        monkeypatch.setattr(mx.initializer.random, name, record)
    spec = Spec("s", (4, 5, 6), [layer], InitPolicy(initializer, bias=ni.Zeros()))
    parameter = spec.parameters()["0.weight"]
    backend.compile(spec)
    drawn = given[-1]
    assert type(drawn) is type(parameter.law)
    # the magnitude is written with 15 digits, its root halves the error
    assert math.isclose(drawn.std, parameter.law.std, rel_tol=1e-15 + 8 * U)
    assert drawn.mean == parameter.law.mean == 0
    assert draw(parameter).target == "mxnet:init.Xavier"


def test_fans_that_xavier_would_misread_are_given_as_numbers() -> None:
    words = [nl.Embedding(50, dim=4), nl.Dense(4)]
    policy = InitPolicy(ni.KaimingNormal(), bias=ni.KaimingUniform())
    spec = Spec("words", (3,), words, policy, "int")
    table = spec.parameters()["0.weight"]  # fan_in 50: what reads a one-hot vector
    assert draw(table).target == "mxnet:init.Normal"
    assert draw(table).args == (table.law.std,) == (math.sqrt(2 / 50),)
    bias = spec.parameters()["1.bias"]
    assert draw(bias).args == bias.law.bounds[1:]


@pytest.mark.parametrize("initializer", [*SCALED, *PLAIN], ids=by_repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_draws_follow_the_law(initializer: ni.Initializer, dtype: str) -> None:
    spec = dense(initializer)
    weight = draw_weight(spec, dtype)
    assert weight.size == N
    check_sample(spec.parameters()["0.weight"].law, weight)


def test_the_preset_gluon_is_what_gluon_does_by_itself() -> None:
    spec = Spec("s", (COLUMNS,), [nl.Dense(ROWS)], PRESETS["gluon"])
    net = mx.gluon.nn.Dense(ROWS, in_units=COLUMNS)
    mx.random.seed(0)
    net.initialize()
    assert np.array_equal(draw_weight(spec), net.weight.data().asnumpy())


@pytest.mark.parametrize("gain", [1.0, 1.7])
@pytest.mark.parametrize("units", [96, 256])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_orthogonal(gain: float, units: int, dtype: str) -> None:
    spec = Spec("s", (128,), [nl.Dense(units)], InitPolicy(ni.Orthogonal(gain)))
    weight = draw_weight(spec, dtype).astype(np.float64) / gain
    product = weight @ weight.T if units <= 128 else weight.T @ weight
    # a product of n values, each rounded
    allowed = 128 * (U32 if dtype == "float32" else 8 * U)
    assert np.abs(product - np.eye(len(product))).max() < allowed


def test_orthogonal_matrices_are_uniform() -> None:
    """Without the signs of a QR factorization the first column is never negative."""
    spec = Spec("s", (2,), [nl.Dense(2)] * 256, InitPolicy(ni.Orthogonal()))
    mx.random.seed(0)
    params = backend.params(backend.compile(spec), spec)
    signs = np.sign([params[f"{i}.weight"] for i in range(256)]).reshape(256, 4)
    assert np.abs(signs.mean(axis=0)).max() < 6.11 / np.sqrt(256)


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


@pytest.mark.parametrize(
    "initializer", [ni.XavierUniform(), ni.Normal(), ni.LeCunNormal(), ni.Orthogonal()]
)
def test_doubles_are_drawn_as_doubles(initializer: ni.Initializer) -> None:
    spec = Spec("s", (64,), [nl.Dense(64)], InitPolicy(initializer))
    weight = draw_weight(spec, "float64")
    assert np.mean(weight == weight.astype(np.float32)) < 0.01
