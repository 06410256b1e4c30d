"""Multiplication and addition along axes, with constants or with learned values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY

from netspec.declare import Field, Parameter, affine
from netspec.declare.rules import AXIS, BOOL, REAL, either, sequence
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer, resolve_axis
from netspec.layers._facts import Shape

__all__ = ["Rescale", "Scale"]

Numbers = float | tuple[float, ...]
Axes = int | tuple[int, ...]

NUMBERS = either(
    REAL,
    sequence(REAL, "a list of finite numbers"),
    "a finite number, or a list with one for each channel",
)
AXES = either(
    AXIS,
    sequence(AXIS, "a list of axes"),
    "an integer axis other than 0, the batch axis, or a list of such axes",
)


@layer
class Rescale(Layer):
    """``x * scale + offset`` with constants, which no training moves.

    Attributes:
        scale: a number, or a list with one for each channel (axis 1).
        offset: a number, or such a list, too.

    Shapes: (*) to itself; with a list (c, *).
    """

    pointwise = True

    scale: Field[float | Sequence[float], Numbers] = Field(NUMBERS, default=1.0)
    _: KW_ONLY
    offset: Field[float | Sequence[float], Numbers] = Field(NUMBERS, default=0.0)

    def output_shape(self, shape: Shape) -> Shape:
        for name, values in (("scale", self.scale), ("offset", self.offset)):
            if isinstance(values, float):
                continue
            if not shape:
                raise SpecError(
                    f"{name} is a list, which needs a channel axis, received (); give"
                    f" a number, such as {name}={values[0]:g}"
                )
            if len(values) != shape[0]:
                raise SpecError(
                    f"{name} has {len(values)} values for inputs of {shape[0]} channels"
                    f" (shape {shape}); give {shape[0]}, or one number for all"
                )
        return shape

    @property
    def layout(self) -> str:
        """That of the channels where a list has one value for each of them."""
        alike = isinstance(self.scale, float) and isinstance(self.offset, float)
        return "any" if alike else "spatial"


@layer
class Scale(Parametric):
    """``x * weight + bias`` with learned values along one axis or several: Caffe's
    Scale, and the LayerScale of Touvron et al. (2021), which starts near 0.

    Attributes:
        axis: counts the batch as 0, which it may not be; or a list of several, in
            order.
        bias: whether there is a `bias`.

    Shapes: (*) to itself; weight, starting at 1, and bias, at 0, of the sizes of the
    axes.
    """

    axis: Field[int | Sequence[int], Axes] = Field(AXES, default=1)
    _: KW_ONLY
    bias: Field[bool, bool] = Field(BOOL, default=False)

    def resolved(self, shape: Shape) -> tuple[int, ...]:
        """Return the axes, counted from 1 behind the batch.

        Raises:
            SpecError: a batch of this shape lacks one, or they are not in order.
        """
        given = (self.axis,) if isinstance(self.axis, int) else self.axis
        found = tuple(resolve_axis(axis, shape) + 1 for axis in given)
        if list(found) != sorted(set(found)):
            raise SpecError(
                f"axes must be in order, each once, received {list(given)}; give"
                f" {sorted(set(found))}"
            )
        return found

    def output_shape(self, shape: Shape) -> Shape:
        self.resolved(shape)
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        found = self.resolved(shape)
        sizes = tuple(shape[axis - 1] for axis in found)
        names = ("channels",) if found == (1,) else tuple(f"axis{i}" for i in found)
        return affine(sizes, names, scale=True, center=self.bias)

    @property
    def layout(self) -> str:
        """Any for one axis, because the layer names it; for several their order."""
        return "any" if isinstance(self.axis, int) else "spec"

    @property
    def bias_axis(self) -> int | None:  # type: ignore[override]
        """The axis, where it is one."""
        return self.axis if isinstance(self.axis, int) else None
