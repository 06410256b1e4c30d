"""Write the nodes of a graph: values by name, constants once, and what a layer gives
under its canonical path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from netspec.contract import Array, Arrays
from netspec.spec import Placed, join_path


class Writer:
    """The graph of a model while it is written.

    Nodes and values are named by the layer that they belong to: the last node of a
    layer, and its output, by the path of the layer, the others by ``path/Operator``.

    Args:
        dtype: of the model, ``"float32"`` or ``"float64"``.
        params: parameters by canonical path; they are initializers of these names.

    Attributes:
        nodes: those written so far, in order.
        constants: tensors that are no parameters, by name.
    """

    def __init__(self, dtype: str, params: Arrays) -> None:
        self.dtype = dtype
        self.params = params
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}
        self._held: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._names = {"input", "output", *params}
        self._placed: set[str] = set()  # what layers give
        self._path = ""

    @property
    def double(self) -> bool:
        """Whether the model is float64."""
        return self.dtype == "float64"

    @contextmanager
    def inside(self, path: str) -> Iterator[None]:
        """Inside, names begin with the path of a layer."""
        outer, self._path = self._path, path
        yield
        self._path = outer

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Write a node; return the name of its first output.

        Args:
            kind: operator, such as ``"Relu"``.
            inputs: names of values; an empty one leaves an optional input out.
            attributes: by name; those that are None are left out.
        """
        (name,) = self.ops(kind, *inputs, outputs=1, **attributes)
        return name

    def ops(
        self, kind: str, *inputs: str, outputs: int, **attributes: Any
    ) -> list[str]:
        """Write a node with several outputs; return their names."""
        names = [self.fresh(f"{self._path}/{kind}") for _ in range(outputs)]
        given = {name: value for name, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(kind, inputs, names, name=names[0], **given))
        return names

    def param(self, node: Placed, name: str) -> str:
        """Name the initializer that holds a parameter of a layer, or its owner."""
        return node.tied.get(name, join_path(node.path, name))

    def numbers(self, values: Any, name: str = "value") -> str:
        """Hold numbers of the model's dtype as a constant; return its name."""
        return self._constant(np.asarray(values, self.dtype), name)

    def integers(self, values: Sequence[int] | int | Array, name: str) -> str:
        """Hold integers, such as axes, as a constant; return its name."""
        return self._constant(np.asarray(values, np.int64), name)

    def _constant(self, value: Array, name: str) -> str:
        key = str(value.dtype), value.shape, value.tobytes()
        if key not in self._held:
            self._held[key] = made = self.fresh(f"{self._path}/{name}")
            self.constants[made] = numpy_helper.from_array(value, made)
        return self._held[key]

    def fresh(self, wanted: str) -> str:
        """Return a name that nothing has yet."""
        name, count = wanted, 1
        while name in self._names:
            name, count = f"{wanted}_{count}", count + 1
        self._names.add(name)
        return name

    def rename(self, value: str, wanted: str, since: int) -> str:
        """Give a value, and the node that makes it, the name of a layer; if none of the
        nodes written since makes it, it keeps its own.
        """
        nodes = self.nodes[since:]
        maker = next((node for node in nodes if value == node.output[0]), None)
        if maker is None or value in self._placed:  # by a layer inside this one
            return value
        maker.name = name = self.fresh(wanted)
        self._placed.add(name)
        return _renamed(value, name, nodes)

    def finish(self, value: str) -> None:
        """Give a value the name of the output; its node keeps its own."""
        _renamed(value, "output", self.nodes)


def _renamed(value: str, name: str, nodes: Sequence[NodeProto]) -> str:
    for node in nodes:
        for names in (node.input, node.output):
            names[:] = [name if held == value else held for held in names]
    return name
