"""Layers of a user: one lowering, and they compile, export and run."""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from jax.nn import initializers

from netspec import init as ni
from netspec import layers as nl
from netspec.declare import Field
from netspec.errors import BackendError
from netspec.expr import Call, call
from netspec.graph import Node
from netspec.init import Initializer, InitPolicy, initializer, laws
from netspec.layers import Conv2D, Dense, Parametric, ReLU, Residual, Shape, layer
from netspec.layers.base import Chain
from netspec.layers.containers import CHAIN
from netspec.parameter import Parameter
from netspec.rules import COUNT, sequence
from netspec.spec import Spec
from netspec_jax import (
    Context,
    Layer,
    Layout,
    Tree,
    backend,
    by_law,
    chain,
    elementwise,
    lower,
    parametric,
    wanted,
)
from netspec_jax.initializers import draw
from netspec_jax.layout import Flow, plan
from netspec_jax.support.containers import fan_out

START = 0.5


def squash(x: Array) -> Array:
    squashed: Array = x / (START + jnp.abs(x))
    return squashed


def squash_pair(width: int, units: int, inner: Any) -> Layer:
    """x * weight, squashed, then projected."""

    def function(params: Tree, x: Array) -> Array:
        y: Array = squash(x * params["weight"]) @ params["inner"]
        return y

    weight = (initializers.ones, (width,))
    return parametric(function, weight=weight, inner=(inner, (width, units)))


@layer
class SquashJax(Parametric):
    """A layer with parameters and a function of its own."""

    units: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        # fans of its own: by role, not by shape
        sizes = (self.units, shape[-1])
        return {
            "weight": Parameter(shape[-1:], ("channels",), "scale"),
            "inner": Parameter(sizes, ("out", "in"), "kernel", 100, 1),
        }


@lower.register
def squash_layer(layer: SquashJax, node: Node, ctx: Context) -> Call:
    inner = draw(node.parameters["inner"])
    return call(squash_pair, node.input_shape[-1], layer.units, inner)


@layer
class UnknownJax(nl.Layer):
    """A layer that nobody lowers."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class DerivedJax(ReLU):
    """A layer that is not what it derives from."""


@layer
class FlipJax(ReLU):
    """A layer that looks at an axis."""


@layer
class FlipLastJax(FlipJax):
    """The same, which says that it can do so channels last."""


def flip(axis: int) -> Layer:
    return elementwise(lambda x: jnp.flip(x, axis))


@lower.register
def flip_layer(layer: FlipJax, node: Node, ctx: Context) -> Call:
    return call(flip, 1)


@lower.register
def flip_last_layer(layer: FlipLastJax, node: Node, ctx: Context) -> Call:
    return call(flip, -1)


@wanted.register
def flip_last(layer: FlipLastJax) -> Layout:
    return Layout.LAST


@layer
class UndeclaredJax(nl.Layer):
    """A layer that keeps silent about its parameters."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


def undeclared_pair() -> Layer:
    return parametric(lambda params, x: x, weight=(initializers.ones, (1,)))


@lower.register
def undeclared(layer: UndeclaredJax, node: Node, ctx: Context) -> Call:
    return call(undeclared_pair)


def spec() -> Spec:
    body = [SquashJax(3), Dense(4)]
    policy = InitPolicy(ni.KaimingNormal("relu"), bias=ni.Constant(0.25))
    return Spec("custom", (4,), [Residual(body), SquashJax(2, name="last")], policy)


def test_compiles_and_exports_to_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(backend.source(spec()))
    assert "netspec_jax" not in path.read_text()
    module = runpy.run_path(str(path))
    model = backend.compile(spec())
    params, state = module["init"](jax.random.key(0))
    assert jax.tree.all(jax.tree.map(np.array_equal, params, model.params))
    x = jnp.ones((2, 4))
    assert np.array_equal(
        module["apply"](params, state, x)[0], model.apply(params, state, x)[0]
    )


def test_runs_as_a_backend_does() -> None:
    model = backend.compile(spec(), seed=0, dtype="float64")
    x, cotangent = np.ones((2, 4)), np.ones((2, 2))
    result = backend.step(model, spec(), x, cotangent)
    assert result.output.shape == (2, 2)
    assert list(result.grad_params) == list(spec().parameters())


def test_fans_are_those_of_the_declaration() -> None:
    # (4, 3) by shape has fan_in 4; the layer declares 100
    assert "initializers.normal(0.1414213562373095" in backend.source(spec())


@pytest.mark.parametrize("unknown", [UnknownJax(), DerivedJax()])
def test_a_layer_without_lowering_is_refused(unknown: nl.Layer) -> None:
    silent = Spec("s", (3,), [Residual([unknown])])
    for run in (backend.compile, backend.source):
        with pytest.raises(
            BackendError,
            match=r"^0\.body\.0 (Unknown|Derived)Jax: .*@netspec_jax\.lower\.register",
        ):
            run(silent)


@pytest.mark.parametrize(
    ("flipping", "layout"), [(FlipJax(), Layout.FIRST), (FlipLastJax(), Layout.LAST)]
)
def test_a_layer_is_channels_first_unless_it_says_otherwise(
    flipping: nl.Layer, layout: Layout
) -> None:
    conv = Conv2D(3, kernel_size=1)
    flipped = Spec("flip", (2, 5, 4), [conv, flipping, ReLU()])
    assert plan(flipped.graph)["1"].runs is layout
    model = backend.compile(flipped, seed=0)
    alone = Spec("alone", (2, 5, 4), [conv, ReLU()])
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 4)).astype(np.float32)
    plain = backend.forward(backend.compile(alone, seed=0), alone, x)
    assert np.array_equal(backend.forward(model, flipped, x), plain[:, ::-1])


@layer
class StackJax(nl.Container):
    """Branches stacked along a new axis 1."""

    branches: Field[Any, tuple[tuple[nl.Layer, ...], ...]] = Field(
        sequence(CHAIN, "branches")
    )

    def chains(self) -> tuple[Chain, ...]:
        return tuple(
            Chain(f"way{i}", ("branches", i), branch)
            for i, branch in enumerate(self.branches)
        )

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        return (len(outputs), *outputs[0])


def stack(*branches: Layer) -> Layer:
    named = {f"way{i}": branch for i, branch in enumerate(branches)}
    return fan_out(named, lambda outputs: jnp.stack(outputs, axis=1))


@lower.register
def stack_layer(layer: StackJax, node: Node, ctx: Context) -> Call:
    return call(stack, *(chain(branch, ctx) for branch in node.branches))


def test_a_container_is_channels_first_outside_and_fast_inside() -> None:
    conv = Conv2D(3, kernel_size=3, padding=1)
    ways = StackJax([[conv, ReLU(), conv], [nl.Identity()]])
    stacked = Spec("stack", (2, 5, 4), [conv, ways, nl.Flatten(), Dense(2)])
    flows = plan(stacked.graph)
    assert flows["1"] == Flow(Layout.LAST, Layout.FIRST, Layout.FIRST)
    assert [flows[f"1.way0.{i}"].runs for i in range(3)] == [Layout.LAST] * 3
    model = backend.compile(stacked, seed=0)
    assert list(model.params["1"]) == ["way0"]
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 4)).astype(np.float32)
    alone = Spec("alone", (2, 5, 4), [conv])
    plain = backend.forward(backend.compile(alone, seed=0), alone, x)
    whole = Spec("whole", (2, 5, 4), [conv, ways])
    y = backend.forward(backend.compile(whole, seed=0), whole, x)
    assert y.shape == (2, 2, 3, 5, 4)
    assert np.array_equal(y[:, 1], plain)


@pytest.mark.parametrize("seed", [0, None])
def test_parameters_that_are_not_declared_are_refused(seed: int | None) -> None:
    with pytest.raises(BackendError, match=r"^0\.weight: .* make what the layer decl"):
        backend.compile(Spec("s", (3,), [UndeclaredJax()]), seed=seed)


@initializer
class TossJax(Initializer):
    """Draws from a law that JAX has no function for."""

    side: ClassVar[float] = 1.0

    def law(self, parameter: Parameter) -> laws.Law:
        return OtherJax(self.side)


class OtherJax:
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
    tossed = Spec("s", (3,), [Dense(2)], InitPolicy(TossJax()))
    with pytest.raises(BackendError, match=r"law OtherJax; .*@netspec_jax\.by_law"):
        backend.compile(tossed)

    @by_law.register
    def other(law: OtherJax, parameter: Parameter) -> Call:
        return call("jax.nn.initializers:constant", law.side)

    weight = backend.params(backend.compile(tossed), tossed)["0.weight"]
    assert np.all(weight == 1)
