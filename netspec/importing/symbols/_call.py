"""One operation of a symbol file, as a rule sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from netspec.errors import shorten
from netspec.importing._graph import Array
from netspec.importing._operation import Made, Operation, register
from netspec.importing._values import Signal, Value
from netspec.layers import Shape

FLAGS = {
    "True": True,
    "true": True,
    "1": True,
    "False": False,
    "false": False,
    "0": False,
}
ABSENT = ("None", "", "()", "[]")


@dataclass(frozen=True)
class Held:
    """An array of the parameter file.

    Attributes:
        origin: its name.
        array: its values.
        fixed: whether nothing trains it, as far as it is known.
    """

    origin: str
    array: Array
    fixed: bool = False

    def __hash__(self) -> int:
        return hash(self.origin)


class Call(Operation):
    """An operation with its inputs by place, ``"0"`` and so on, and its attributes.

    Attributes:
        attributes: texts by key; what is not there has the default of the operation.
        aside: finds an array that older files do not list among the inputs.
    """

    def __init__(
        self,
        name: str,
        key: str,
        inputs: Sequence[Value],
        attributes: Mapping[str, str],
        batch: int,
        aside: Callable[[str], Held | None],
    ) -> None:
        arguments = {str(place): value for place, value in enumerate(inputs)}
        super().__init__(name, key, arguments, None, key, batch)
        self.attributes = attributes
        self.aside = aside

    @property
    def joined_in(self) -> str:
        """Nothing: a graph does not say which block joins two values."""
        return ""

    @property
    def before(self) -> Shape:
        """The shape of one example of the first input."""
        return self.data.shape[1:]

    @property
    def data(self) -> Signal:
        """The first input.

        Raises:
            Refusal: it does not depend on the input of the model.
        """
        found = self.given("0")
        if not isinstance(found, Signal):
            raise self.refused("reads an array of the file where it needs a value")
        return found

    def text(self, key: str, default: str) -> str:
        return self.attributes.get(key, default)

    def flag(self, key: str, default: bool) -> bool:
        """Read true or false."""
        said = self.attributes.get(key)
        if said is None:
            return default
        if said not in FLAGS:
            raise self.refused(f"{key} must be True or False, received {shorten(said)}")
        return FLAGS[said]

    def number(self, key: str, default: float | None = None) -> float:
        """Read a number; it must be there where it has no default."""
        said = self.attributes.get(key)
        if said is None or said in ABSENT:
            if default is None:
                raise self.refused(f"has no {key}; the file is damaged")
            return default
        try:
            return float(said)
        except ValueError:
            raise self.refused(
                f"{key} must be a number, received {shorten(said)}"
            ) from None

    def whole(self, key: str, default: int | None = None) -> int:
        """Read an integer."""
        found = self.number(key, default)
        if not found.is_integer():
            raise self.refused(f"{key} must be an integer, received {found}")
        return int(found)

    def sizes(self, key: str, default: Sequence[int] | None = None) -> tuple[int, ...]:
        """Read integers, such as ``"(3, 3)"``; a single one, too."""
        said = self.attributes.get(key)
        if said is None or said in ABSENT:
            if default is None:
                raise self.refused(f"has no {key}; the file is damaged")
            return tuple(default)
        words = said.strip("()[] ").rstrip(",").split(",")
        try:
            return tuple(int(word.strip().removesuffix("L")) for word in words)
        except ValueError:
            raise self.refused(
                f"{key} must be integers, received {shorten(said)}"
            ) from None

    def learned(self, place: int, name: str, start: float) -> bool:
        """Take an input as a parameter, unless nothing trains it and all of its values
        are those that it begins with; tell whether it was taken.
        """
        held = self.given(str(place))
        if isinstance(held, Held) and held.fixed and np.all(held.array == start):
            return False
        self.parameter(place, name)
        return True

    def parameter(self, place: int, name: str) -> Array:
        """Take an input as a parameter of the layer.

        Args:
            place: of the input.
            name: of the parameter in the layer.
        """
        held = self.given(str(place))
        if not isinstance(held, Held):
            raise self.refused(f"has no array for its {name}; are they in the file?")
        self.take(name, held.origin, held.array)
        return held.array


Rule: TypeAlias = Callable[[Call], Made]
RULES: dict[str, Rule] = {}


WITH_PARAMETERS: set[str] = set()
DRAWING: set[str] = set()  # operations that draw at random


def rule(
    *names: str, parameters: bool = False, draws: bool = False
) -> Callable[[Rule], Rule]:
    """Make a decorator that registers a rule for operations by their names.

    Args:
        names: of the operations.
        parameters: whether inputs behind the first are parameters, which the file of
            arrays must have.
        draws: whether two of them, of the same, differ.
    """
    if draws:
        DRAWING.update(names)
    if parameters:
        WITH_PARAMETERS.update(names)
    return register(RULES, names)
