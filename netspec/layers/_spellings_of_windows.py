"""One spelling of pools, and of what resizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import gt

from netspec.layers._base import Layer
from netspec.layers._facts import Shape
from netspec.layers._pooling import (
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    pool_padding,
    pool_reach,
)
from netspec.layers._spatial import Ends, symmetric
from netspec.layers._spellings import Layers, spelled
from netspec.layers._upsample import Upsample1D, Upsample2D, Upsample3D

__all__ = ["spelled"]


@spelled.register(MaxPool1D)
@spelled.register(MaxPool2D)
@spelled.register(MaxPool3D)
def _largest(layer: MaxPool1D | MaxPool2D | MaxPool3D, shape: Shape) -> Layers:
    pairs = zip(layer.dilation, layer.kernel_size, strict=True)
    layer = replace(layer, dilation=[d if k > 1 else 1 for d, k in pairs])
    ends = pool_padding(layer, shape)
    if not _taken(ends, layer.kernel_size):
        layer = replace(layer, padding=pool_reach(layer, shape), ceil_mode=False)
    else:
        layer = replace(layer, padding=ends)
    return (_stepped(layer),)


@spelled.register(AvgPool1D)
@spelled.register(AvgPool2D)
@spelled.register(AvgPool3D)
def _averaged(layer: AvgPool1D | AvgPool2D | AvgPool3D, shape: Shape) -> Layers:
    """Say what other padding than that of all frameworks does: as much as is reached,
    where all of it counts, or none.
    """
    ends, reach = pool_padding(layer, shape), pool_reach(layer, shape)
    # PyTorch finds a volume that is smaller than the window too small, padded or not
    small = len(ends) == 3 and any(map(gt, layer.kernel_size, shape[1:]))
    if _taken(ends, layer.kernel_size) and not small:
        return (_stepped(replace(layer, padding=ends)),)
    if layer.count_include_pad and reach != ends:
        return (_stepped(replace(layer, padding=ends)),)
    return (_stepped(replace(layer, padding=reach, ceil_mode=False)),)


def _taken(ends: Ends, kernel: Sequence[int]) -> bool:
    """Tell whether all frameworks pad so: alike, by half of the window at most."""
    alike = symmetric(ends)
    return alike is not None and all(
        2 * n <= k for n, k in zip(alike, kernel, strict=True)
    )


def _stepped(layer: Layer) -> Layer:
    """Leave out a stride that is the kernel."""
    held = vars(layer)
    alike = held["stride"] == held["kernel_size"]
    return replace(layer, stride=None) if alike else layer  # type: ignore[call-arg]


@spelled.register(Upsample1D)
@spelled.register(Upsample2D)
@spelled.register(Upsample3D)
def _resized(layer: Layer, shape: Shape) -> Layers:
    return () if layer.output_shape(shape) == shape else (layer,)
