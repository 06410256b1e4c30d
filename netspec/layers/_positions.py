"""What tells a model where in a sequence a value stands.

All of them act on the last two axes, (positions, channels); others are kept.
"""

from __future__ import annotations

from netspec.declare import Field, Parameter
from netspec.declare.rules import COUNT, POSITIVE, optional
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer
from netspec.layers._facts import Shape

__all__ = ["ClassToken", "PositionEmbedding", "SinusoidalPosition"]


@layer
class PositionEmbedding(Parametric):
    """``x + weight`` with a learned row for each position, of which the first are added
    where there are more than the input has (Gehring et al., 2017; GPT, BERT, ViT).

    Attributes:
        positions: number of rows; None for as many as the input has.

    Shapes: (*, positions, c) to itself; weight (rows, c), which starts at Normal(0.02).
    """

    positions: Field[int | None, int | None] = Field(optional(COUNT), default=None)

    def output_shape(self, shape: Shape) -> Shape:
        length, _ = need_sequence(shape)
        if self.positions is not None and self.positions < length:
            raise SpecError(
                f"positions must be at least those of the input, received"
                f" {self.positions} and an input of shape {shape}; give {length} or"
                " more, or none"
            )
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        length, channels = need_sequence(shape)
        table = (self.positions or length, channels)
        return {"weight": Parameter(table, ("positions", "channels"), "position")}


@layer
class SinusoidalPosition(Layer):
    """Add Vaswani's table (2017): ``sin(t / base^(2i/c))`` in column 2i, the cosine of
    the same in column 2i + 1, for position t. Where the channels are odd, the last
    column is a sine.

    The table is made in float64 and rounded once.

    Attributes:
        base: of the powers, which are the wavelengths over 2 pi.

    Shapes: (*, positions, c) to itself.
    """

    constants = ("bias",)

    base: Field[float, float] = Field(POSITIVE, default=10000.0)

    def output_shape(self, shape: Shape) -> Shape:
        need_sequence(shape)
        return shape


@layer
class ClassToken(Parametric):
    """Put a learned position before all others, as BERT and ViT do.

    Shapes: (*, positions, c) to (*, positions + 1, c); weight (c,), which starts at 0.
    """

    def output_shape(self, shape: Shape) -> Shape:
        length, channels = need_sequence(shape)
        return (*shape[:-2], length + 1, channels)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        axes = ("channels",)
        return {"weight": Parameter(shape[-1:], axes, "position", starts_at=0.0)}


def need_sequence(shape: Shape) -> tuple[int, int]:
    """Return the numbers of positions and of channels, the last two axes.

    Raises:
        SpecError: the input has fewer axes.
    """
    if len(shape) < 2:
        raise SpecError(
            f"needs inputs of shape (..., positions, channels), received {shape}; add a"
            f" Reshape((1, {shape[0] if shape else 1})) before it"
        )
    return shape[-2], shape[-1]
