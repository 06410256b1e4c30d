"""Layers that MXNet has no operation for, and that come as several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from math import prod
from typing import Any, TypeAlias

from netspec.importing._operation import Made
from netspec.importing._values import Signal, Value
from netspec.importing.symbols._call import RULES as OPERATIONS
from netspec.importing.symbols._call import Call, Held
from netspec.importing.symbols._patterns import Pattern, parsed, roots
from netspec.importing.symbols._search import Bound, Reference, Sought


class Composed(Call):
    """A composition, and what the letters of its pattern stand for.

    Attributes:
        reference: its last value.
        bound: numbers and attributes by letter.
        sought: the graph.
        value_of: what a value of the graph stands for.
        fixed: names of arrays that nothing trains.
    """

    reference: Reference
    bound: Bound
    sought: Sought
    value_of: Callable[[Reference], Value]

    def __getitem__(self, letter: str) -> Any:
        """Return a number or an attribute."""
        return self.bound[letter]

    def value(self, letter: str) -> Value:
        """Return what the graph has for a small letter."""
        return self.value_of(self.bound[letter])

    def signal_of(self, letter: str) -> Signal:
        """Return a value that depends on the input.

        Raises:
            Refusal: it does not.
        """
        found = self.value(letter)
        if not isinstance(found, Signal):
            raise self.refused("reads an array of the file where it needs a value")
        return found

    @property
    def data(self) -> Signal:
        """What the layer reads, which is called x."""
        return self.signal_of("x")

    def held(self, letter: str, name: str, shape: tuple[int, ...] | None = None) -> Any:
        """Take an array of the file as a parameter of the layer, in a shape.

        Raises:
            Refusal: it is no array of the file, or has another number of values.
        """
        return self.hold(self.value(letter), name, shape)

    def hold(
        self, found: Value, name: str, shape: tuple[int, ...] | None = None
    ) -> Any:
        """Take what a value of the graph stands for as a parameter, as `held` does."""
        if not isinstance(found, Held):
            raise self.refused(f"has no array for its {name}")
        array = found.array
        if shape is not None:
            if array.size != prod(shape):
                raise self.refused(f"its {name} has another shape, {array.shape}")
            array = array.reshape(shape)
        self.take(name, found.origin, array)
        return array

    def find(
        self, pattern: str, reference: Reference, bound: Bound | None = None
    ) -> Bound | None:
        """Look for a pattern in a value, with letters that are bound already: those of
        the composition if None.
        """
        held = self.bound if bound is None else bound
        return self.sought.find(_pattern(pattern), reference, held)

    @property
    def before(self) -> tuple[int, ...]:
        return self.data.shape[1:]

    def signals(self) -> list[Signal]:
        return [self.data] if self.reads is None else list(self.reads)

    def operation(
        self, name: str, parameters: Sequence[Reference], attributes: Mapping[str, str]
    ) -> Made:
        """Make what one operation of the composition, of x, is.

        Args:
            name: of the operation.
            parameters: arrays that it reads.
            attributes: texts by key.
        """
        inputs = [self.data, *map(self.value_of, parameters)]
        call = Call(name, self.key, inputs, attributes, self.batch, self.aside)
        made = OPERATIONS[name](call)
        self.weights, self.notes = call.weights, call.notes
        return made


Rule: TypeAlias = Callable[[Composed], Made | None]
RULES: dict[str, list[tuple[Pattern, Rule]]] = {}  # by the operation that is last


@cache
def _pattern(text: str) -> Pattern:
    return parsed(text)


def pattern(*texts: str) -> Callable[[Rule], Rule]:
    """Make a decorator that registers a rule for compositions.

    Args:
        texts: patterns, in which the layer reads x. The rule returns None where what
            was found is no such layer after all.
    """

    def keep(rule: Rule) -> Rule:
        for text in texts:
            made = _pattern(text)
            for name in dict.fromkeys(roots(made.term)):
                RULES.setdefault(name, []).append((made, rule))
        return rule

    return keep


def affine(text: str) -> tuple[str, ...]:
    """Return the patterns of a normalization with a scale g and a shift b, with one of
    them, and with none.
    """
    core, *clauses = text.split(" where ")
    forms = "({0}) * g + b", "({0}) * g", "({0}) + b", "{0}"
    return tuple(" where ".join([form.format(core), *clauses]) for form in forms)


def composed(sought: Sought, reference: Reference) -> Iterator[tuple[Rule, Bound]]:
    """Yield the rules whose patterns a value is of."""
    for made, rule in RULES.get(sought.nodes[reference[0]].op, ()):
        bound = sought.find(made, reference)
        if bound is not None:
            yield rule, bound
