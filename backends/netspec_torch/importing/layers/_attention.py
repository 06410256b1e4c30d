"""Attention, as PyTorch's own module computes it."""

from __future__ import annotations

from netspec import layers as L
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Held

PACKED = ("query", "key", "value")


@read.register_module("torch.nn.modules.activation.MultiheadAttention")
def attention(call: Call) -> L.Layer:
    """Take self-attention, whose one matrix for queries, keys and values is three."""
    module = call.module
    strange = {
        "batch_first=False": not module.batch_first,
        "other sizes of keys or values": module.in_proj_weight is None,
        "bias_k": module.bias_k is not None,
        "add_zero_attn": module.add_zero_attn,
        "a mask": any(map(call.is_foreign, call.arguments())),
    }
    if any(strange.values()):
        named = ", ".join(name for name, found in strange.items() if found)
        raise call.refused(f"has {named}, which MultiHeadAttention has not")
    for kind in ("weight", "bias"):
        split(call, kind)
        if getattr(module.out_proj, kind) is not None:
            call.own(f"out_proj.{kind}", f"output.{kind}")
    call.note("one projection to queries, keys and values is three here")
    return L.MultiHeadAttention(
        module.num_heads, bias=module.in_proj_bias is not None, dropout=module.dropout
    )


def split(call: Call, kind: str) -> None:
    """Take the three parts of a packed parameter, if there is one."""
    held = call.tensor(f"in_proj_{kind}")
    if not isinstance(held, Held):
        return
    size = call.module.embed_dim
    for place, name in enumerate(PACKED):
        start, stop = place * size, (place + 1) * size
        origin = f"{held.origin}[{start}:{stop}]"
        part = Held(held.tensor[start:stop], origin, held.learned)
        call.keep(part, f"{name}.{kind}")
