"""Layers that draw at random in training."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, rule


@rule("Dropout")
def dropout(call: Call) -> Made:
    if call.sizes("axes", []):
        raise call.without("Dropout", "axes")
    if call.text("mode", "training") != "training":
        raise call.refused("draws in evaluation, too")
    return L.Dropout(call.number("p", 0.5))
