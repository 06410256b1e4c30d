"""Operations that move values without changing them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from math import inf

from netspec import layers as L
from netspec.importing import Loose, Made, Signal
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Padded

Kinds = Mapping[int, Callable[..., L.Layer]]

PADS: Kinds = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}
CROPS: Kinds = {1: L.Crop1D, 2: L.Crop2D, 3: L.Crop3D}


@read.register(
    "aten.alias", "aten.clone", "aten.contiguous", "aten.lift_fresh_copy", "aten.to"
)
def unchanged(call: Call) -> Made:
    if call["dtype"] is not None:
        raise call.refused("changes the dtype; a spec has one for the whole model")
    return call.signal


@read.register("aten.detach")
def detached(call: Call) -> Made:
    raise call.refused("stops the gradient, which no layer of netspec does")


@read.register(
    "aten.view",
    "aten.reshape",
    "aten.flatten",
    "aten.unflatten",
    "aten.squeeze",
    "aten.unsqueeze",
    "aten._unsafe_view",
)
def reshaped(call: Call) -> Made:
    """Give values another shape; what lies between shapes that have the batch first is
    none.
    """
    given = call.given("self")
    signal = given.signal if isinstance(given, Loose) else given
    if not isinstance(signal, Signal):
        raise call.refused("stacks values before the batch axis")
    batch = signal.shape[0]
    same = math.prod(call.sizes[1:]) == math.prod(signal.shape[1:])
    if call.sizes == signal.shape:
        return signal
    if call.sizes[:1] != (batch,) or call.sizes == (batch,) or not same:
        return Loose(signal, call.sizes)
    call.reads = (signal,)
    return L.Reshape(call.sizes[1:])


def permuted(call: Call, order: list[int]) -> Made:
    if order[0] != 0:
        raise call.refused("moves the batch axis; keep it first")
    return L.Permute(order[1:])


@read.register("aten.permute")
def permute(call: Call) -> Made:
    rank = len(call.signal.shape)
    return permuted(call, [axis % rank for axis in call["dims"]])


@read.register("aten.transpose")
def transpose(call: Call) -> Made:
    order = list(range(len(call.signal.shape)))
    first, second = call["dim0"], call["dim1"]
    order[first], order[second] = order[second], order[first]
    return permuted(call, order)


@read.register("aten.t")
def transposed(call: Call) -> Made:
    return permuted(call, list(range(len(call.signal.shape)))[::-1])


@read.register("aten.movedim")
def movedim(call: Call) -> Made:
    rank = len(call.signal.shape)
    moved = zip(as_list(call["destination"]), as_list(call["source"]), strict=True)
    at = {to % rank: axis % rank for to, axis in moved}
    rest = iter(axis for axis in range(rank) if axis not in at.values())
    return permuted(call, [at[i] if i in at else next(rest) for i in range(rank)])


def as_list(value: int | list[int]) -> list[int]:
    return [value] if isinstance(value, int) else list(value)


@read.register("aten.pad", "aten.constant_pad_nd")
def pad(call: Call) -> Made:
    """Pad, and crop where less than nothing is added."""
    ends = [tuple(call["pad"][i : i + 2]) for i in range(0, len(call["pad"]), 2)][::-1]
    rank = len(call.signal.shape) - 2
    if not 1 <= rank <= 3 or any(any(pair) for pair in ends[:-rank]):
        raise call.refused(
            "pads axes that are no positions, or more than three of them"
        )
    ends = [(0, 0)] * (rank - len(ends)) + ends[-rank:]
    mode, value = call["mode"] or "constant", float(call["value"] or 0.0)
    if value == -inf and min(map(min, ends)) >= 0:
        return Padded(call.signal, tuple(ends))
    added = [tuple(max(n, 0) for n in pair) for pair in ends]
    cut = [tuple(max(-n, 0) for n in pair) for pair in ends]
    made: list[L.Layer] = []
    if any(map(any, cut)):
        made.append(CROPS[rank](only(cut)))
    if any(map(any, added)) or not made:
        made.append(PADS[rank](only(added), mode=mode, value=value))
    return made


def only(ends: list[tuple[int, ...]]) -> object:
    return ends if len(ends) > 1 else ends[0]


@read.register("aten.roll")
def roll(call: Call) -> Made:
    if not call["dims"]:
        raise call.refused("rolls all values, those of other examples too; name axes")
    return L.Roll(call["dims"], call["shifts"])


@read.register("aten.pixel_shuffle")
def pixel_shuffle(call: Call) -> Made:
    return L.PixelShuffle(call["upscale_factor"])


@read.register("aten.pixel_unshuffle")
def pixel_unshuffle(call: Call) -> Made:
    return L.PixelUnshuffle(call["downscale_factor"])


@read.register("aten.channel_shuffle")
def channel_shuffle(call: Call) -> Made:
    return L.ChannelShuffle(call["groups"])
