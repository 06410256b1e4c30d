"""Normalizations that a file writes in pieces."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netspec import layers as L
from netspec.importing import Item, Join, Signal
from netspec.layers import Layer, Shape
from netspec_onnx.importing._call import Call


def grouped(call: Call, after: Shape) -> Layer | None:
    """Recognize groups of channels that are each normalized as one, by the shape that
    all have again; None where it is something else.
    """
    signal = call.given("0")
    norm = call.made_by(signal) if isinstance(signal, Signal) else None
    if norm is None or not isinstance(norm.made, L.InstanceNorm):
        return None
    split = _before(call, norm)
    if split is None or not isinstance(split.made, L.Reshape) or not unscaled(norm):
        return None
    source = call.read_by(split)
    groups = split.shape[0]
    if source.shape != after or source.shape[1] % groups or len(after) < 3:
        return None
    call.reads = (source,)
    return L.GroupNorm(groups, eps=norm.made.eps, scale=False, center=False)


def unscaled(norm: Item) -> bool:
    """Tell whether a normalization multiplies by ones and adds zeros, if anything."""
    neutral = {"weight": 1, "bias": 0}
    return all(np.all(w.values == neutral[k]) for k, w in norm.weights.items())


def local_response(call: Call) -> Layer | None:
    """Recognize a value over a power of the mean square of channels around it, as
    PyTorch's exporters write it; None where it is something else.
    """
    above, power = call.given("0"), call.made_by(call.given("1"))
    plus = _before(call, power)
    mean = _before(call, plus)
    if power is None or power.operation != "Pow" or plus is None or mean is None:
        return None
    how, pooled = plus.made, _before(call, mean)
    while pooled is not None and isinstance(pooled.made, L.Reshape):
        pooled = _before(call, pooled)
    pad = _before(call, pooled)
    square = _before(call, _before(call, pad))
    if not (pooled and pad and square and isinstance(how, L.Rescale)):
        return None
    if square.made != Join("multiply") or set(square.reads) != {above.key}:
        return None
    size = pad.shape[1] - pad_before(call, pad) + 1
    ends = ((size // 2, (size - 1) // 2), (0, 0), (0, 0))
    window = L.AvgPool3D((size, 1, 1), stride=1)
    if pad.made != L.Pad3D(ends) or not same_pool(pooled.made, window):
        return None
    if not isinstance(mean.made, L.Rescale) or mean.made.offset:
        return None
    return _response(call, above, size, mean.made.scale, how.offset)


def pad_before(call: Call, pad: Item) -> int:
    return call.shapes[pad.reads[0]][2]


def same_pool(made: object, window: L.AvgPool3D) -> bool:
    """Tell whether a pool has a window, apart from what its padding counts as."""
    if not isinstance(made, L.AvgPool3D) or any(made.padding):
        return False
    return (made.kernel_size, made.stride) == (window.kernel_size, window.stride)


def _response(
    call: Call, above: Signal, size: int, alpha: object, k: object
) -> Layer | None:
    beta = call.around.exponents.get(call.given("1").key)
    if beta is None or not isinstance(alpha, float) or not isinstance(k, float):
        return None
    call.reads = (above,)
    return L.LocalResponseNorm(size, alpha=alpha, beta=beta, k=k)


def normalized(call: Call) -> Layer | None:
    """Recognize a value over the root of a mean square of it: RMSNorm, and LayerNorm
    where its mean was taken away; None where it is neither.
    """
    for place, other in (("0", "1"), ("1", "0")):
        above, below = call.given(place), call.made_by(call.given(other))
        if below is not None and call.name == "Mul":
            below = _before(call, below) if below.operation == "Reciprocal" else None
        found = _root(call, below, above.key)
        if found is not None:
            eps, axes = found
            source = _centered(call, call.made_by(above), axes)
            call.reads = (above if source is None else source,)
            if source is None:
                return L.RMSNorm(eps, axes=axes, scale=False)
            return L.LayerNorm(eps, axes=axes, scale=False, center=False)
        if call.name == "Div":
            break
    return None


def _before(call: Call, item: Item | None) -> Item | None:
    return None if item is None else call.items.get(item.reads[0])


def _root(call: Call, item: Item | None, key: str) -> tuple[float, int] | None:
    """Read the root of eps and a mean square: eps, and of how many axes."""
    if item is None or item.operation != "Sqrt":
        return None
    plus = _before(call, item)
    mean = plus and _before(call, plus)
    if plus is None or mean is None or not isinstance(plus.made, L.Rescale):
        return None
    square, axes = _before(call, mean), _trailing(mean)
    if square is None or axes is None or square.made != Join("multiply"):
        return None
    base, eps = call.items.get(key), plus.made.offset
    own = base is not None and _same(call.items, base, square.reads[0])
    same = set(square.reads) == {key} or (own and len(set(square.reads)) == 1)
    return (eps, axes) if same and isinstance(eps, float) else None


def _same(items: Mapping[str, Item], item: Item, key: str) -> bool:
    """Tell whether a value is made as another is: files take a mean away twice."""
    other = items.get(key)
    return other is not None and (other.made, other.reads) == (item.made, item.reads)


def _trailing(item: Item) -> int | None:
    """Return of how many last axes a value is the mean."""
    made, rank = item.made, len(item.shape) + 1
    if not isinstance(made, L.Reduce) or made.op != "mean" or not made.keepdims:
        return None
    axes = sorted(axis % rank for axis in made.axes)
    return len(axes) if axes == list(range(rank - len(axes), rank)) else None


def _centered(call: Call, item: Item | None, axes: int) -> Signal | None:
    """Return the value whose mean is taken away; None if none is."""
    if item is None or item.made != Join("subtract"):
        return None
    mean = call.items.get(item.reads[1])
    if mean is None or mean.reads != item.reads[:1] or _trailing(mean) != axes:
        return None
    return call.read_by(item)
