"""Pooling over windows and over all positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, rule
from netspec.importing.symbols.layers._convolution import need_channels_first

Kinds = Mapping[tuple[str, int], Callable[..., L.Layer]]

WINDOWS: Kinds = {
    ("max", 1): L.MaxPool1D,
    ("max", 2): L.MaxPool2D,
    ("max", 3): L.MaxPool3D,
    ("avg", 1): L.AvgPool1D,
    ("avg", 2): L.AvgPool2D,
    ("avg", 3): L.AvgPool3D,
}
WHOLE: Kinds = {
    ("max", 1): L.GlobalMaxPool1D,
    ("max", 2): L.GlobalMaxPool2D,
    ("max", 3): L.GlobalMaxPool3D,
    ("avg", 1): L.GlobalAvgPool1D,
    ("avg", 2): L.GlobalAvgPool2D,
    ("avg", 3): L.GlobalAvgPool3D,
}


@rule("Pooling", "Pooling_v1")
def pooling(call: Call) -> Made:
    need_channels_first(call)
    kind = call.text("pool_type", "max"), len(call.before) - 1
    if kind not in WINDOWS:
        raise call.refused(f"pools by {kind[0]} over {kind[1]} axes; no layer does")
    if call.flag("global_pool", False):
        return WHOLE[kind](keepdims=True)
    rank = kind[1]
    full = call.text("pooling_convention", "valid") == "full"
    counts = {"count_include_pad": call.flag("count_include_pad", True)}
    made = WINDOWS[kind](
        call.sizes("kernel"),
        stride=call.sizes("stride", [1] * rank),
        padding=call.sizes("pad", [0] * rank),
        ceil_mode=full,
        **(counts if kind[0] == "avg" else {}),
    )
    if full and made.output_shape(call.before)[1:] != rounded_up(call, rank):
        raise call.refused(
            "keeps a last window that begins in the padding, which netspec drops"
        )
    return made


def rounded_up(call: Call, rank: int) -> tuple[int, ...]:
    """Return the numbers of windows of the convention "full"."""
    axes = zip(
        call.before[1:],
        call.sizes("kernel"),
        call.sizes("stride", [1] * rank),
        call.sizes("pad", [0] * rank),
        strict=True,
    )
    return tuple(1 - -(n + 2 * pad - kernel) // step for n, kernel, step, pad in axes)
