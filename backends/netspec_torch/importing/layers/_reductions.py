"""One value for all along some axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Join, Made, Piled
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read


def reduced(call: Call, op: str) -> L.Layer:
    axes = call["dim"]
    rank = len(call.signal.shape)
    if not axes or 0 in [axis % rank for axis in axes]:
        raise call.refused("reduces the batch axis; name the other axes")
    return L.Reduce(axes, op=op, keepdims=call["keepdim"])


@read.register("aten.mean")
def mean(call: Call) -> L.Layer:
    return reduced(call, "mean")


@read.register("aten.sum")
def total(call: Call) -> L.Layer:
    return reduced(call, "sum")


@read.register("aten.amax")
def largest(call: Call) -> Made:
    piled = call.given("self")
    if isinstance(piled, Piled):
        if call["dim"] != [0] or call["keepdim"]:
            raise call.refused("stacks values before the batch axis")
        call.reads = piled.signals
        return Join("maximum")
    return reduced(call, "max")


@read.register("aten.amin")
def smallest(call: Call) -> L.Layer:
    return reduced(call, "min")


@read.register("aten.linalg_vector_norm")
def norm(call: Call) -> L.Layer:
    if call["ord"] != 2:
        raise call.without("Reduce", "ord")
    return reduced(call, "l2")
