"""Layers and containers of a user that are unlike ours; how a framework computes them
is in the file beside this one that has its name, their meaning in `reference`.
"""

from __future__ import annotations

from collections.abc import Sequence

from netspec.declare import Field, Parameter
from netspec.declare.rules import COUNT, POSITIVE
from netspec.errors import SpecError
from netspec.init import Constant, Initializer, Ones
from netspec.layers import (
    CHAIN,
    BatchNorm,
    Chain,
    Container,
    Dense,
    Layer,
    Parametric,
    Shape,
    layer,
)

Layers = Field[Sequence[Layer], tuple[Layer, ...]]


def statistic(shape: Shape, role: str) -> Parameter:
    axes = tuple(f"axis{i}" for i in range(len(shape)))
    return Parameter(shape, axes, role, trainable=False)


@layer
class Cumulative(Parametric):
    """``x`` in training, ``x - total / steps`` in evaluation, of all batches: two
    states, one without axes, of a role of its own.
    """

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        total = statistic(shape, "running_mean")
        return {"total": total, "steps": statistic((), "steps")}

    def initializer(self, parameter: str) -> Initializer | None:
        return Ones() if parameter == "steps" else super().initializer(parameter)


@layer
class Fixed(Parametric):
    """``x * table``, a table of 3 that nothing moves."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return {"table": statistic(shape, "table")}

    def initializer(self, parameter: str) -> Initializer | None:
        return super().initializer(parameter) or Constant(3)


@layer
class Rooted(Parametric):
    """``x * sqrt(width)`` for each channel; a width is positive and deep inside."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return {"inner.deep.width": Parameter(shape[:1], ("channels",), "width")}

    def initializer(self, parameter: str) -> Initializer | None:
        return super().initializer(parameter) or Constant(1.5)


@layer
class Twice(BatchNorm):
    """Twice a BatchNorm with scale and center, channels first."""

    spatial = False


@layer
class GainDense(Dense):
    """``gain * (x W^T + b)``."""

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        gain = Parameter((self.units,), ("out",), "scale")
        return super().parameters(shape) | {"gain": gain}


@layer
class Digits(Layer):
    """``sin(k x / 10)`` of integers, k from 1 on.

    Attributes:
        base: the last k.
    """

    reads = "int"

    base: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, self.base)


@layer
class Jitter(Layer):
    """Training adds noise, and zeroes nothing.

    Attributes:
        std: standard deviation of the noise.
    """

    pointwise = True
    random = True

    std: Field[float, float] = Field(POSITIVE)

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class Pairs(Layer):
    """``x - 2 y``, y as far from the end of the batch as x from its beginning; trained
    on 8 examples or more.
    """

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def least_batch(self, shape: Shape) -> int:
        return 8


@layer
class Excite(Container):
    """``x * body(x)``, one value of the body for each channel of x.

    Attributes:
        body: layers whose output has one axis, the channels.
    """

    body: Layers = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (Chain("body", ("body",), self.body),)

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        if outputs[0] != shape[:1]:
            raise SpecError(f"body must give {shape[:1]}, received {outputs[0]}")
        return shape


@layer
class Mixed(Container):
    """``layers(x) + side(x)``, the first in the place of the container itself.

    Attributes:
        layers: of the first chain.
        side: of the other one.
    """

    layers: Layers = Field(CHAIN)
    side: Layers = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (
            Chain(None, ("layers",), self.layers),
            Chain("side", ("side",), self.side),
        )

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        return outputs[0]
