"""One spelling of each function, where layers have several.

What is read from elsewhere comes in small pieces, and a spec may say the same thing in
two ways. Both are brought to one spelling here, layer by layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from netspec.layers._activations import (
    AlongAxis,
    PReLU,
    ReLU6,
)
from netspec.layers._adaptive import (
    AdaptiveAvgPool1D,
    AdaptiveAvgPool2D,
    AdaptiveAvgPool3D,
    AdaptiveMaxPool1D,
    AdaptiveMaxPool2D,
    AdaptiveMaxPool3D,
)
from netspec.layers._attention import MultiHeadAttention
from netspec.layers._base import Layer, resolve_axes
from netspec.layers._conv import Conv1D, Conv2D, Conv3D, conv_padding
from netspec.layers._facts import Shape
from netspec.layers._global_pools import (
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    GlobalPool,
)
from netspec.layers._hard_activations import (
    HardTanh,
)
from netspec.layers._normalization import BatchNorm
from netspec.layers._parts import Crop, Select, Slice
from netspec.layers._positions import PositionEmbedding, SinusoidalPosition
from netspec.layers._reductions import Reduce
from netspec.layers._scale import Rescale, Scale
from netspec.layers._shape import (
    Flatten,
    Identity,
    Pad,
    Permute,
    Reshape,
)
from netspec.layers._shuffles import ChannelShuffle, Roll

Layers = tuple[Layer, ...]


@singledispatch
def spelled(layer: Layer, shape: Shape) -> Layers:
    """Return the layers that an import gives for a layer, its name and first weights
    apart; none where it changes nothing.

    Args:
        layer: not a container.
        shape: of one example of its input.
    """
    return (layer,)


@spelled.register
def _identity(layer: Identity, shape: Shape) -> Layers:
    return ()


@spelled.register(Flatten)
@spelled.register(Reshape)
def _reshaped(layer: Layer, shape: Shape) -> Layers:
    return reshaped(shape, layer.output_shape(shape))


def reshaped(before: Shape, after: Shape) -> Layers:
    """Return the layer that gives values another shape, if any is needed."""
    if before == after:
        return ()
    return (Flatten() if len(after) == 1 else Reshape(after),)


@spelled.register
def _pooled_whole(layer: GlobalPool, shape: Shape) -> Layers:
    return (layer,) if layer.keepdims else (replace(layer, keepdims=True), Flatten())


@spelled.register
def _dealt(layer: ChannelShuffle, shape: Shape) -> Layers:
    """Deal channels without positions by hand, as frameworks must."""
    if len(shape) > 1:
        return (layer,)
    parts = (layer.groups, shape[0] // layer.groups)
    return (Reshape(parts), Permute((2, 1)), Flatten())


@spelled.register
def _permuted(layer: Permute, shape: Shape) -> Layers:
    return () if list(layer.axes) == sorted(layer.axes) else (layer,)


@spelled.register
def _limited(layer: HardTanh, shape: Shape) -> Layers:
    return (ReLU6(),) if (layer.low, layer.high) == (0, 6) else (layer,)


@spelled.register
def _sloped(layer: PReLU, shape: Shape) -> Layers:
    alone = not shape or shape[0] == 1
    return (replace(layer, per_channel=False) if alone else layer,)


@spelled.register
def _normalized(layer: BatchNorm, shape: Shape) -> Layers:
    """Take one minus a momentum of 15 digits, which is what frameworks hold; leave out
    how statistics would move that are kept.
    """
    if layer.statistics == "frozen":
        return (replace(layer, decay=0.9, running_variance="native"),)
    return (replace(layer, decay=round(layer.decay, 15)),)


@spelled.register(Conv1D)
@spelled.register(Conv2D)
@spelled.register(Conv3D)
def _convolved(layer: Conv1D | Conv2D | Conv3D, shape: Shape) -> Layers:
    return (replace(layer, padding=conv_padding(layer, shape)),)


@spelled.register
def _all_mean(
    layer: AdaptiveAvgPool1D | AdaptiveAvgPool2D | AdaptiveAvgPool3D, shape: Shape
) -> Layers:
    kinds = (GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D)
    return _whole(layer, kinds)


@spelled.register
def _all_largest(
    layer: AdaptiveMaxPool1D | AdaptiveMaxPool2D | AdaptiveMaxPool3D, shape: Shape
) -> Layers:
    kinds = (GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D)
    return _whole(layer, kinds)


def _whole(layer: Layer, kinds: Sequence[type[GlobalPool]]) -> Layers:
    size = vars(layer)["size"]
    return (kinds[len(size) - 1](True),) if set(size) == {1} else (layer,)


@spelled.register
def _placed(layer: PositionEmbedding, shape: Shape) -> Layers:
    return (replace(layer, positions=layer.positions or shape[-2]),)


@spelled.register
def _turned(layer: MultiHeadAttention, shape: Shape) -> Layers:
    """Leave out what says nothing: sizes that follow, the base of one wavelength."""
    heads, keys, dim = layer.sizes(shape)
    told = layer.rotary is not None and shape[-2] > 1 and dim > 3
    base = layer.rotary if told or layer.rotary is None else 10000.0
    own = heads * dim == shape[-1]
    return (
        replace(
            layer,
            key_heads=None if keys == heads else keys,
            head_dim=None if own else dim,
            rotary=base,
        ),
    )


@spelled.register
def _wavelengths(layer: SinusoidalPosition, shape: Shape) -> Layers:
    told = shape[-2] > 1 and shape[-1] > 2
    return (layer if told else replace(layer, base=10000.0),)


@spelled.register(Pad)
@spelled.register(Crop)
def _margins(layer: Pad | Crop, shape: Shape) -> Layers:
    return (layer,) if any(map(any, layer.ends)) else ()


@spelled.register
def _sliced(layer: Slice, shape: Shape) -> Layers:
    axis = layer.axis % (len(shape) + 1)
    size = shape[axis - 1]
    start, stop, step = slice(layer.start, layer.stop, layer.step).indices(size)
    if (start, stop, step) == (0, size, 1):
        return ()
    return (Slice(axis, start=start, stop=None if stop == size else stop, step=step),)


@spelled.register
def _rolled(layer: Roll, shape: Shape) -> Layers:
    """Move forward, along axes in order, by less than their sizes."""
    axes = resolve_axes(layer.axes, shape)
    moves = sorted(
        (axis + 1, shift % shape[axis])
        for axis, shift in zip(axes, layer.shifts, strict=True)
        if shift % shape[axis]
    )
    return (Roll(*zip(*moves, strict=True)),) if moves else ()


@spelled.register
def _reduced(layer: Reduce, shape: Shape) -> Layers:
    axes = sorted(axis % (len(shape) + 1) for axis in layer.axes)
    return (replace(layer, axes=axes),)


@spelled.register
def _selected(layer: Select, shape: Shape) -> Layers:
    return (replace(layer, axis=layer.axis % (len(shape) + 1)),)


@spelled.register
def _scaled(layer: Rescale, shape: Shape) -> Layers:
    return () if (layer.scale, layer.offset) == (1, 0) else (layer,)


@spelled.register
def _along(layer: AlongAxis, shape: Shape) -> Layers:
    """Call the last axis -1, others by what they are."""
    axis = layer.axis % (len(shape) + 1)
    return (replace(layer, axis=-1 if axis == len(shape) else axis),)


@spelled.register
def _weighed(layer: Scale, shape: Shape) -> Layers:
    """Leave out axes of one value, as far as one axis is left."""
    held = layer.resolved(shape)
    alone = [axis for axis, size in enumerate(shape, 1) if size == 1]
    found = tuple(axis for axis in held if axis not in alone) or (alone[0],)
    return (replace(layer, axis=found[0] if len(found) == 1 else found),)
