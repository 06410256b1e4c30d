"""Graph."""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import BatchNorm, Dense, Graph, Node, Tanh
from netspec.layers import Layer
from tests.kills.bug import alone, bug
from tests.kills.inject import exported, patched

STEP = "outputs gradients"
BEND: list[Layer] = [Dense(6), Tanh()]
NODES = [
    Node("a", [Dense(6), BatchNorm()]),
    Node("b", BEND, reads=["a"]),
    Node("c", BEND, reads=["a", "b"], merge="multiply"),
    Node("d", [Dense(6), Tanh()], reads=["c", "input"], merge="subtract"),
    Node("e", [Dense(3)], reads=["d", "a"]),
]
NET = alone(Graph(NODES), (6,))

Values = dict[str, Tensor]
Read = Callable[[Values, list[Tensor], str], list[Tensor]]


def graph(
    read: Read = lambda values, read, name: read,
    node: Callable[[str], str] = lambda name: name,
) -> Any:
    """What a node reads is something else, or what computes it; told all values so
    far, those that it reads, and its name.
    """

    def forward(original: Any, module: Any, x: Tensor) -> Tensor:
        values = {"input": x}
        for name, keys, merge, dim in module._wires:
            found = read(values, [values[key] for key in keys], name)
            x = found[0] if len(found) == 1 else merge(found, dim)
            values[name] = x = getattr(module, node(name))(x)
        return x

    return patched("netspec_torch.support.graph:Graph.forward", forward)


def recomputing(original: Any, module: Any, x: Tensor) -> Tensor:
    """A node is computed anew for each that reads it."""
    wires = {name: rest for name, *rest in module._wires}

    def value(name: str) -> Tensor:
        if name == "input":
            return x
        keys, merge, dim = wires[name]
        found = [value(key) for key in keys]
        merged = found[0] if len(found) == 1 else merge(found, dim)
        return getattr(module, name)(merged)

    return value([*wires][-1])


def latest(values: Values, read: list[Tensor], name: str) -> list[Tensor]:
    """The node before, whatever the spec says."""
    return [[*values.values()][-1], *read[1:]]


def first_alone(values: Values, read: list[Tensor], name: str) -> list[Tensor]:
    """Only the first of what is read gets a gradient."""
    return [read[0], *(value.detach() for value in read[1:])]


def input_alone(values: Values, read: list[Tensor], name: str) -> list[Tensor]:
    return [values["input"], *read[1:]]


def added(values: Values, read: list[Tensor], name: str) -> list[Tensor]:
    return [torch.stack(read).sum(0)] if name == "c" else read


BUGS = (
    bug("a node reads the one before", graph(latest), NET, STEP),
    bug("a node reads the input", graph(input_alone), NET, STEP),
    bug("what is read in another order", graph(lambda v, r, n: r[::-1]), NET, STEP),
    bug("sum for product", graph(added), NET, STEP),
    bug(
        "a gradient for the first of what is read", graph(first_alone), NET, "gradients"
    ),
    bug(
        "a node computed by the one before",
        graph(node=lambda name: "b" if name == "c" else name),
        NET,
        STEP,
    ),
    bug(
        "a node computed anew for each reader",
        patched("netspec_torch.support.graph:Graph.forward", recomputing),
        NET,
        "state",
    ),
    bug(
        "exported with a node that reads another",
        exported("self.c(a * b)", "self.c(b * b)"),
        NET,
        "source",
    ),
    bug(
        "exported with another order",
        exported("c - x", "x - c"),
        NET,
        "source",
    ),
)
