"""Layers that are one together, and the containers of what is read in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Any

from netspec.layers._activations import AlongAxis, ReLU6, Softmax, Softmin
from netspec.layers._base import Container, Layer
from netspec.layers._containers import Parallel, Residual, Sequential
from netspec.layers._conv import Conv1D, Conv2D, Conv3D
from netspec.layers._graph import Graph, Node
from netspec.layers._hard_activations import HardSigmoid, HardTanh
from netspec.layers._pooling import AvgPool1D, AvgPool2D, AvgPool3D
from netspec.layers._scale import Rescale
from netspec.layers._shape import (
    Flatten,
    Identity,
    Pad,
    Pad1D,
    Pad2D,
    Permute,
    Reshape,
)
from netspec.layers._shuffles import ChannelShuffle, PixelShuffle, PixelUnshuffle, Roll


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
def _reshaped(layer: Reshape, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    return _widened(layer, before) or _of_line(before) or _moved(layer, before)


@joined.register
def _flat(layer: Flatten, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    return _widened(layer, before)


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


def _of_line(before: Sequence[Layer]) -> tuple[int, Layer] | None:
    """Recognize a line that is padded as an image of one row."""
    match before:
        case [*_, Reshape(shape=(_, 1, _)), Pad2D(padding=((0, 0), ends)) as pad]:
            return 2, Pad1D(ends, mode=pad.mode, value=pad.value)
    return None


def _moved(layer: Reshape, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    """Recognize what moves channels by taking axes apart: whether it fits is seen by
    the shape that it gives.
    """
    match before:
        case [*_, Reshape(shape=(_, r, s, _, _)), Permute(axes=(1, 4, 2, 5, 3))]:
            return (2, PixelShuffle(r)) if r == s else None
        case [*_, Reshape(shape=(_, _, r, _, s)), Permute(axes=(1, 3, 5, 2, 4))]:
            return (2, PixelUnshuffle(r)) if r == s else None
        case [*_, Reshape(shape=(groups, _, *rest)), Permute(axes=(2, 1, *others))]:
            kept = others == list(range(3, 3 + len(rest)))
            return (
                (2, ChannelShuffle(groups))
                if kept and layer.shape[1:] == tuple(rest)
                else None
            )
    return None


@joined.register
def _around_twice(layer: Pad, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    """Take the axes of two pads that go on from the other end, which meet nowhere."""
    match before:
        case [*_, Pad(mode="circular") as pad] if layer.mode == "circular":
            if type(pad) is type(layer) and not _meet(pad.ends, layer.ends):
                ends = [
                    a if any(a) else b
                    for a, b in zip(pad.ends, layer.ends, strict=True)
                ]
                made: Any = replace  # each kind of them has padding
                return 1, made(layer, padding=ends)
    return None


def _meet(first: Sequence[Sequence[int]], second: Sequence[Sequence[int]]) -> bool:
    return any(any(a) and any(b) for a, b in zip(first, second, strict=True))


@joined.register
def _rolled(layer: Roll, before: Sequence[Layer]) -> tuple[int, Layer] | None:
    match before:
        case [*_, Roll() as roll] if not {*roll.axes} & {*layer.axes}:
            moves = zip(roll.axes + layer.axes, roll.shifts + layer.shifts, strict=True)
            axes, shifts = zip(*sorted(moves), strict=True)
            return 1, Roll(axes, shifts)
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
def _around(
    layer: AvgPool1D | AvgPool2D | AvgPool3D, before: Sequence[Layer]
) -> tuple[int, Layer] | None:
    """Take zeros just before a mean as its own, which count."""
    plain = not layer.ceil_mode and not any(layer.padding)
    match before:
        case [*_, Pad(mode="constant", value=0.0) as pad] if plain:
            axes = zip(pad.ends, layer.kernel_size, strict=True)
            if all(max(ends) < taps for ends, taps in axes):
                return 1, replace(layer, padding=pad.ends, count_include_pad=True)
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
