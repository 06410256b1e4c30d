"""Layers that draw at random in training."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read


@read.register("aten.dropout")
def dropout(call: Call) -> Made:
    return call.signal if never(call) else L.Dropout(call["p"])


@read.register("aten.feature_dropout")
def channel_dropout(call: Call) -> Made:
    return call.signal if never(call) else L.ChannelDropout(call["p"])


def never(call: Call) -> bool:
    """Tell whether it does nothing, in training either."""
    if call["train"] and not call.train:
        raise call.refused("draws in evaluation, too; give F.dropout training=False")
    return bool(call.train and not call["train"])
