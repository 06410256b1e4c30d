"""What a reader gives: values of a model, each made from others by one operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from numpy.typing import NDArray

from netspec.errors import Obstacle
from netspec.layers import Layer, Shape, contained

Array = NDArray[Any]

INPUT = "input"  # the key of the value that the model is given


class Weight(NamedTuple):
    """An array of a layer, in canonical layout.

    Attributes:
        origin: its name in the model that is imported.
        values: float32 or float64.
    """

    origin: str
    values: Array


@dataclass(frozen=True)
class Join:
    """How several values become one.

    Attributes:
        merge: as of `netspec.Parallel`.
        axis: of ``"concat"`` and ``"stack"``; counts the batch as 0.
    """

    merge: str
    axis: int = 1

    def shape(self, outputs: Sequence[Shape]) -> Shape:
        """Return the shape of one example of values of these shapes, joined.

        Raises:
            SpecError: they do not fit together.
        """
        held = contained(self.merge, self.axis, [()] * len(outputs), alike=False)
        return held.join(outputs[0], outputs)


@dataclass(frozen=True)
class Item:
    """One value of a model, and the operation that makes it.

    Attributes:
        key: its name, unlike that of every other value.
        reads: keys of what it is made from, in order; a value may stand twice.
        made: by a layer, or by a merge; None where it is what it reads. A `Obstacle`
            stands where it cannot be imported, and matters if the output depends on it.
        shape: of one example, as the framework says.
        module: dotted path of the module whose code makes it.
        operation: as the framework calls it.
        weights: of the layer, by the name of the parameter.
    """

    key: str
    reads: tuple[str, ...]
    made: Layer | Join | Obstacle | None
    shape: Shape
    module: str = ""
    operation: str = ""
    weights: Mapping[str, Weight] = field(default_factory=dict)

    def problem(self, remedy: str) -> Obstacle:
        """Word what keeps this value from being imported."""
        return Obstacle(self.module, self.operation, self.shape, remedy)

    def failing(self, remedy: str) -> Item:
        """Return this item with a problem in the place of what makes it."""
        return replace(self, made=self.problem(remedy))


@dataclass(frozen=True)
class Reading:
    """A model as its reader found it.

    Attributes:
        name: of the spec.
        input_shape: of one example.
        output: key of the value that the model gives.
        items: every value but the input, each behind what it reads.
        input_dtype: ``"float"`` or ``"int"``.
        problems: what concerns no value.
        notes: what is not as it was, in whole sentences.
        unused: names of parameters of the model that nothing reads.
        training_only: what the model has in training alone.
    """

    name: str
    input_shape: Shape
    output: str
    items: tuple[Item, ...]
    input_dtype: str = "float"
    problems: tuple[Obstacle, ...] = ()
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    training_only: tuple[str, ...] = ()
