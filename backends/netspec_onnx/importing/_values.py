"""What the values of a graph stand for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from netspec.contract import Array
from netspec.importing import Signal
from netspec.layers import Shape


@dataclass(frozen=True, eq=False)
class Held:
    """An array that does not depend on the input.

    Attributes:
        origin: its name in the file.
        array: its values.
        learned: whether training may have made it: an initializer, or what was computed
            from one.
    """

    origin: str
    array: Array
    learned: bool


class Turn(NamedTuple):
    """Where the batch axis stands among others, and which of them are one with it.

    Attributes:
        place: of the batch axis, counted with each axis by itself.
        start: of the axes that the file has as one, the batch among them.
        stop: behind the last of these.
    """

    place: int = 0
    start: int = 0
    stop: int = 1

    def seen(self, shape: Shape) -> Shape:
        """Return the sizes that the file sees, of those with the batch first."""
        each = self.expanded(shape)
        one = math.prod(each[self.start : self.stop])
        return (*each[: self.start], one, *each[self.stop :])

    def expanded(self, shape: Shape) -> Shape:
        """Return the sizes of each axis by itself, of those with the batch first."""
        rest = shape[1:]
        return (*rest[: self.place], shape[0], *rest[self.place :])

    def first(self, axis: int) -> int:
        """Return an axis, counted by itself, in the order with the batch first."""
        return axis + 1 if axis < self.place else axis

    def without(self, axis: int) -> Turn:
        """Return what is left where an axis goes, counted with the batch first."""
        less = int(axis <= self.start)
        return Turn(self.place - less, self.start - less, self.stop - less)


FIRST = Turn()


@dataclass(frozen=True)
class Turned:
    """A signal whose batch axis stands behind others, or is one with others, as it is
    on the way into recurrent operations and attention.

    Attributes:
        signal: the same, with the batch axis first and the others in their order.
        turn: where the file has the batch.
    """

    signal: Signal
    turn: Turn
