"""Convolutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from netspec import layers as L
from netspec.layers import Conv, Ends, conv_padding
from netspec.program import Call, Expr, call, one
from netspec.spec import Placed
from netspec_keras._initializers import KERNEL, drawn
from netspec_keras._lowering import Context, native, register

WHY = "Keras refuses stride and dilation together: all windows, then each stride-th"


@register
def conv(
    layer: L.Conv1D | L.Conv2D | L.Conv3D, node: Placed, ctx: Context
) -> list[Call]:
    rank, ends = len(layer.kernel_size), conv_padding(layer, node.input_shape)
    apart = max(layer.stride) > 1 and max(layer.dilation) > 1
    same = is_same(layer, ends)
    made = native(
        f"Conv{rank}D",
        layer.channels,
        one(layer.kernel_size),
        strides=1 if apart else one(layer.stride),
        padding="same" if same else "valid",
        dilation_rate=one(layer.dilation),
        groups=layer.groups,
        use_bias=layer.bias,
        **drawn(node, KERNEL),
    )
    calls = [*([] if same else zeros(ends)), made]
    if apart:
        thin = call(f"keras.layers:MaxPooling{rank}D", 1, strides=one(layer.stride))
        calls.append(replace(thin, comment=WHY))
    return calls


def is_same(layer: Conv, ends: Ends) -> bool:
    """Tell whether padding is what Keras calls the same."""
    sizes = zip(layer.dilation, layer.kernel_size, strict=True)
    spans = [d * (k - 1) for d, k in sizes]
    wanted = tuple((span // 2, span - span // 2) for span in spans)
    return max(layer.stride) == 1 and ends == wanted and any(map(any, ends))


Margins: TypeAlias = tuple[tuple[int, ...], ...]


def zeros(ends: Ends) -> Iterator[Call]:
    """Yield the layer that adds zeros to examples, channels last, if any are wanted."""
    if any(map(any, ends)):
        yield call(f"keras.layers:ZeroPadding{len(ends)}D", shortest(ends))


def shortest(ends: Margins) -> Expr:
    """Shorten padding that is equal at both ends, ``((1, 1), (1, 1))`` to ``1``."""
    if all(before == after for before, after in ends):
        return one(tuple(before for before, _ in ends))
    return ends[0] if len(ends) == 1 else ends
