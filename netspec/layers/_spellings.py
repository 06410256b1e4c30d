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
from netspec.layers._conv import Conv1D, Conv2D, Conv3D, conv_padding
from netspec.layers._facts import Shape
from netspec.layers._global_pools import GlobalPool
from netspec.layers._graph import Graph, Node
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
    AvgPool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    pool_padding,
    pool_reach,
)
from netspec.layers._positions import PositionEmbedding
from netspec.layers._scale import Rescale, Scale
from netspec.layers._shape import (
    Flatten,
    Identity,
    Pad,
    Pad1D,
    Pad2D,
    Pad3D,
    Permute,
    Reshape,
)
from netspec.layers._shuffles import ChannelShuffle
from netspec.layers._spatial import Ends, symmetric

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


@spelled.register(MaxPool1D)
@spelled.register(MaxPool2D)
@spelled.register(MaxPool3D)
def _largest(layer: MaxPool1D | MaxPool2D | MaxPool3D, shape: Shape) -> Layers:
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
    """Say what other padding than that of all frameworks does: zeros that are counted
    come first, others are as many as are reached.
    """
    ends, reach = pool_padding(layer, shape), pool_reach(layer, shape)
    if _taken(ends, layer.kernel_size):
        return (_stepped(replace(layer, padding=ends)),)
    if layer.count_include_pad and reach == ends:
        return padded(ends), _stepped(replace(layer, padding=0, ceil_mode=False))
    if layer.count_include_pad:
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


def padded(ends: Ends) -> Pad:
    """Make the layer of zeros around positions."""
    if len(ends) == 1:
        return Pad1D(ends[0])
    return Pad2D(ends) if len(ends) == 2 else Pad3D(ends)


@spelled.register
def _placed(layer: PositionEmbedding, shape: Shape) -> Layers:
    return (replace(layer, positions=layer.positions or shape[-2]),)


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


@joined.register(Conv1D)
@joined.register(Conv2D)
@joined.register(Conv3D)
def _uneven(
    layer: Conv1D | Conv2D | Conv3D, before: Sequence[Layer]
) -> tuple[int, Layer] | None:
    """Take zeros just before a convolution as its own, where the ends differ."""
    match before:
        case [*_, Pad(mode="constant", value=0.0) as pad]:
            uneven = any(first != last for first, last in pad.ends)
            if uneven and not any(layer.padding):
                return 1, replace(layer, padding=pad.ends)
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


Wired = tuple[str, tuple[str, ...], str, int, Sequence[Layer]]


def wired(nodes: Sequence[Wired]) -> Container:
    """Make the container of chains that read each other.

    Args:
        nodes: of each its name, the names that it reads, how several of them are
            merged, along which axis, and layers in order.
    """
    return Graph(
        [
            Node(name, chain or [Identity()], reads=reads, merge=merge, axis=axis)
            for name, reads, merge, axis, chain in nodes
        ]
    )


def sequence_of(layers: Sequence[Layer]) -> Container:
    """Make the container of layers that follow one another."""
    return Sequential(layers)


@singledispatch
def opened(container: Container) -> tuple[str, int] | None:
    """Return how a container merges the chains that make its result, and along which
    axis; None where it cannot be said.
    """
    return None


@opened.register
def _residual(container: Residual) -> tuple[str, int]:
    return "add", 1


@opened.register
def _parallel(container: Parallel) -> tuple[str, int]:
    placed = container.merge in ("concat", "stack")
    return container.merge, container.axis if placed else 1
