"""One spelling of each function, where layers have several.

What is read from elsewhere comes in small pieces, and a spec may say the same thing in
two ways. Both are brought to one spelling here: `spelled` knows one layer, `joined` a
layer and those just before it, `whole` branches of one source and how they merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from netspec.layers._activations import (
    AlongAxis,
    PReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softmin,
    Tanh,
)
from netspec.layers._base import Container, Layer
from netspec.layers._containers import Parallel, Residual, Sequential
from netspec.layers._conv import Conv1D, Conv2D, conv_padding
from netspec.layers._facts import Shape
from netspec.layers._hard_activations import (
    HardSigmoid,
    HardSwish,
    HardTanh,
    TanhShrink,
)
from netspec.layers._normalization import BatchNorm
from netspec.layers._parts import Crop, Select, Slice
from netspec.layers._pooling import (
    AvgPool1D,
    AvgPool2D,
    GlobalPool,
    MaxPool1D,
    MaxPool2D,
)
from netspec.layers._scale import Rescale, Scale
from netspec.layers._shape import Flatten, Identity, Pad, Permute, Reshape
from netspec.layers._shuffles import ChannelShuffle

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
    """Take one minus a momentum of 15 digits, which is what frameworks hold."""
    return (replace(layer, decay=round(layer.decay, 15)),)


@spelled.register(Conv1D)
@spelled.register(Conv2D)
def _convolved(layer: Conv1D | Conv2D, shape: Shape) -> Layers:
    return (replace(layer, padding=conv_padding(layer)),)


@spelled.register(MaxPool1D)
@spelled.register(MaxPool2D)
@spelled.register(AvgPool1D)
@spelled.register(AvgPool2D)
def _pooled(
    layer: MaxPool1D | MaxPool2D | AvgPool1D | AvgPool2D, shape: Shape
) -> Layers:
    alike = layer.stride == layer.kernel_size
    return (replace(layer, stride=None) if alike else layer,)


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


@singledispatch
def joined(layer: Layer, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    """Return how many of the layers just before a layer are, with it, one layer, and
    that layer; None where it stands for itself.

    Args:
        layer: it reads the last of `before`.
        before: layers in order; the first of them may read anything.
    """
    return None


@joined.register
def _flat_pool(layer: Flatten, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    last = before[-1] if before else None
    if isinstance(last, GlobalPool) and last.keepdims:
        return 1, replace(last, keepdims=False)
    return _shuffled(before) or _widened(layer, before)


@joined.register
def _widened(
    layer: Flatten | Reshape, before: Sequence[Layer]
) -> tuple[int, Layer] | None:
    """Recognize a function along an axis under an axis of 1 that is put behind it."""
    match before:
        case [*_, Reshape(shape=(*held, 1)), AlongAxis() as function]:
            kept = layer.output_shape((*held, 1)) == tuple(held)
            if kept and 0 < function.axis <= len(held):
                last = function.axis == len(held)
                return 2, replace(function, axis=-1) if last else function
    return None


def _shuffled(before: Sequence[Layer]) -> tuple[int, Layer] | None:
    """Recognize channels without positions that are dealt out to groups."""
    match before:
        case [*_, Reshape(shape=(groups, _)), Permute(axes=(2, 1))]:
            return 2, ChannelShuffle(groups)
    return None


@joined.register
def _line(layer: Rescale, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    match before:
        case [*_, Rescale(offset=0.0) as first] if layer.scale == 1:
            return 1, replace(layer, scale=first.scale)
        case [*_, Rescale(scale=1.0, offset=3.0), ReLU6()]:
            if layer == Rescale(1 / 6):
                return 2, HardSigmoid()
    return None


@joined.register
def _limited_line(layer: HardTanh, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    match before:
        case [*_, Rescale(scale=float(slope), offset=float(offset))]:
            if (layer.low, layer.high) == (0, 1) and slope > 0:
                return 1, HardSigmoid(slope, offset=offset)
    return None


@joined.register
def _negative(layer: Softmax, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    if before and before[-1] == Rescale(-1):
        return 1, Softmin(layer.axis)
    return None


def whole(merge: str, branches: Sequence[Sequence[Layer]]) -> Layer | None:
    """Return the layer that branches of one source are, merged; None for none.

    Args:
        merge: as of `Parallel`.
        branches: layers in order; none where a branch is the source itself.
    """
    if merge == "multiply":
        match sorted(map(list, branches), key=len):
            case [[], [Sigmoid()]]:
                return SiLU()
            case [[], [Rescale(scale=float(beta), offset=0.0), Sigmoid()]] if beta > 0:
                return SiLU(beta)
            case [[], [HardSigmoid() as gate]] if gate == HardSigmoid():
                return HardSwish()
    if merge == "subtract" and list(map(list, branches)) == [[], [Tanh()]]:
        return TanhShrink()
    return None


def contained(
    merge: str, axis: int, branches: Sequence[Sequence[Layer]], alike: bool
) -> Container:
    """Make the container of branches that read one source: a sum of two of one shape is
    a `Residual`, the first of them its body.

    Args:
        merge: as of `Parallel`.
        axis: of ``"concat"`` and ``"stack"``.
        branches: layers in order; none where a branch is the source itself.
        alike: whether all outputs have one shape.
    """
    if merge == "add" and alike and len(branches) == 2:
        body, shortcut = branches
        return Residual(body or [Identity()], shortcut=shortcut or None)
    return Parallel([b or [Identity()] for b in branches], merge=merge, axis=axis)


def sequence_of(layers: Sequence[Layer]) -> Container:
    """Make the container of layers that follow one another."""
    return Sequential(layers)


@singledispatch
def opened(container: Container) -> tuple[str, int] | None:
    """Return how a container merges its chains, and along which axis; ``("chain", 0)``
    where they are one, None where it cannot be said.
    """
    return None


@opened.register
def _sequential(container: Sequential) -> tuple[str, int]:
    return "chain", 0


@opened.register
def _residual(container: Residual) -> tuple[str, int]:
    return "add", 1


@opened.register
def _parallel(container: Parallel) -> tuple[str, int]:
    placed = container.merge in ("concat", "stack")
    return container.merge, container.axis if placed else 1
