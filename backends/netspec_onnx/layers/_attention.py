"""Attention, by the operator of opset 23."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._dense import linear
from netspec_onnx.layers._positions import angles

EPS = 1e-6  # of the normalization of queries and keys


@register
def attention(layer: L.MultiHeadAttention, node: Placed, x: str, to: Writer) -> str:
    heads, key_heads, _ = layer.sizes(node.input_shape)
    *many, length, channels = node.input_shape
    if many:  # the operator knows one axis before the positions
        x = to.op("Reshape", x, to.integers([-1, length, channels], "sequences"))
    parts = {"query": heads, "key": key_heads, "value": key_heads}
    read = [_read(name, count, layer, node, x, to) for name, count in parts.items()]
    mask = _mask(layer, node, to)
    y = to.op(
        "Attention",
        *read,
        *mask,
        q_num_heads=heads,
        kv_num_heads=key_heads,
        is_causal=int(layer.causal and layer.window is None) or None,
    )
    y = linear(y, node, to, "output.")
    if many:
        y = to.op("Reshape", y, to.integers([-1, *node.input_shape], "shape"))
    return y


def _read(
    name: str, heads: int, layer: L.MultiHeadAttention, node: Placed, x: str, to: Writer
) -> str:
    """Write queries, keys or values, (batch, positions, heads d)."""
    y, dim = linear(x, node, to, f"{name}."), layer.sizes(node.input_shape).dim
    if name == "value" or not (layer.normalize or layer.rotary):
        return y
    y = to.op("Reshape", y, to.integers([0, 0, heads, dim], "heads"))
    if layer.normalize:
        y = _normalized(y, to.param(node, f"{name}_norm.weight"), to)
    if layer.rotary:
        y = _turned(y, angles(node.input_shape[-2], dim, layer.rotary), to)
    return to.op("Reshape", y, to.integers([0, 0, heads * dim], "merged"))


def _normalized(x: str, weight: str, to: Writer) -> str:
    if not to.double:
        return to.op("RMSNormalization", x, weight, axis=-1, epsilon=EPS)
    # the operator holds eps in float32
    square = to.op("ReduceMean", to.op("Mul", x, x), to.integers([-1], "axes"))
    root = to.op("Sqrt", to.op("Add", square, to.numbers(EPS, "eps")))
    return to.op("Mul", to.op("Div", x, root), weight)


def _turned(x: str, turns: Array, to: Writer) -> str:
    """Turn halves of (batch, positions, heads, d) by rotary angles.

    RotaryEmbedding wants the positions of each example, whose number is free; what it
    does is written out.
    """
    cos, sin = (
        to.numbers(function(turns)[:, None], "turns") for function in (np.cos, np.sin)
    )
    a, b = to.ops("Split", x, outputs=2, axis=-1, num_outputs=2)
    first = to.op("Sub", to.op("Mul", a, cos), to.op("Mul", b, sin))
    second = to.op("Add", to.op("Mul", b, cos), to.op("Mul", a, sin))
    return to.op("Concat", first, second, axis=-1)


def _mask(layer: L.MultiHeadAttention, node: Placed, to: Writer) -> tuple[str, ...]:
    """Write what is added to scores: a learned bias, minus infinity beyond a window."""
    length = node.input_shape[-2]
    ages = np.subtract.outer(np.arange(length), np.arange(length))
    parts: list[str] = []
    if layer.relative is not None:
        most = layer.relative - 1
        index = to.integers(np.clip(-ages, -most, most) + most, "distances")
        parts.append(to.op("Gather", to.param(node, "relative.weight"), index, axis=1))
    if layer.window is not None:
        seen = (ages >= 0) & (ages < layer.window)
        parts.append(to.numbers(np.where(seen, 0.0, -np.inf), "window"))
    return (to.op("Add", *parts),) if len(parts) > 1 else tuple(parts)
