"""Layers and a law of a user, for every backend; how a framework computes them is in
the file beside this one that has its name, their meaning in `reference`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from netspec.declare import Field, Parameter, kernel
from netspec.declare.rules import COUNT, DECAY, RATE
from netspec.errors import SpecError
from netspec.init import Constant, Initializer, distributions, initializer
from netspec.layers import (
    CHAIN,
    Chain,
    Container,
    Elementwise,
    Layer,
    Parametric,
    ReLU,
    Shape,
    layer,
)


@layer
class Squash(Parametric):
    """A layer with a parameter of its own and a layer inside."""

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


@layer
class LowRank(Parametric):
    """``(x - mean) down^T up^T``: the mean of the batch, in evaluation the running one.

    Attributes:
        units: size of the output.
        rank: of the product of the two matrices.
        decay: weight of the old running mean.

    Shapes: (in,) to (units,); down (rank, in), up (units, rank), running_mean (in,).
    """

    units: Field[int, int] = Field(COUNT)
    rank: Field[int, int] = Field(COUNT)
    decay: Field[float, float] = Field(DECAY, default=0.75)

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return {
            "down": kernel((self.rank, *shape), ("out", "in")),
            "up": kernel((self.units, self.rank), ("out", "in")),
            "running_mean": Parameter(
                shape, ("channels",), "running_mean", trainable=False
            ),
        }


@layer
class Tempered(Parametric):
    """``x / temperature``, a temperature for each value, which starts at 2."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        axes = tuple(f"axis{i}" for i in range(len(shape)))
        return {"temperature": Parameter(shape, axes, "temperature")}

    def initializer(self, parameter: str) -> Initializer | None:
        return super().initializer(parameter) or Constant(2)


@layer
class Gate(Container):
    """``body(x) * (1 + gate(x))``.

    Attributes:
        body: layers.
        gate: layers whose output has the shape of the body's.
    """

    body: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)
    gate: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (
            Chain("body", ("body",), self.body),
            Chain("gate", ("gate",), self.gate),
        )

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        body, gate = outputs
        if body != gate:
            raise SpecError(f"body and gate must agree, received {body} and {gate}")
        return body


@layer
class AnywhereGate(Gate):
    """A gate that says that it works in any order of the axes."""

    keeps_layout = True


@layer
class Attend(Container):
    """``x * body(x)``, in any order of the axes.

    Attributes:
        body: layers whose output has the shape of x.
    """

    keeps_layout = True

    body: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (Chain("body", ("body",), self.body),)

    @property
    def joins_input(self) -> bool:
        return True

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        (body,) = outputs
        if body != shape:
            raise SpecError(f"body must keep the shape {shape}, received {body}")
        return body


@layer
class Blank(Layer):
    """Training blanks each value with a probability, and scales up the others."""

    pointwise = True
    random = True

    rate: Field[float, float] = Field(RATE)

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    @property
    def zeroing_rate(self) -> float:
        return self.rate


@layer
class Cube(Elementwise):
    """``x^3``."""


@layer
class PlainCube(Cube):
    """A cube that does not say that it is pointwise."""

    pointwise = False


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


@initializer
class Toss(Initializer):
    """Draws from a law that no framework has a function for."""

    def law(self, parameter: Parameter) -> distributions.Law:
        return Coin()


class Coin:
    """A law of a user's."""

    whole: ClassVar[bool] = False
    mean, std, bounds = 0.5, 0.5, (0.0, 1.0)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        return np.where(x < 0, 0, np.where(x < 1, 0.5, 1))

    def fill(self, bits: np.random.Philox, out: np.ndarray) -> None:
        out[:] = np.random.Generator(bits).integers(0, 2, out.shape)
