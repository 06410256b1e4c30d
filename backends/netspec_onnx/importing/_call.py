"""One operation of a graph, as a rule sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from netspec.contract import Array
from netspec.errors import shorten
from netspec.importing import Made, Operation, Refusal, Signal, Value, register
from netspec.layers import Layer, Shape
from netspec_onnx.importing._values import Held, Turn

MOST = 2**31  # bytes of an array that is copied: as many as a file of ONNX can hold


@dataclass
class Around:
    """What all operations of a graph have in common.

    Attributes:
        opset: version of the operations.
        fixed: the size of the batch that the file has; None where any will do.
        taken: names of the arrays that layers have already.
        exponents: of the powers that were read, by key.
        windows: of the indices that were read, by key: an axis, and rows of places.
        attentions: what was read of each so far, by key.
    """

    opset: int
    fixed: int | None = None
    taken: set[str] = field(default_factory=set)
    exponents: dict[str, float] = field(default_factory=dict)
    windows: dict[str, tuple[int, Array]] = field(default_factory=dict)
    attentions: dict[str, Any] = field(default_factory=dict)


class Call(Operation):
    """An operation with its inputs by place, ``"0"`` and so on, and its attributes.

    Attributes:
        attributes: by name; what is not there has the default of the operation.
        around: what it has in common with others.
        turn: where the batch is in what it reads.
        gives: where it is in what it gives.
        outputs: how many values it gives.
        taken: names of the arrays that layers have already.
        exponents: of the powers that were read, by key.
        further: layers that make other outputs of the first, and where the batch is.
    """

    def __init__(
        self,
        name: str,
        key: str,
        inputs: Sequence[Value],
        path: str,
        batch: int,
        *,
        attributes: Mapping[str, Any],
        around: Around,
        turn: Turn,
        outputs: int = 1,
    ) -> None:
        arguments = {str(index): value for index, value in enumerate(inputs)}
        super().__init__(name, key, arguments, None, path, batch)
        self.attributes, self.around = attributes, around
        self.turn = self.gives = turn
        self.outputs = outputs
        self.further: list[tuple[list[Layer], Turn]] = []

    @property
    def data(self) -> Signal:
        """The first input, its batch axis first.

        Raises:
            Refusal: it does not depend on the input of the model.
        """
        found = self.given("0")
        if not isinstance(found, Signal):
            raise self.refused("reads an array of the file where it needs a value")
        return found

    @property
    def before(self) -> Shape:
        """The shape of one example of the first input."""
        return self.data.shape[1:]

    @property
    def seen(self) -> Shape:
        """The shape of a batch of the first input, as the file has it."""
        return self.turn.seen(self.data.shape)

    @property
    def rank(self) -> int:
        """How many axes the file sees."""
        return len(self.data.shape) - (self.turn.stop - self.turn.start - 1)

    def axis(self, said: int) -> int:
        """Return the axis that is meant, counted with the batch first.

        Raises:
            Refusal: it is that of the batch, or there is none such.
        """
        if not -self.rank <= said < self.rank:
            raise self.refused(f"has axis {said} of {self.rank}; the file is damaged")
        axis = said % self.rank
        if axis == self.turn.start:
            raise self.refused("works along the batch axis, so examples are mixed")
        joined = self.turn.stop - self.turn.start - 1
        return self.turn.first(axis if axis < self.turn.start else axis + joined)

    def without_axis(self, axis: int) -> None:
        """Say that what it gives lacks an axis, counted with the batch first."""
        self.gives = self.gives.without(axis)

    def without(self, layer: str, *received: str) -> Refusal:
        """Make the exception for attributes that a layer has no fields for."""
        shown = (f"{name}={shorten(self.attributes.get(name))}" for name in received)
        return self.refused(f"{layer} has no {', '.join(shown)}")

    def text(self, key: str, default: str) -> str:
        found = self.attributes.get(key, default)
        if not isinstance(found, str):
            raise self.refused(f"{key} must be a text, received {shorten(found)}")
        return found

    def number(self, key: str, default: float) -> float:
        """Read a number, of the fewest digits that tell it from others of float32."""
        found = self.attributes.get(key, default)
        if not isinstance(found, int | float):
            raise self.refused(f"{key} must be a number, received {shorten(found)}")
        return float(found) if key not in self.attributes else decimal(found)

    def whole(self, key: str, default: int) -> int:
        found = self.attributes.get(key, default)
        if not isinstance(found, int):
            raise self.refused(f"{key} must be an integer, received {shorten(found)}")
        return found

    def numbers(self, key: str, default: Sequence[int] = ()) -> list[int]:
        """Read a list of integers."""
        found = self.attributes.get(key, default)
        listed = list(found) if isinstance(found, Sequence) else [found]
        if not all(isinstance(one, int) for one in listed):
            raise self.refused(f"{key} must be integers, received {shorten(found)}")
        return listed

    def per_axis(self, key: str, rank: int, default: int) -> list[int]:
        """Read an integer for each axis of positions."""
        found = self.numbers(key, [default] * rank) or [default] * rank
        if len(found) != rank:
            raise self.refused(f"{key} must be {rank} integers, received {found}")
        return found

    def integers(self, place: int, key: str) -> list[int] | None:
        """Read integers that older operations have as an attribute, newer ones as an
        input; None where there are none.
        """
        if key in self.attributes:
            return self.numbers(key)
        found = self.constant(place)
        return None if found is None else [int(n) for n in found.reshape(-1)]

    def constant(self, place: int) -> Array | None:
        """Return an input that is an array; None where there is none.

        Raises:
            Refusal: it depends on the input of the model.
        """
        found = self.given(str(place))
        if found is None:
            return None
        if not isinstance(found, Held):
            raise self.refused(
                f"its input {place} depends on the input of the model, where a spec has"
                " a constant"
            )
        return found.array

    def scalar(self, place: int) -> float | None:
        """Return an input that is one number; None where there is none."""
        found = self.constant(place)
        if found is None:
            return None
        if found.size != 1:
            raise self.refused(f"its input {place} has {found.size} values, not one")
        return value_of(found)

    def parameter(
        self, place: int, name: str, change: Callable[[Array], Array] | None = None
    ) -> Array:
        """Take an input as a parameter of the layer.

        Args:
            place: of the input.
            name: of the parameter in the layer.
            change: into the layout of the layer.
        """
        found = self.constant(place)
        if found is None:
            raise self.refused(f"has no array for its {name}; the file is damaged")
        array = change(found) if change else found
        self.keep(self.given(str(place)).origin, name, array)
        return array

    def keep(self, origin: str, name: str, array: Array) -> None:
        """Take an array as a parameter of the layer, as one that can be changed."""
        own = array.flags.writeable and array.flags.c_contiguous
        if not own and array.nbytes > MOST:
            raise self.refused(f"its {name} has {array.size:.0e} values, too many")
        array_name, times = origin, 1
        while origin in self.around.taken:  # exporters store equal arrays once
            self.note(f"{array_name} is read by several layers; each has its own here")
            times += 1
            origin = f"{array_name}#{times}"
        self.around.taken.add(origin)
        self.take(name, origin, array if own else np.array(array, order="C"))


def decimal(number: float) -> float:
    """Return the number of fewest digits that is the same in float32."""
    return float(str(np.float32(number)))


def value_of(array: Array) -> float:
    """Return the number that an array of one value holds."""
    number = float(array.reshape(()))
    return decimal(number) if array.dtype == np.float32 else number


Rule: TypeAlias = Callable[[Call], Made]
RULES: dict[str, Rule] = {}
ANYWHERE: set[str] = set()


def rule(*names: str, anywhere: bool = False) -> Callable[[Rule], Rule]:
    """Make a decorator that registers a rule for operations by their names.

    Args:
        names: of the operations, those of another domain as ``"com.microsoft.Gelu"``.
        anywhere: whether the batch may be another axis than the first; the rule then
            counts axes by `Call.axis`.
    """
    if anywhere:
        ANYWHERE.update(names)
    return register(RULES, names)
