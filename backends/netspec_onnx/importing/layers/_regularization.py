"""Layers that draw at random in training."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule


@rule("Dropout", anywhere=True)
def dropout(call: Call) -> Made:
    """Take the rate, an attribute before version 12."""
    if call.scalar(2):
        raise call.refused("draws in evaluation, too; write the file in evaluation")
    rate = call.scalar(1)
    if rate is None:
        rate = call.number("ratio", 0.5)
    call.reads = (call.data,)
    return L.Dropout(rate) if rate else call.data
