"""One value for all along some axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing.layers._sizes import largest

OPS = {
    "ReduceL2": "l2",
    "ReduceMax": "max",
    "ReduceMean": "mean",
    "ReduceMin": "min",
    "ReduceSum": "sum",
}


@rule(*OPS, anywhere=True)
def reduced(call: Call) -> Made:
    if call.name == "ReduceMax" and (pool := largest(call)):
        return pool
    axes = call.integers(1, "axes") or []
    if not axes and call.whole("noop_with_empty_axes", 0):
        return call.data
    if not axes:
        raise call.refused("reduces the batch axis; name the other axes")
    found = sorted(call.axis(axis) for axis in axes)
    keep = bool(call.whole("keepdims", 1))
    if not keep:
        for axis in reversed(found):
            call.without_axis(axis)
    return L.Reduce(found, op=OPS[call.name], keepdims=keep)
