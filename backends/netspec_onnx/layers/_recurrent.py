"""Recurrent layers. Parameters stay as PyTorch has them; nodes of constants put gates
into ONNX's order (LSTM i o f c, GRU z r h), once, when a model is loaded.
"""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer

# For each gate of ONNX, where PyTorch has it
GATES = {"RNN": [0], "LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2]}
DIRECTIONS = {"forward": "forward", "reverse": "reverse", "both": "bidirectional"}


@register
def rnn(layer: L.RNN, node: Placed, x: str, to: Writer) -> str:
    activations = [layer.activation.capitalize()] * _directions(layer)
    return _written("RNN", layer, node, x, to, activations=activations)


@register
def lstm(layer: L.LSTM, node: Placed, x: str, to: Writer) -> str:
    return _written("LSTM", layer, node, x, to)


@register
def gru(layer: L.GRU, node: Placed, x: str, to: Writer) -> str:
    after = int(layer.reset_after)
    return _written("GRU", layer, node, x, to, linear_before_reset=after)


def _written(
    kind: str, layer: L.Recurrent, node: Placed, x: str, to: Writer, **options: object
) -> str:
    held = [_stacked(kind, f"weight_{what}", node, to) for what in ("ih", "hh")]
    if layer.bias:
        held.append(_bias(kind, layer, node, to))
    y = to.op(
        kind,
        to.op("Transpose", x, perm=[1, 0, 2]),  # onnxruntime has no batch-first layout
        *held,
        hidden_size=layer.units,
        direction=DIRECTIONS[layer.direction],
        **options,
    )
    # (positions, directions, batch, units)
    y = to.op("Transpose", y, perm=[2, 0, 1, 3])
    return to.op("Reshape", y, to.integers([0, *node.output_shape], "shape"))


def _bias(kind: str, layer: L.Recurrent, node: Placed, to: Writer) -> str:
    parts = [_stacked(kind, "bias_ih", node, to)]
    if layer.recurrent_bias:
        parts.append(_stacked(kind, "bias_hh", node, to))
    else:
        nothing = np.zeros((_directions(layer), len(GATES[kind]) * layer.units))
        parts.append(to.numbers(nothing, "zeros"))
    return to.op("Concat", *parts, axis=1)


def _stacked(kind: str, name: str, node: Placed, to: Writer) -> str:
    """Stack one kind of parameter, (directions, gates units, ...)."""
    names = [n for n in node.parameters if n.startswith(f"{name}_l0")]
    first = to.integers([0], "axes")
    each = [
        to.op("Unsqueeze", _gates(kind, to.param(node, n), node, n, to), first)
        for n in names
    ]
    return to.op("Concat", *each, axis=0) if len(each) > 1 else each[0]


def _gates(kind: str, value: str, node: Placed, name: str, to: Writer) -> str:
    order = GATES[kind]
    if order == [0]:
        return value
    units = node.parameters[name].shape[0] // len(order)
    rows = [place * units + row for place in order for row in range(units)]
    return to.op("Gather", value, to.integers(rows, "gates"), axis=0)


def _directions(layer: L.Recurrent) -> int:
    return 2 if layer.direction == "both" else 1
