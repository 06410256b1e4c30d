"""Resizing of positions, and pools that give a size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, rule
from netspec.importing.symbols._composed import Composed, pattern

RESIZED = {1: L.Upsample1D, 2: L.Upsample2D, 3: L.Upsample3D}
INDEX = "_arange(start=0, stop=M, step=1, repeat=1)"


def along(call: Call, axis: int, size: int, readers: int = 1, **how: Any) -> Made:
    """Resize one axis, together with those that were resized just before."""
    rank = len(call.before) - 1
    if rank not in RESIZED or axis < 2:
        raise call.refused("repeats values along an axis that is no position")
    signal, sizes = call.data, list(call.before[1:])
    sizes[axis - 2] = size
    last = call.made_by(signal)
    if (
        last
        and isinstance(last.made, tuple(RESIZED.values()))
        and call.uses[signal.key] <= readers
    ):
        first = call.read_by(last)
        alike = {name: getattr(last.made, name) for name in ("mode", "align_corners")}
        whole = first.shape[axis] == signal.shape[axis]
        if whole and alike == {"mode": "nearest", "align_corners": False} | how:
            signal = first
    call.reads = (signal,)
    return resized(signal.shape[2:], tuple(sizes), how)


def resized(
    before: tuple[int, ...], after: tuple[int, ...], how: Mapping[str, Any]
) -> L.Layer:
    """Say a factor where there is one."""
    pairs = list(zip(before, after, strict=True))
    if all(m % n == 0 for n, m in pairs):
        return RESIZED[len(before)]([m // n for n, m in pairs], **how)
    return RESIZED[len(before)](size=after, **how)


@rule("UpSampling")
def up_sampling(call: Call) -> Made:
    if call.text("sample_type", "") != "nearest" or len(call.arguments()) > 1:
        raise call.without("Upsample", "sample_type")
    factor = call.whole("scale")
    return L.Upsample2D(factor)


@rule("repeat")
def repeat(call: Call) -> Made:
    axis = call.whole("axis", 0) % (len(call.before) + 1)
    return along(call, axis, call.data.shape[axis] * call.whole("repeats"))


@pattern(f"take(x, floor({INDEX} * N / M), axis=A)")
def nearest(call: Composed) -> Made:
    if call["N"] != call.data.shape[call["A"]]:
        return None
    return along(call, call["A"], call["M"])


@pattern(
    "l + (h - l) * reshape(s, shape=R)"
    " where l = take(x, t + 0, axis=A)"
    " where h = take(x, t + 1, axis=A)"
    f" where t = floor(maximum({INDEX} * S + T, 0) / B)"
    " where s = (p - floor(p / B) * B) / B"
    " where p = maximum(_contrib_arange_like(l, axis=A) * S + T, 0)"
)
def linear(call: Composed) -> Made:
    n, m = call.data.shape[call["A"]], call["M"]
    line = call["S"], call["T"], call["B"]
    if line == (n - 1, 0, max(m - 1, 1)):
        return along(call, call["A"], m, 2, mode="linear", align_corners=True)
    if line == (2 * n, n - m, 2 * m):
        return along(call, call["A"], m, 2, mode="linear")
    return None


@rule("_contrib_AdaptiveAvgPooling2D")
def adaptive_mean(call: Call) -> Made:
    sizes = call.sizes("output_size", [1])
    return L.AdaptiveAvgPool2D(sizes if len(sizes) > 1 else sizes[0])


MEANS = "_contrib_AdaptiveAvgPooling2D"


@pattern(f"squeeze({MEANS}(expand_dims(x, axis=2), output_size=(1, N)), axis=2)")
def adaptive_mean_of_lines(call: Composed) -> Made:
    return L.AdaptiveAvgPool1D(call["N"])


@pattern(
    "transpose(reshape(e, shape=(0, 0, -4, H, W, 0)), axes=(0, 1, 4, 2, 3))"
    f" where e = {MEANS}(reshape(r, shape=(0, 0, -3, 0)), output_size=(S, N))"
    " where r = transpose(reshape_like(y, x, lhs_begin=1, lhs_end=2, rhs_begin=1,"
    " rhs_end=3), axes=(0, 1, 3, 4, 2))"
    f" where y = {MEANS}(reshape(x, shape=(0, -3, -2)), output_size=(H, W))"
)
def adaptive_mean_of_volumes(call: Composed) -> Made:
    return L.AdaptiveAvgPool3D([call["N"], call["H"], call["W"]])
