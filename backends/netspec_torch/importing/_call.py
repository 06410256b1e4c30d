"""One operation of an exported graph, as a rule sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from netspec.errors import shorten
from netspec.importing import Item, Weight
from netspec_torch._arrays import to_array
from netspec_torch.importing._values import (
    Held,
    Loose,
    Lost,
    Passed,
    Signal,
    Sizes,
    Value,
    flat,
)


class Refusal(Exception):
    """Netspec has no layer for an operation.

    Args:
        remedy: what is wrong, and what to do.
    """

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy


class Places(Protocol):
    """What is known of the graph so far."""

    items: dict[str, Item]

    def held(self, path: str, name: str) -> Held | None: ...

    def signal(self, key: str) -> Signal: ...

    def readers(self, key: str) -> int: ...


class Call:
    """An operation with what it is given.

    Attributes:
        operation: its name, such as ``"aten.conv2d"``.
        train: whether the graph is that of training.
        shape: sizes of the batch that it gives.
        module: the module whose code has it; None where that is not known.
        weights: what `weight` has found, by the name of the parameter.
        notes: what is to be said of it.
        reads: the signals that the layer reads, where a rule sets them: others than
            those among the arguments.
    """

    def __init__(
        self,
        operation: str,
        arguments: Mapping[str, Value],
        shape: Sizes,
        train: bool,
        module: object,
        path: str,
        places: Places,
    ) -> None:
        self.operation = operation
        self.train = train
        self.shape = shape
        self.module: Any = module
        self.path = path
        self.weights: dict[str, Weight] = {}
        self.notes: list[str] = []
        self.reads: tuple[Signal, ...] | None = None
        self._arguments = arguments
        self._places = places

    def __getitem__(self, name: str) -> Value:
        """Return a plain argument, or a signal; a constant of one value as a number.

        Raises:
            Refusal: it is a tensor of several values.
        """
        value = self._arguments[name]
        if isinstance(value, Held):
            if value.learned or value.tensor.numel() != 1:
                raise self.refused(f"{name} is a tensor of the model; give a number")
            return value.tensor.item()
        return value

    def own(self, name: str) -> Sizes:
        """Take a parameter or buffer of the module, of that name in the layer, too;
        nothing where the module has none.
        """
        return self.keep(self._places.held(self.path, name), name)

    def pass_on(self, values: Value) -> Value:
        """Give several values as they are."""
        return Passed(tuple(values))

    def get(self, name: str) -> Value:
        """Return an argument as ``call[name]`` does, None where there is none."""
        return self[name] if name in self._arguments else None

    def given(self, name: str) -> Value:
        """Return an argument as it is."""
        return self._arguments[name]

    def signals(self) -> Iterator[Signal]:
        """Yield the signals among the arguments, in order; `reads` where it is set."""
        if self.reads is not None:
            yield from self.reads
            return
        for one in flat(self._arguments.values()):
            if isinstance(one, Signal):
                yield one
            elif isinstance(one, Loose):
                raise self.refused(
                    "reads a tensor in which the batch is no axis of its own, so"
                    " examples would be mixed; keep the batch as axis 0"
                )

    def lost(self) -> Lost | None:
        """Return the first thing it reads that could not be read."""
        given = flat(self._arguments.values())
        return next((one for one in given if isinstance(one, Lost)), None)

    @property
    def signal(self) -> Signal:
        """The only signal that it reads.

        Raises:
            Refusal: it reads another number of them.
        """
        found = list(self.signals())
        if len(found) != 1:
            raise self.refused(f"reads {len(found)} values that depend on the input")
        return found[0]

    def weight(self, name: str, parameter: str | None = None) -> Sizes:
        """Take an argument as a parameter of the layer.

        Args:
            name: of the argument.
            parameter: its name in the layer; None for that of the argument.

        Returns:
            Its sizes; none where the argument is None.

        Raises:
            Refusal: it is no parameter or buffer of the model.
        """
        held = self._arguments[name]
        return self.keep(held, parameter or name, name)

    def keep(self, held: Value, parameter: str, name: str = "") -> Sizes:
        """Take a tensor of the model as a parameter of the layer, as `weight` does."""
        if held is None:
            return ()
        if not isinstance(held, Held):
            raise self.refused(f"{name or parameter} depends on the input")
        if not held.origin:
            raise self.refused(
                f"{name or parameter} is computed from parameters; make it one, as"
                " torch.nn.utils.parametrize.remove_parametrizations does"
            )
        self.weights[parameter] = Weight(held.origin, to_array(held.tensor))
        return tuple(held.tensor.shape)

    def made_by(self, signal: Signal) -> Item | None:
        """Return the item of a signal; None for the input."""
        return self._places.items.get(signal.key)

    def read_by(self, item: Item) -> Signal:
        """Return the first signal that an item reads."""
        return self._places.signal(item.reads[0])

    def sole(self, signal: Signal) -> bool:
        """Tell whether this operation alone reads a signal."""
        return self._places.readers(signal.key) == 1

    def refused(self, remedy: str) -> Refusal:
        """Make the exception for what netspec has no layer for."""
        return Refusal(remedy)

    def without(self, layer: str, *received: str) -> Refusal:
        """Make the exception for arguments that a layer has no fields for."""
        shown = ", ".join(
            f"{name}={shorten(self._arguments[name])}" for name in received
        )
        return Refusal(f"{layer} has no {shown}")
