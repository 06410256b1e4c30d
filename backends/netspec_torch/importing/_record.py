"""The items that a walk puts down, and what a rule may ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor, fx, nn

from netspec.errors import Problem
from netspec.importing import INPUT, Item, Join
from netspec.layers import Layer, Parametric
from netspec_torch.importing._call import Call
from netspec_torch.importing._nodes import (
    find,
    first_names,
    module_path,
    operation,
    sizes,
)
from netspec_torch.importing._registry import Made
from netspec_torch.importing._values import (
    Held,
    Loose,
    Passed,
    Signal,
    Sizes,
    Value,
    flat,
)


@dataclass(frozen=True)
class Found:
    """What was read of one graph.

    Attributes:
        items: every value, in order.
        outputs: what the model gives, in order.
        notes: what is to be said.
    """

    items: list[Item] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Record:
    """What is known of a graph so far.

    Attributes:
        found: what was read.
        items: by key.
        makers: the node that makes each value.
    """

    def __init__(self, module: nn.Module, batch: int) -> None:
        self.module, self.batch = module, batch
        self.found = Found()
        self.names = first_names(module)
        self.items: dict[str, Item] = {}
        self.makers: dict[str, fx.Node] = {}

    def input(self, node: fx.Node) -> Signal:
        """Make the signal of the input."""
        self.makers[INPUT] = node
        return Signal(INPUT, sizes(node))

    def held(self, path: str, name: str) -> Held | None:
        """Return a parameter or buffer of a module; None if it has none."""
        tensor = getattr(find(self.module, path), name, None)
        if not isinstance(tensor, Tensor):
            return None
        return self.holding(tensor, tensor)

    def holding(self, own: object, tensor: Tensor) -> Held:
        """Return what a tensor of the model stands for.

        Args:
            own: the tensor as the module has it.
            tensor: its values.
        """
        learned = isinstance(own, nn.Parameter)
        return Held(tensor.detach(), self.names.get(id(own), ""), learned)

    def signal(self, key: str) -> Signal:
        """Return the signal of a key."""
        held = self.items.get(key)
        shape = sizes(self.makers[key])
        return Signal(key, (self.batch, *held.shape) if held else shape)

    def readers(self, key: str) -> int:
        """Return how many operations read a value."""
        return len(self.makers[key].users)

    def keep(self, node: fx.Node, call: Call, made: Made) -> Value:
        if isinstance(made, Passed):
            return made.values
        if isinstance(made, tuple):
            return tuple(
                self._chain(node, call, [one], f"{node.name}.{index}", None)
                if isinstance(one, Layer)
                else one
                for index, one in enumerate(made)
            )
        if isinstance(made, Join):
            self._need_batch(node, call)
            reads = tuple(signal.key for signal in call.signals())
            return self._add(node, call, node.name, reads, made, sizes(node)[1:])
        if isinstance(made, Layer | list):
            self._need_batch(node, call)
            layers = made if isinstance(made, list) else [made]
            return self._chain(node, call, layers, node.name, sizes(node)[1:])
        return made

    def _need_batch(self, node: fx.Node, call: Call) -> None:
        if sizes(node)[:1] != (self.batch,):
            raise call.refused(
                f"gives {sizes(node)} for a batch of {self.batch}, so examples are"
                " mixed; keep the batch as axis 0, without its size in the code"
            )

    def _chain(
        self,
        node: fx.Node,
        call: Call,
        layers: Sequence[Layer],
        name: str,
        shape: Sizes | None,
    ) -> Signal:
        """Put down layers, one after another, of which the last gives `shape`, unless
        only the layer says what it gives.
        """
        signal = call.signal
        for index, layer in enumerate(layers):
            last = index == len(layers) - 1
            stated = shape if last else None
            out = layer.output_shape(signal.shape[1:]) if stated is None else stated
            key = name if last else f"{name}.{index}"
            signal = self._add(node, call, key, (signal.key,), layer, out)
        return signal

    def _add(
        self,
        node: fx.Node,
        call: Call,
        key: str,
        reads: tuple[str, ...],
        made: Layer | Join,
        shape: Sizes,
    ) -> Signal:
        weights = call.weights if isinstance(made, Parametric) else {}
        item = Item(key, reads, made, shape, call.path, call.operation, weights)
        return self._put(node, item, (self.batch, *shape))

    def _put(self, node: fx.Node, item: Item, shape: Sizes) -> Signal:
        self.items[item.key] = item
        self.makers[item.key] = node
        self.found.items.append(item)
        return Signal(item.key, shape)

    def stand_in(
        self,
        node: fx.Node,
        arguments: Mapping[str, Value],
        remedy: str,
        key: str | None = None,
    ) -> Value:
        """Go on behind an operation that could not be read."""
        given = flat(arguments.values())
        seen = (one.signal if isinstance(one, Loose) else one for one in given)
        reads = tuple(one.key for one in seen if isinstance(one, Signal))
        shape = sizes(node)
        problem = Problem(module_path(node), operation(node), shape[1:] or None, remedy)
        where = problem.module, problem.operation
        item = Item(key or node.name, reads, problem, shape[1:], *where)
        return self._put(node, item, shape)
