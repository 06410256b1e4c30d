"""The items that a reader puts down, operation after operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from netspec.errors import SpecError
from netspec.importing._graph import INPUT, Item, Join
from netspec.importing._operation import Made, Operation, Refusal
from netspec.importing._values import Lost, Passed, Signal, Value
from netspec.layers import Layer, Parametric, Shape

C = TypeVar("C", bound=Operation)


class Recorder:
    """What was read of a model so far.

    Attributes:
        items: by key, in order.
        shapes: of a batch, by key.
        uses: how many operations read a value, by key.
        notes: what is to be said.
    """

    def __init__(self, batch: int, input_shape: Shape) -> None:
        self.batch = batch
        self.items: dict[str, Item] = {}
        self.shapes: dict[str, Shape] = {INPUT: (batch, *input_shape)}
        self.uses: dict[str, int] = {}
        self.notes: list[str] = []

    @property
    def input(self) -> Signal:
        """The signal that the model is given."""
        return Signal(INPUT, self.shapes[INPUT])

    def read(self, call: C, rule: Callable[[C], Made]) -> Value:
        """Put down what a rule makes of an operation; what cannot be read is put down
        as a problem, and what reads it is read on.
        """
        call.items, call.shapes, call.uses = self.items, self.shapes, self.uses
        if lost := call.lost():
            return self.stand_in(call, lost.remedy)
        try:
            found = self._keep(call, rule(call))
        except Refusal as refusal:
            return self.stand_in(call, refusal.remedy)
        except SpecError as error:
            return self.stand_in(call, str(error))
        self.notes.extend(call.notes)
        return found

    def composed(self, call: C, rule: Callable[[C], Made | None]) -> Value | None:
        """Put down what a rule makes of several operations; None where they are no
        layer, and are to be read one by one.
        """
        call.items, call.shapes, call.uses = self.items, self.shapes, self.uses
        try:
            made = rule(call)
            found = None if made is None else self._keep(call, made)
        except (Refusal, SpecError, LookupError):
            return None
        if found is not None:
            self.notes.extend(call.notes)
        return found

    def _keep(self, call: Operation, made: Made) -> Value:
        if isinstance(made, Passed):
            return made.values
        if isinstance(made, tuple):
            return tuple(
                self._chain(call, listed(one), f"{call.key}.{index}", None)
                if isinstance(one, Layer | list)
                else one
                for index, one in enumerate(made)
            )
        if isinstance(made, Join):
            return self._join(call, made)
        if isinstance(made, Layer | list):
            self._need_batch(call)
            return self._chain(call, listed(made), call.key, call.shape)
        if isinstance(made, Signal) and call.shape not in (None, made.shape):
            return self._repeated(call, made)
        return made

    def _repeated(self, call: Operation, signal: Signal) -> Signal:
        """Put down a signal that is to broadcast with what joins it."""
        self._need_batch(call)
        shape = call.shape or ()
        item = Item(call.key, (signal.key,), None, shape[1:], call.path, call.name)
        return self._put(item, shape)

    def _need_batch(self, call: Operation) -> None:
        if call.shape is not None and call.shape[:1] != (self.batch,):
            raise call.refused(
                f"gives {call.shape} for a batch of {self.batch}, so examples are"
                " mixed; keep the batch as axis 0, without its size in the code"
            )

    def _join(self, call: Operation, join: Join) -> Signal:
        self._need_batch(call)
        signals = call.signals()
        shape = call.shape
        if shape is None:
            shape = (self.batch, *join.shape([one.shape[1:] for one in signals]))
        reads = tuple(one.key for one in signals)
        return self._add(call, call.key, reads, join, shape, call.joined_in)

    def _chain(
        self, call: Operation, layers: Sequence[Layer], key: str, shape: Shape | None
    ) -> Signal:
        """Put down layers, one after another, of which the last gives `shape`, unless
        only the layer says what it gives. Those before it are of the code around the
        module, unless several have weights.
        """
        signal = call.signal
        around = call.path if call.several else call.path.rpartition(".")[0]
        for index, layer in enumerate(layers):
            last = index == len(layers) - 1
            out = shape if last else None
            if out is None:
                out = (self.batch, *layer.output_shape(signal.shape[1:]))
            name = key if last else f"{key}.{index}"
            path = call.path if last else around
            signal = self._add(call, name, (signal.key,), layer, out, path)
        return signal

    def _add(
        self,
        call: Operation,
        key: str,
        reads: tuple[str, ...],
        made: Layer | Join,
        shape: Shape,
        path: str,
    ) -> Signal:
        weights = call.weights_of(made) if isinstance(made, Parametric) else {}
        item = Item(key, reads, made, shape[1:], path, call.name, weights)
        return self._put(item, shape)

    def stand_in(self, call: Operation, remedy: str, key: str | None = None) -> Value:
        """Go on behind an operation that could not be read."""
        shape = call.shape
        own = call.reads
        reads = tuple(call.within() if own is None else (one.key for one in own))
        if shape is None:
            shape = self.shapes[reads[0]] if reads else ()
        if not reads:
            return Lost(remedy)
        item = Item(
            key or call.key, reads, None, shape[1:], call.path, call.name
        ).failing(remedy)
        return self._put(item, shape)

    def _put(self, item: Item, shape: Shape) -> Signal:
        self.items[item.key] = item
        self.shapes[item.key] = shape
        return Signal(item.key, shape)


def listed(made: Layer | list[Layer]) -> list[Layer]:
    return made if isinstance(made, list) else [made]
