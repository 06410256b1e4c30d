"""Layers of a user that state facts, each beside one that keeps silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netspec import Dense, Identity, SpecError
from netspec.contract import Array
from netspec.declare import Field, Parameter
from netspec.declare.rules import COUNT
from netspec.layers import (
    CHAIN,
    Chain,
    Container,
    Elementwise,
    Layer,
    Parametric,
    Shape,
    layer,
)
from netspec.reference import Arithmetic, Pullback, Scope, Split, forward, join
from tests.backends.custom.layers import Blank, LowRank, Tempered


@layer
class Chosen(LowRank):
    """Says how its mean is drawn."""

    def draw_state(
        self,
        held: Mapping[str, Array],
        after: Mapping[str, Array],
        random: np.random.Generator,
    ) -> Mapping[str, Array]:
        assert np.all(held["running_mean"] == 0)
        step = after["running_mean"] / (1 - self.decay)
        return {"running_mean": 100 + step}


@layer
class Spread(Parametric):
    """``x / sqrt(variance)``, one running variance for all values."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        variance = Parameter((), (), "running_var", trainable=False)
        return {"running_var": variance}


@forward.register
def spread(layer: Spread, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, variance = scope.ops, scope.param("running_var")
    root = ops.value(np.sqrt(variance))
    if scope.train:
        moved = ops.value(variance + ops.value(x.var()))
        scope.update("running_var", ops.value(moved / 2))
    return ops.value(x / root), lambda dy: ops.value(dy / root)


@layer
class Gain(Parametric):
    """``weight * x``, one weight for all values."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return {"weight": Parameter((), (), "scale")}


@forward.register
def gain(layer: Gain, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, weight = scope.ops, scope.param("weight")

    def pullback(dy: Array) -> Array:
        product = ops.value(dy * x)
        scope.grad("weight", ops.contract(lambda p: p.sum(), product.size, product))
        return ops.value(dy * weight)

    return ops.value(weight * x), pullback


@layer
class Offset(Parametric):
    """``x + bias``, a bias for each position of the last axis."""

    bias_axis: ClassVar[int | None] = 2

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return {"bias": Parameter(shape[-1:], ("position",), "bias")}


@layer
class SilentOffset(Offset):
    """An offset that does not say so."""

    bias_axis = None


@forward.register
def offset(layer: Offset, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops = scope.ops

    def pullback(dy: Array) -> Array:
        rows = dy.reshape(-1, dy.shape[-1])
        scope.grad("bias", ops.contract(lambda r: r.sum(axis=0), len(rows), rows))
        return dy

    return ops.value(x + scope.param("bias")), pullback


@layer
class Through(Elementwise):
    """``x``."""

    unchanged = True


@layer
class SilentThrough(Through):
    """The input, without saying so."""

    unchanged = False


@forward.register
def through(layer: Through, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return x, lambda dy: dy


@layer
class Beside(Container):
    """``first(x) + second(x)``."""

    shifting_chain: ClassVar[int | None] = 1

    first: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)
    second: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (
            Chain("first", ("first",), self.first),
            Chain("second", ("second",), self.second),
        )

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        return outputs[0]


@layer
class SilentBeside(Beside):
    """A sum that does not say which chain shifts it."""

    shifting_chain = None


@join.register
def beside(
    layer: Beside, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    first, second = outputs
    return ops.value(first + second), lambda dy: [dy, dy]


@layer
class Centered(Layer):
    """``x`` without its mean over the last axis."""

    normalizes = True

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class SilentCentered(Centered):
    """A normalization that does not say so."""

    normalizes = False


@forward.register
def centered(layer: Centered, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops = scope.ops

    def center(x: Array) -> Array:
        mean = ops.contract(lambda x: x.mean(-1, keepdims=True), x.shape[-1], x)
        return ops.value(x - mean)

    return center(x), center


@layer
class Table(Parametric):
    """Row ``x`` of a table, counted from its end."""

    reads = "int"

    rows: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, 2)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        table = self.rows, 2
        return {"weight": Parameter(table, ("rows", "columns"), "embedding", *table)}

    @property
    def index_bound(self) -> int:
        return self.rows


@forward.register
def table(layer: Table, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    weight = scope.param("weight")

    def pullback(dy: Array) -> Array:
        found = np.zeros_like(weight)
        np.add.at(found, layer.rows - 1 - x, dy)
        scope.grad("weight", found)
        return np.zeros(x.shape, dy.dtype)

    return weight[layer.rows - 1 - x], pullback


@layer
class Broken(Identity):
    """A layer whose reference does not work."""


@forward.register
def broken(layer: Broken, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    raise ArithmeticError("no idea")


@layer
class Noisy(Tempered):
    """Random, with parameters."""

    random = True


@layer
class Cropped(Layer):
    """Random, of another shape."""

    random = True

    def output_shape(self, shape: Shape) -> Shape:
        return (shape[0] - 1,)


@layer
class PlaneBlank(Blank):
    """Blanks images, and refuses anything else."""

    pointwise = False

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise SpecError("needs images")
        return shape


@layer
class Scaled(Dense):
    """A Dense with a field and a parameter more."""

    power: Field[int, int] = Field(COUNT, default=2)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        gain = Parameter((self.units,), ("out",), "scale")
        return super().parameters(shape) | {"gain": gain}
