"""Reductions whose gradients are given with them."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._graph import Join
from netspec.importing._operation import Made
from netspec.importing.symbols._composed import Composed, pattern

SHARED = "BlockGrad(w / sum(w, axis=A, keepdims=True))"
LARGEST = (
    f"sum(where(w, y * {SHARED}, zeros_like(y)), axis=A, **K)"
    " where w = broadcast_equal(y, max(y, axis=A, keepdims=True))"
)


def reduced(call: Composed, op: str) -> Made:
    keeps = call["K"].get("keepdims", "False") == "True"
    return L.Reduce(call["A"], op=op, keepdims=keeps)


@pattern(LARGEST.replace("y", "x"))
def largest(call: Composed) -> Made:
    stacked = call.find("stack(*ys, axis=0)", call["x"])
    if call["A"] == 0 and stacked:
        return maximum(call, stacked["ys"])
    return reduced(call, "max")


def maximum(call: Composed, operands: tuple[tuple[int, int], ...]) -> Made:
    """Join values, of which some may be broadcast to the shape of all."""
    wide = [call.find("broadcast_to(z, shape=S)", one) for one in operands]
    found = [
        call.value_of(one if of is None else of["z"])
        for one, of in zip(operands, wide, strict=True)
    ]
    call.reads = tuple(found)
    return Join("maximum")


@pattern(f"-{LARGEST} where y = -x")
def smallest(call: Composed) -> Made:
    return reduced(call, "min")


@pattern(
    "where(s > 0, sqrt(where(s > 0, s, ones_like(s))), s)"
    " where s = sum(square(x), axis=A, **K)"
)
def root(call: Composed) -> Made:
    return reduced(call, "l2")


@pattern(
    "_linalg_gemm2(broadcast_to(x, shape=A), broadcast_to(y, shape=B))",
    "linalg_gemm2(broadcast_to(x, shape=A), broadcast_to(y, shape=B))",
)
def product(call: Composed) -> Made:
    call.reads = call.signal_of("x"), call.signal_of("y")
    return Join("matmul")
