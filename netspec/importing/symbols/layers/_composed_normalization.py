"""Normalizations that come as several operations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._composed import Composed, affine, pattern

OTHERS = "exclude=True, keepdims=True"


def scale_and_shift(call: Composed, *sizes: int) -> dict[str, Any]:
    """Take the arrays that a normalization has, and return the fields that say so."""
    fields: dict[str, Any] = {}
    for letter, name, field in [("g", "weight", "scale"), ("b", "bias", "center")]:
        fields[field] = letter in call.bound
        if letter in call.bound:
            call.held(letter, name, sizes)
    return fields


@pattern(
    "x * rsqrt(mean(square(x), axis=A, keepdims=True) + E) * g",
    "x * rsqrt(mean(square(x), axis=A, keepdims=True) + E)",
)
def rms_norm(call: Composed) -> Made:
    given = call["A"] if isinstance(call["A"], tuple) else (call["A"],)
    count, rank = len(given), len(call.before) + 1
    if {axis % rank for axis in given} != set(range(rank)[-count:]):
        return None
    fields = scale_and_shift(call, *call.before[-count:])
    del fields["center"]
    return L.RMSNorm(call["E"], axes=count, **fields)


@pattern(
    *affine(
        f"c * rsqrt(mean(square(c), axis=1, {OTHERS}) + E)"
        f" where c = x - mean(x, axis=1, {OTHERS})"
    )
)
def batch_statistics_norm(call: Composed) -> Made:
    fields = scale_and_shift(call, call.before[0])
    return L.BatchNorm(eps=call["E"], statistics="batch", **fields)


@pattern(
    *affine(
        "reshape_like(c * rsqrt(mean(square(c), axis=2, keepdims=True) + E), x)"
        " where c = d - mean(d, axis=2, keepdims=True)"
        " where d = reshape(x, shape=(0, A, -1))"
    )
)
def group_norm(call: Composed) -> Made:
    fields = scale_and_shift(call, call.before[0])
    return L.GroupNorm(call["A"], eps=call["E"], **fields)


@pattern("reshape_like(LayerNorm(reshape(x, shape=A), g, b, **K), x)")
def layer_norm(call: Composed) -> Made:
    axes = len(call.before) + 2 - len(call["A"])
    if any(call["A"][:-1]) or call["A"][-1] != -1 or call["K"].get("axis") != "-1":
        return None
    made = call.operation("LayerNorm", [call["g"], call["b"]], call["K"])
    assert isinstance(made, L.LayerNorm)
    sizes = call.before[-axes:]
    for name, held in call.weights.items():
        call.take(name, held.origin, held.values.reshape(sizes))
    return replace(made, axes=axes)


@pattern(
    "reshape_like(BatchNorm(reshape(x, shape=(0, 0, 0, -1)), *ps, **K), x)",
    "squeeze(BatchNorm(expand_dims(x, axis=3), *ps, **K), axis=3)",
)
def batch_norm(call: Composed) -> Made:
    """Leave out what makes an image of lines and volumes."""
    return call.operation("BatchNorm", call["ps"], call["K"])


@pattern(
    "x * reshape_like((m * A + C) ** B, x)"
    " where m = Pooling(q, kernel=(N, 1), pool_type='avg')"
    " where q = pad(s, mode='constant', pad_width=(0, 0, 0, 0, L, H, 0, 0))"
    " where s = expand_dims(reshape(square(x), shape=(0, 0, -1)), axis=1)"
)
def local_response_norm(call: Composed) -> Made:
    size = call["N"]
    if (call["L"], call["H"]) != (size // 2, (size - 1) // 2):
        return None
    return L.LocalResponseNorm(size, alpha=call["A"], beta=-call["B"], k=call["C"])
