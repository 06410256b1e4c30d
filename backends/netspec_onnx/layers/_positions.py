"""Positions: learned rows, Vaswani's table, and a token before all others."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._parts import sliced


@register
def position_embedding(
    layer: L.PositionEmbedding, node: Placed, x: str, to: Writer
) -> str:
    table, length = to.param(node, "weight"), node.input_shape[-2]
    if node.parameters["weight"].shape[0] > length:
        table = sliced(table, 0, 0, length, 1, to)
    return to.op("Add", x, table)


@register
def sinusoidal(layer: L.SinusoidalPosition, node: Placed, x: str, to: Writer) -> str:
    length, channels = node.input_shape[-2:]
    turns, table = angles(length, channels, layer.base), np.empty((length, channels))
    table[:, ::2] = np.sin(turns)
    table[:, 1::2] = np.cos(turns)[:, : channels // 2]
    return to.op("Add", x, to.numbers(table, "table"))


def angles(length: int, channels: int, base: float) -> Array:
    """Tabulate ``t * base^(-2i / channels)``, (positions, pairs of channels)."""
    pairs = range((channels + 1) // 2)
    rates = [base ** (-2 * pair / channels) for pair in pairs]
    return np.outer(np.arange(length, dtype=np.float64), rates)


@register
def class_token(layer: L.ClassToken, node: Placed, x: str, to: Writer) -> str:
    # as often as there are examples, which only x itself tells
    before = to.op("Shape", x, end=-2)
    last = to.integers([1, node.input_shape[-1]], "last")
    token = to.op(
        "Expand", to.param(node, "weight"), to.op("Concat", before, last, axis=0)
    )
    return to.op("Concat", token, x, axis=len(node.input_shape) - 1)
