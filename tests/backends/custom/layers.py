"""Layers and a law of a user, for every backend; how a framework computes the first is
in the file beside this one that has its name.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from netspec.declare import Field, Parameter
from netspec.declare.rules import COUNT
from netspec.init import Initializer, distributions, initializer
from netspec.layers import Layer, Parametric, Shape, layer
from netspec.layers._activations import ReLU


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
