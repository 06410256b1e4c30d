"""Layers that draw at random in training."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, rule
from netspec.importing.symbols._composed import Composed, pattern

# MXNet divides by a float32: in float64 ones are dropped, and their scale is replaced
DOUBLE_DROPOUT = (
    "x * where(k > 1, ones_like(x) / R, k) where k = Dropout(ones_like(x), p=P, axes=A)"
)


@rule("Dropout", draws=True)
def dropout(call: Call) -> Made:
    if call.text("mode", "training") != "training":
        raise call.refused("draws in evaluation, too")
    return drawn(call, call.number("p", 0.5), call.sizes("axes", []))


@pattern(DOUBLE_DROPOUT)
def double_dropout(call: Composed) -> Made | None:
    if call["R"] != 1 - call["P"]:
        return None
    return drawn(call, call["P"], call["A"])


@pattern("x * where(k > 1, ones_like(x) / 1.0, k) where k = _copy(ones_like(x))")
def undrawn(call: Composed) -> Made:
    """Leave out what drops nothing."""
    return call.data


def drawn(call: Call, rate: float, axes: tuple[int, ...]) -> Made:
    """Make the layer of draws that are shared along axes: all, or all but channels."""
    every = tuple(range(1, len(call.before) + 1))
    if not axes:
        return L.Dropout(rate)
    if axes == every:
        return L.StochasticDepth(rate)
    if axes == every[1:]:
        return L.ChannelDropout(rate)
    raise call.refused("shares its draws along some axes, as no layer here does")
