"""A graph of layers, each with what it reads, and how several of these are merged.

An exported file has a class of its own for each graph instead.
"""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import layers

from netspec_keras.support.containers import deserialize, serialize

Node = tuple[str, layers.Layer, tuple[str, ...], layers.Layer | None]


@keras.saving.register_keras_serializable(package="netspec")
class Graph(layers.Layer):
    """Layers that read each other; the last one gives the output.

    Args:
        nodes: name, layer, names of what it reads (``"input"`` is what the graph
            reads), and the layer that merges these, if there are several.
    """

    def __init__(self, nodes: list[Node], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wires = [(name, list(reads)) for name, _, reads, _ in nodes]
        self.parts = [layer for _, layer, _, _ in nodes]
        self.merges = {name: merge for name, _, _, merge in nodes if merge is not None}

    def call(self, x: Any) -> Any:
        values = {"input": x}
        for (name, reads), layer in zip(self.wires, self.parts, strict=True):
            read = [values[key] for key in reads]
            x = self.merges[name](read) if name in self.merges else read[0]
            values[name] = x = layer(x)
        return x

    def get_config(self) -> dict[str, Any]:
        parts = [serialize(layer) for layer in self.parts]
        merges = [serialize(self.merges.get(name)) for name, _ in self.wires]
        own = {"wires": self.wires, "parts": parts, "merges": merges}
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Graph":
        given = deserialize(config, "parts", "merges")
        held = given.pop("wires"), given.pop("parts"), given.pop("merges")
        nodes = [
            (name, layer, tuple(reads), merge)
            for (name, reads), layer, merge in zip(*held, strict=True)
        ]
        return cls(nodes, **given)
