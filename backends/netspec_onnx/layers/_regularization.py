"""Dropout of values, of channels, of examples: in evaluation nothing."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def dropout(
    layer: L.Dropout | L.StochasticDepth | L.ChannelDropout,
    node: Placed,
    x: str,
    to: Writer,
) -> str:
    return x
