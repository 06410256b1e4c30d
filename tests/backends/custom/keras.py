"""How Keras makes a container of a user's."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_keras import Context, chain, lower
from tests.backends.custom.layers import Gate


@keras.saving.register_keras_serializable(package="tests")
class GateLayer(layers.Layer):  # type: ignore[misc]
    """``body(x) * (1 + gate(x))``."""

    def __init__(self, body: layers.Layer, gate: layers.Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.body = body
        self.gate = gate

    def call(self, x: Any) -> Any:
        return self.body(x) * (1 + self.gate(x))


@lower.register
def gate_layer(layer: Gate, node: Placed, ctx: Context) -> Call:
    body, gate = (chain(branch, ctx) for branch in node.branches)
    return call(GateLayer, body, gate)
