"""Layers of a user: one lowering, and they compile, export and run."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any, ClassVar

import mxnet as mx
import numpy as np
import pytest
from mxnet.gluon import nn

from netspec import init as ni
from netspec.declare import Field
from netspec.errors import BackendError
from netspec.expr import Call, call
from netspec.graph import Node
from netspec.init import Initializer, InitPolicy, initializer, laws
from netspec.layers import BatchNorm, Dense, Layer, Parametric, Residual, Shape, layer
from netspec.parameter import Parameter
from netspec.rules import COUNT
from netspec.spec import Spec
from netspec_gluon import Context, backend, by_law, lower

START = 0.5


def crush(F: Any, x: Any) -> Any:
    return x / (START + F.abs(x))


class CrushBlock(nn.HybridBlock):  # type: ignore[misc]
    """x * weight, crushed, then projected."""

    def __init__(self, width: int, units: int) -> None:
        super().__init__()
        self.weight = self.params.get("weight", shape=(width,))
        self.inner = nn.Dense(units, in_units=width)

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        return self.inner(crush(F, F.broadcast_mul(x, weight)))


@layer
class Crush(Parametric):
    """A layer with a parameter of its own and a block inside."""

    units: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        # fans of its own: by role, not by shape
        matrix = Parameter((self.units, *shape), ("out", "in"), "kernel", 100, 1)
        return {
            "weight": Parameter(shape, ("channels",), "scale"),
            "inner.weight": matrix,
            "inner.bias": Parameter((self.units,), ("out",), "bias"),
        }


@lower.register
def crush_layer(layer: Crush, node: Node, ctx: Context) -> Call:
    return call(CrushBlock, *node.input_shape, layer.units)


@layer
class Unlowered(Layer):
    """A layer that nobody lowers."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class Deriving(BatchNorm):
    """A layer that is not what it derives from."""


@layer
class Silent(Layer):
    """A layer that keeps silent about its parameters."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@lower.register
def silent(layer: Silent, node: Node, ctx: Context) -> Call:
    return call("mxnet.gluon.nn:PReLU")


def spec() -> Spec:
    body = [Crush(3), Dense(4)]
    policy = InitPolicy(ni.KaimingNormal("relu"), bias=ni.Constant(0.25))
    return Spec("custom", (4,), [Residual(body), Crush(2, name="last")], policy)


def test_compiles_and_exports_to_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(backend.source(spec()))
    assert "netspec_gluon" not in path.read_text()
    module = runpy.run_path(str(path))
    mx.random.seed(0)
    theirs = module["build"]()
    module["initialize"](theirs)
    mx.random.seed(0)
    ours = backend.compile(spec())
    parameters = backend.params(ours, spec())
    assert list(parameters) == list(spec().parameters())
    # none kept what net.initialize() gave it
    assert set(parameters["0.body.0.inner.bias"]) == {0.25}
    assert set(parameters["0.body.0.weight"]) == {1}
    for name, value in backend.params(theirs, spec()).items():
        assert np.array_equal(parameters[name], value)
    x = mx.nd.ones((2, 4))
    assert np.array_equal(ours(x).asnumpy(), theirs(x).asnumpy())


def test_runs_as_a_backend_does() -> None:
    model = backend.compile(spec(), seed=0, dtype="float64")
    x, cotangent = np.ones((2, 4)), np.ones((2, 2))
    result = backend.step(model, spec(), x, cotangent)
    assert result.output.shape == (2, 2)
    assert list(result.grad_params) == list(spec().parameters())


def test_fans_are_those_of_the_declaration() -> None:
    # (3, 4) by shape has fan_in 4; the layer declares 100
    wanted = (
        "net[0].body[0].inner.weight.initialize(\n        mx.init.Normal(0.14142135"
    )
    assert wanted in backend.source(spec())


@pytest.mark.parametrize("unknown", [Unlowered(), Deriving()])
def test_a_layer_without_lowering_is_refused(unknown: Layer) -> None:
    silent = Spec("s", (3,), [Residual([unknown])])
    for run in (backend.compile, backend.source):
        with pytest.raises(
            BackendError,
            match=r"^0\.body\.0 (Unlowered|Deriving): .*@netspec_gluon\.lower\.reg",
        ):
            run(silent)


def test_parameters_that_are_not_declared_are_refused() -> None:
    with pytest.raises(BackendError, match=r"^0\.alpha: .* make what the layer decl"):
        backend.compile(Spec("s", (3,), [Silent()]), seed=0)


@initializer
class Flip(Initializer):
    """Draws from a law that MXNet has no initializer for."""

    side: ClassVar[float] = 1.0

    def law(self, parameter: Parameter) -> laws.Law:
        return Other(self.side)


class Other:
    """A law of a user's."""

    whole: ClassVar[bool] = False
    mean, std, bounds = 0.5, 0.5, (0.0, 1.0)

    def __init__(self, side: float) -> None:
        self.side = side

    def cdf(self, x: np.ndarray) -> np.ndarray:
        return np.where(x < 0, 0, np.where(x < 1, 0.5, 1))

    def fill(self, bits: np.random.Philox, out: np.ndarray) -> None:
        out[:] = np.random.Generator(bits).integers(0, 2, out.shape)


def test_a_law_of_a_user_needs_a_function() -> None:
    flipped = Spec("s", (3,), [Dense(2)], InitPolicy(Flip()))
    with pytest.raises(BackendError, match=r"law Other; .*@netspec_gluon\.by_law"):
        backend.compile(flipped)
    backend.compile(flipped, seed=0)  # portable weights need none

    @by_law.register
    def other(law: Other) -> Call:
        return call("mxnet:init.Constant", law.side)

    weights = backend.params(backend.compile(flipped), flipped)
    assert np.all(weights["0.weight"] == 1)
