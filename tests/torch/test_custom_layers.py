"""Layers of a user: one lowering, and they compile, export and run."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netspec import init as ni
from netspec.declare import Field
from netspec.errors import BackendError
from netspec.expr import Call, call
from netspec.graph import Node
from netspec.init import Initializer, InitPolicy, initializer, laws
from netspec.layers import Dense, Layer, Parametric, ReLU, Residual, Shape, layer
from netspec.parameter import Parameter
from netspec.rules import COUNT
from netspec.spec import Spec
from netspec_torch import Context, backend, by_law, lower

START = 0.5


def squash(x: Tensor) -> Tensor:
    return x / (START + x.abs())


class SquashModule(nn.Module):
    """x * weight, squashed, then projected."""

    def __init__(self, width: int, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(width))
        self.inner = nn.Linear(width, units)

    def forward(self, x: Tensor) -> Tensor:
        projected: Tensor = self.inner(squash(x * self.weight))
        return projected


@layer
class Squash(Parametric):
    """A layer with a parameter of its own and a module inside."""

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
def squash_layer(layer: Squash, node: Node, ctx: Context) -> Call:
    return call(SquashModule, *node.input_shape, layer.units)


@layer
class Unknown(Layer):
    """A layer that nobody lowers."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class Derived(ReLU):
    """A layer that is not what it derives from."""


@layer
class Undeclared(Layer):
    """A layer that keeps silent about its parameters."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@lower.register
def undeclared(layer: Undeclared, node: Node, ctx: Context) -> Call:
    return call("torch.nn:PReLU")


def spec() -> Spec:
    body = [Squash(3), Dense(4)]
    policy = InitPolicy(ni.KaimingNormal("relu"), bias=ni.Constant(0.25))
    return Spec("custom", (4,), [Residual(body), Squash(2, name="last")], policy)


def test_compiles_and_exports_to_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(backend.source(spec()))
    assert "netspec_torch" not in path.read_text()
    module = runpy.run_path(str(path))
    torch.manual_seed(0)
    theirs = module["build"]()
    module["initialize"](theirs)
    torch.manual_seed(0)
    ours = backend.compile(spec())
    assert list(theirs.state_dict()) == list(spec().parameters())
    for name, value in ours.state_dict().items():
        assert torch.equal(theirs.state_dict()[name], value)
    x = torch.ones(2, 4)
    assert torch.equal(ours(x), theirs(x))


def test_runs_as_a_backend_does() -> None:
    model = backend.compile(spec(), seed=0, dtype="float64")
    x, cotangent = np.ones((2, 4)), np.ones((2, 2))
    result = backend.step(model, spec(), x, cotangent)
    assert result.output.shape == (2, 2)
    assert list(result.grad_params) == list(spec().parameters())


def test_fans_are_those_of_the_declaration() -> None:
    # (3, 4) by shape has fan_in 4; the layer declares 100
    assert "normal_(net[0].body[0].inner.weight, std=0.141421" in backend.source(spec())


@pytest.mark.parametrize("unknown", [Unknown(), Derived()])
def test_a_layer_without_lowering_is_refused(unknown: Layer) -> None:
    silent = Spec("s", (3,), [Residual([unknown])])
    for run in (backend.compile, backend.source):
        with pytest.raises(
            BackendError,
            match=r"^0\.body\.0 (Unknown|Derived): .*@netspec_torch\.lower\.register",
        ):
            run(silent)


def test_parameters_that_are_not_declared_are_refused() -> None:
    with pytest.raises(BackendError, match=r"^0\.weight: .* make what the layer decl"):
        backend.compile(Spec("s", (3,), [Undeclared()]), seed=0)


@initializer
class Toss(Initializer):
    """Draws from a law that PyTorch has no function for."""

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
    tossed = Spec("s", (3,), [Dense(2)], InitPolicy(Toss()))
    with pytest.raises(BackendError, match=r"law Other; .*@netspec_torch\.by_law"):
        backend.compile(tossed)
    backend.compile(tossed, seed=0)  # portable weights need none

    @by_law.register
    def other(law: Other) -> Call:
        return call("torch.nn.init:constant_", law.side)

    assert torch.all(backend.compile(tossed).get_parameter("0.weight") == 1)
