"""One operation of a model, as the rule sees it that makes a layer of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from netspec.errors import NetspecError, shorten
from netspec.importing._graph import Array, Item, Join, Weight
from netspec.importing._values import Loose, Lost, Signal, Value, flat
from netspec.layers import Layer, Shape

L = TypeVar("L", bound=Layer)


class Refusal(Exception):
    """Netspec has no layer for an operation.

    Args:
        remedy: what is wrong, and what to do.
    """

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy


class Operation:
    """An operation with what it is given.

    Attributes:
        name: as its framework calls it, such as ``"aten.conv2d"``.
        key: of the value that it gives.
        shape: sizes of the batch that it gives; None where only the layer says.
        path: dotted path of the module whose code has it.
        batch: how many examples are in a batch.
        weights: what `take` was given, by the name of the parameter.
        notes: what is to be said of it.
        reads: the signals that the layer reads, where a rule sets them: others than
            those among the arguments.
    """

    def __init__(
        self,
        name: str,
        key: str,
        arguments: Mapping[str, Value],
        shape: Shape | None,
        path: str,
        batch: int,
    ) -> None:
        self.name, self.key, self.shape = name, key, shape
        self.path, self.batch = path, batch
        self.weights: dict[str, Weight] = {}
        self.notes: list[str] = []
        self.reads: tuple[Signal, ...] | None = None
        self._arguments = arguments
        self._settled: list[tuple[Layer, dict[str, Weight]]] = []

    def given(self, name: str) -> Value:
        """Return an argument as it is; None if there is none."""
        return self._arguments.get(name)

    def arguments(self) -> list[Value]:
        """Return all arguments, in order."""
        return list(self._arguments.values())

    def __contains__(self, name: object) -> bool:
        return name in self._arguments

    def signals(self) -> list[Signal]:
        """Return the signals among the arguments, in order; `reads` where it is set.

        Raises:
            Refusal: the batch is no axis of one of them.
        """
        if self.reads is not None:
            return list(self.reads)
        given = list(flat(self._arguments.values()))
        if any(isinstance(one, Loose) for one in given):
            raise self.refused(
                "reads a tensor in which the batch is no axis of its own, so examples"
                " would be mixed; keep the batch as axis 0"
            )
        return [one for one in given if isinstance(one, Signal)]

    @property
    def signal(self) -> Signal:
        """The only signal that it reads.

        Raises:
            Refusal: it reads another number of them.
        """
        found = self.signals()
        if len(found) != 1:
            raise self.refused(f"reads {len(found)} values that depend on the input")
        return found[0]

    def lost(self) -> Lost | None:
        """Return the first thing it reads that could not be read."""
        given = flat(self._arguments.values())
        return next((one for one in given if isinstance(one, Lost)), None)

    def within(self) -> Iterator[str]:
        """Yield the keys of all signals that it reads, in whatever form."""
        for one in flat(self._arguments.values()):
            signal = one.signal if isinstance(one, Loose) else one
            if isinstance(signal, Signal):
                yield signal.key

    def take(self, parameter: str, origin: str, values: Array) -> None:
        """Take an array as a parameter of the layer.

        Args:
            parameter: its name in the layer.
            origin: its name in the model.
            values: in canonical layout.
        """
        self.weights[parameter] = Weight(origin, values)

    def settled(self, layer: L) -> L:
        """Leave what was taken so far to a layer, where an operation is several that
        have weights, and return it.
        """
        self._settled.append((layer, self.weights))
        self.weights = {}
        return layer

    @property
    def joined_in(self) -> str:
        """The path of the module that joins values here, as far as it is known."""
        return self.path

    @property
    def several(self) -> bool:
        """Whether several layers have weights of their own."""
        return len(self._settled) > 1

    def weights_of(self, layer: Layer) -> Mapping[str, Weight]:
        """Return the weights of one of the layers that the operation is."""
        own = (weights for one, weights in self._settled if one is layer)
        return next(own, self.weights)

    def note(self, said: str) -> None:
        """Say what is not as it was."""
        self.notes.append(f"{self.path or self.key}: {said}")

    def refused(self, remedy: str) -> Refusal:
        """Make the exception for what netspec has no layer for."""
        return Refusal(remedy)

    def without(self, layer: str, *received: str) -> Refusal:
        """Make the exception for arguments that a layer has no fields for."""
        shown = ", ".join(
            f"{name}={shorten(self._arguments.get(name))}" for name in received
        )
        return Refusal(f"{layer} has no {shown}")

    # A rule may ask these of what was read before

    items: Mapping[str, Item] = {}
    uses: Mapping[str, int] = {}
    shapes: Mapping[str, Shape] = {}

    def made_by(self, signal: Signal) -> Item | None:
        """Return the item of a signal; None for the input."""
        return self.items.get(signal.key)

    def read_by(self, item: Item) -> Signal:
        """Return the first signal that an item reads."""
        return Signal(item.reads[0], self.shapes[item.reads[0]])

    def sole(self, signal: Signal) -> bool:
        """Tell whether this operation alone reads a signal."""
        return self.uses.get(signal.key, 0) == 1


Made: TypeAlias = Layer | Join | Sequence[Layer] | Value
C = TypeVar("C", bound=Operation)


def register(
    held: dict[str, Callable[[C], Made]], names: Sequence[str]
) -> Callable[[Callable[[C], Made]], Callable[[C], Made]]:
    """Make a decorator that keeps a rule under names of operations.

    Raises:
        NetspecError: a name is no text.
    """
    if not all(isinstance(name, str) for name in names):
        raise NetspecError("a rule is registered by names of operations")

    def keep(rule: Callable[[C], Made]) -> Callable[[C], Made]:
        held.update(dict.fromkeys(names, rule))
        return rule

    return keep
