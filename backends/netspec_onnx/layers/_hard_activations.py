"""Functions of straight pieces."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


def clipped(x: str, low: float, high: float, to: Writer) -> str:
    return to.op("Clip", x, to.numbers(low), to.numbers(high))


@register
def relu6(layer: L.ReLU6, node: Placed, x: str, to: Writer) -> str:
    return clipped(x, 0.0, 6.0, to)


@register
def hard_tanh(layer: L.HardTanh, node: Placed, x: str, to: Writer) -> str:
    return clipped(x, layer.low, layer.high, to)


@register
def hard_sigmoid(layer: L.HardSigmoid, node: Placed, x: str, to: Writer) -> str:
    return _limited_line(x, layer.slope, layer.offset, to)


def _limited_line(x: str, slope: float, offset: float, to: Writer) -> str:
    if not to.double:
        return to.op("HardSigmoid", x, alpha=slope, beta=offset)
    line = to.op("Add", to.op("Mul", x, to.numbers(slope)), to.numbers(offset))
    return clipped(line, 0.0, 1.0, to)


@register
def hard_swish(layer: L.HardSwish, node: Placed, x: str, to: Writer) -> str:
    if not to.double:
        return to.op("HardSwish", x)
    return to.op("Mul", x, _limited_line(x, 1 / 6, 0.5, to))


@register
def soft_shrink(layer: L.SoftShrink, node: Placed, x: str, to: Writer) -> str:
    return to.op("Shrink", x, lambd=layer.lambd, bias=layer.lambd)


@register
def hard_shrink(layer: L.HardShrink, node: Placed, x: str, to: Writer) -> str:
    return to.op("Shrink", x, lambd=layer.lambd, bias=0.0)


@register
def tanh_shrink(layer: L.TanhShrink, node: Placed, x: str, to: Writer) -> str:
    return to.op("Sub", x, to.op("Tanh", x))


@register
def threshold(layer: L.Threshold, node: Placed, x: str, to: Writer) -> str:
    over = to.op("Greater", x, to.numbers(layer.threshold))
    return to.op("Where", over, x, to.numbers(layer.value))
