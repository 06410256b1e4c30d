"""Layers that are one matrix: Dense and Embedding."""

from __future__ import annotations

from dataclasses import KW_ONLY, replace

from netspec.declare import Field, Parameter, bias_of, kernel
from netspec.declare.rules import BOOL, COUNT
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer
from netspec.layers._facts import Shape

__all__ = ["Dense", "Embedding"]


@layer
class Dense(Parametric):
    """``y = x W^T + b`` on the last axis; other axes are kept.

    PyTorch: ``nn.Linear``. Gluon: ``nn.Dense(flatten=False)``. Flattening is a layer
    of its own.

    Attributes:
        units: size of the last axis of the output.
        bias: whether b is added.

    Shapes: (*, in) to (*, units); weight (units, in), bias (units,).
    """

    bias_axis = -1
    maps_last_axis = True

    units: Field[int, int] = Field(COUNT)
    _: KW_ONLY
    bias: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        if not shape:
            raise SpecError(
                "needs at least one axis besides the batch, received ();"
                " add a Reshape((1,)) before it"
            )
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        weight = kernel((self.units, shape[-1]), ("out", "in"))
        return {"weight": weight} | ({"bias": bias_of(weight)} if self.bias else {})

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        return (columns,), replace(self, units=rows, name=None, init={})


@layer
class Embedding(Parametric):
    """Row ``x`` of a table, for every integer ``x`` of the input.

    Its fans are those of a matrix that reads one-hot vectors: fan_in is the
    vocabulary, fan_out is dim. An index outside 0..vocabulary-1 is refused by
    `Backend.forward`; a raw model keeps its framework's behaviour.

    Attributes:
        vocabulary: number of rows.
        dim: size of a row.

    Shapes: (*) integers to (*, dim); weight (vocabulary, dim).
    """

    reads = "int"

    vocabulary: Field[int, int] = Field(COUNT)
    dim: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, self.dim)

    @property
    def index_bound(self) -> int:
        return self.vocabulary

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        table = (self.vocabulary, self.dim)
        axes = ("vocabulary", "dim")
        return {"weight": Parameter(table, axes, "embedding", *table)}

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        large = replace(self, vocabulary=rows, dim=columns, name=None, init={})
        return (), large
