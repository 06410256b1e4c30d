"""First weights that PyTorch draws: the numbers handed to it are those of the law, and
what it draws follows the law.

Thresholds have a false-alarm probability of 1e-9 each, at n = 2^20 values.
"""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch

from netspec import init as ni
from netspec import layers as nl
from netspec.init import PRESETS, InitPolicy, laws
from netspec.spec import Spec
from netspec_torch import backend
from netspec_torch.initializers import draw

ROWS, COLUMNS = 512, 2048
N = ROWS * COLUMNS
KOLMOGOROV, SIGMAS, EDGE = 3.27, 6.11, 20.7
U = 2.0**-53

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
    ni.KaimingNormal("leaky_relu", slope=0),
    ni.KaimingNormal("sigmoid", slope=0.5),
)
PLAIN: tuple[ni.Initializer, ...] = (
    ni.Uniform(-0.1, 0.3),
    ni.Normal(0.02, mean=0.01),
    ni.Normal(),
    ni.TruncatedNormal(0.5),
    ni.TruncatedNormal(0.5, mean=1, low=-1, high=3),
    ni.TruncatedNormal(2, low=0.5, high=1),
    ni.LeCunNormal(),
    ni.VarianceScaling(2, fan="fan_out", distribution="uniform"),
    ni.VarianceScaling(0.3, fan="fan_avg", distribution="normal"),
)


def by_repr(initializer: ni.Initializer) -> str:
    return repr(initializer)


def dense(initializer: ni.Initializer | None, policy: str = "torch") -> Spec:
    init = PRESETS[policy] if initializer is None else InitPolicy(initializer)
    return Spec("dense", (COLUMNS,), [nl.Dense(ROWS)], init)


def draw_weight(spec: Spec, name: str = "0.weight") -> np.ndarray:
    torch.manual_seed(0)
    return backend.params(backend.compile(spec), spec)[name].astype(np.float64)


@pytest.mark.parametrize("initializer", SCALED, ids=by_repr)
@pytest.mark.parametrize(
    "layer",
    [nl.Dense(7), nl.Conv2D(6, kernel_size=(3, 2), groups=2, bias=False)],
    ids=["dense", "grouped convolution"],
)
def test_torch_is_given_the_numbers_of_the_law(
    initializer: ni.Initializer, layer: nl.Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[laws.Law] = []
    for name, law in (("normal_", laws.Normal), ("uniform_", laws.Uniform)):
        monkeypatch.setattr(
            torch.Tensor,
            name,
            lambda self, a, b, law=law, **_: given.append(law(a, b)),
        )
    spec = Spec("s", (4, 5, 6), [layer], InitPolicy(initializer, bias=ni.Zeros()))
    parameter = spec.parameters()["0.weight"]
    backend.compile(spec)
    drawn = given[-1]
    assert type(drawn) is type(parameter.law)
    # each side rounds at most four times
    assert math.isclose(drawn.std, parameter.law.std, rel_tol=8 * U)
    assert drawn.mean == parameter.law.mean == 0
    assert "kaiming" in draw(parameter).target or "xavier" in draw(parameter).target


def test_fans_that_torch_would_misread_are_given_as_numbers() -> None:
    words = [nl.Embedding(50, dim=4), nl.Dense(4)]
    policy = InitPolicy(ni.KaimingNormal(), bias=ni.KaimingUniform())
    spec = Spec("words", (3,), words, policy, "int")
    table = spec.parameters()["0.weight"]  # fan_in 50: what reads a one-hot vector
    assert draw(table).target == "torch.nn.init:normal_"
    assert dict(draw(table).kwargs)["std"] == table.law.std == math.sqrt(2 / 50)
    bias = spec.parameters()["1.bias"]
    assert draw(bias).args == bias.law.bounds


@pytest.mark.parametrize("initializer", [*SCALED, *PLAIN], ids=by_repr)
def test_draws_follow_the_law(initializer: ni.Initializer) -> None:
    spec = dense(initializer)
    law = spec.parameters()["0.weight"].law
    check_law(draw_weight(spec), law)


def test_constructors_of_torch_follow_the_preset() -> None:
    spec = dense(None, "torch")
    check_law(draw_weight(spec), spec.parameters()["0.weight"].law)
    words = [nl.Embedding(COLUMNS, dim=ROWS)]
    table = Spec("words", (), words, init="torch", input_dtype="int")
    assert "Do nothing" in backend.source(table)
    check_law(draw_weight(table), laws.Normal(0, 1))
    wide = Spec("wide", (3,), [nl.Dense(N)], init="torch")
    check_law(draw_weight(wide, "0.bias"), wide.parameters()["0.bias"].law)


def check_law(values: np.ndarray, law: laws.Law) -> None:
    """Shape, scale, mean and support of 2^20 values; rows and columns alike."""
    assert values.size == N
    ordered = np.sort(values.ravel())
    steps = np.arange(N + 1) / N
    theory = law.cdf(ordered)
    distance = max((theory - steps[:-1]).max(), (steps[1:] - theory).max())
    assert distance < KOLMOGOROV / math.sqrt(N)
    centered = (values - law.mean) / law.std
    kurtosis = float((centered**4).mean())
    assert abs(centered.mean()) < SIGMAS / math.sqrt(N)
    assert abs((centered**2).mean() - 1) < SIGMAS * math.sqrt((kurtosis - 1) / N)
    low, high = map(np.float32, law.bounds)  # the draws are float32
    assert low <= ordered[0]
    assert ordered[-1] <= high
    if isinstance(law, laws.Uniform):
        margin = (law.high - law.low) * EDGE / N
        assert ordered[0] <= low + margin
        assert ordered[-1] >= high - margin


@pytest.mark.parametrize("gain", [1.0, 1.7])
@pytest.mark.parametrize("units", [96, 256])
def test_orthogonal(gain: float, units: int) -> None:
    spec = Spec("s", (128,), [nl.Dense(units)], InitPolicy(ni.Orthogonal(gain)))
    weight = draw_weight(spec) / gain
    product = weight @ weight.T if units <= 128 else weight.T @ weight
    # a product of n values, each rounded to float32
    assert np.abs(product - np.eye(len(product))).max() < 128 * 2.0**-24


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


def test_doubles_are_drawn_as_doubles() -> None:
    spec = dense(ni.XavierUniform())
    model = backend.compile(spec, dtype="float64")
    weight = backend.params(model, spec)["0.weight"]
    assert np.mean(weight == weight.astype(np.float32)) < 0.01


def test_named_functions_exist() -> None:
    parameters = dense(ni.Zeros()).parameters().values()
    for parameter in parameters:
        name = draw(parameter).target.partition(":")[2]
        assert inspect.isfunction(getattr(torch.nn.init, name))
