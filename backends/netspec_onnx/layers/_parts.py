"""Layers that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import resolve_axis
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer

END = 2**31 - 1  # beyond every axis


def sliced(x: str, axis: int, start: int, stop: int, step: int, to: Writer) -> str:
    """Write a Slice of one axis, counted with the batch."""
    bounds = {"starts": start, "ends": stop, "axes": axis, "steps": step}
    return to.op("Slice", x, *(to.integers([n], k) for k, n in bounds.items()))


@register
def slice_(layer: L.Slice, node: Placed, x: str, to: Writer) -> str:
    stop = END if layer.stop is None else layer.stop
    axis = resolve_axis(layer.axis, node.input_shape) + 1
    return sliced(x, axis, layer.start, stop, layer.step, to)


@register
def select(layer: L.Select, node: Placed, x: str, to: Writer) -> str:
    axis = resolve_axis(layer.axis, node.input_shape) + 1
    return to.op("Gather", x, to.integers(layer.index, "index"), axis=axis)


def crop(layer: L.Crop, node: Placed, x: str, to: Writer) -> str:
    """Slice, as the reference evaluator does not pad by less than nothing."""
    sizes = node.input_shape[1:]
    starts = [before for before, _ in layer.ends]
    ends = [n - after for n, (_, after) in zip(sizes, layer.ends, strict=True)]
    axes = [*range(2, 2 + len(sizes))]
    bounds = {"starts": starts, "ends": ends, "axes": axes}
    return to.op("Slice", x, *(to.integers(n, k) for k, n in bounds.items()))


for _kind in (L.Crop1D, L.Crop2D, L.Crop3D):
    register(crop, _kind)
