"""Layers that draw at random in training."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read


@read.register("aten.dropout")
def dropout(call: Call) -> Made:
    if call["train"] and not call.train:
        raise call.refused("draws in evaluation, too; give F.dropout training=False")
    if call.train and not call["train"]:
        return call.signal
    return L.Dropout(call["p"])
