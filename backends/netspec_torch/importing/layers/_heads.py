"""Attention by PyTorch's function, which with the matrices around it is a layer.

The function keeps what it read until the matrix behind it comes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from netspec import layers as L
from netspec.importing import Item, Made, Signal, Weight, parts_heads, window_of
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Held

PARTS = ("query", "key", "value")
ROUNDS = "PyTorch's own function of attention rounds otherwise than the layer"
BEHIND = "is a layer of netspec with nn.Linear behind it, which alone reads it"


@dataclass(frozen=True)
class Attention:
    """What was read of an attention before the matrix behind it.

    Attributes:
        layer: all of its fields.
        source: what it reads.
        weights: by their names in the layer.
    """

    layer: L.MultiHeadAttention
    source: Signal
    weights: Mapping[str, Weight]


class Projection(NamedTuple):
    """Queries, keys or values: what they are made of, and by which arrays."""

    source: Signal
    weights: Mapping[str, Weight]
    heads: int


@read.register("aten.scaled_dot_product_attention")
def attention(call: Call) -> Made:
    """Keep what it is for the matrix behind it."""
    found = [_projected(call, name) for name in PARTS]
    query, key, value = found
    dim = call.sizes[-1]
    biases = {"bias" in part.weights for part in found}
    if len({part.source for part in found}) > 1 or len(biases) > 1:
        raise call.refused("reads queries, keys and values of different kinds")
    if key.heads != value.heads or not (key.heads == query.heads or call["enable_gqa"]):
        raise call.refused("has other numbers of heads than a layer of netspec")
    scale = 1 / math.sqrt(dim) if call["scale"] is None else call["scale"]
    if not math.isclose(scale, 1 / math.sqrt(dim), rel_tol=1e-6):
        raise call.refused(f"scales by {scale}, where netspec has 1 / sqrt({dim})")
    source = query.source
    causal, window = _seen(call, source.shape[1])
    own = query.heads * dim == source.shape[2]
    layer = L.MultiHeadAttention(
        query.heads,
        key_heads=None if key.heads == query.heads else key.heads,
        head_dim=None if own else dim,
        causal=causal,
        window=window,
        bias=True in biases,
        dropout=call["dropout_p"],
    )
    weights = {
        f"{name}.{kind}": weight
        for name, part in zip(PARTS, found, strict=True)
        for kind, weight in part.weights.items()
    }
    call.kept[call.key] = Attention(layer, source, weights)
    raise call.refused(BEHIND)


def _projected(call: Call, name: str) -> Projection:
    """Go back to the matrix of queries, keys or values, or to their part of one."""
    signal = call[name]
    item = call.made_by(signal) if isinstance(signal, Signal) else None
    rows = None
    while item is not None and not isinstance(item.made, L.Dense):
        if isinstance(item.made, L.Slice) and rows is None and len(item.shape) == 2:
            rows = item.made
        elif not parts_heads(item):
            break
        item = call.made_by(call.read_by(item))
    fits = item is not None and (rows is None or (rows.axis, rows.step) == (2, 1))
    if item is None or not isinstance(item.made, L.Dense) or not fits:
        raise call.refused(
            f"reads {name} that no nn.Linear alone makes, such as by rotary positions;"
            " register a rule for its module"
        )
    weights = {kind: _part(weight, rows) for kind, weight in item.weights.items()}
    return Projection(call.read_by(item), weights, signal.shape[1])


def _part(weight: Weight, rows: L.Slice | None) -> Weight:
    """Take some rows of an array."""
    if rows is None:
        return weight
    stop = len(weight.values) if rows.stop is None else rows.stop
    origin = f"{weight.origin}[{rows.start}:{stop}]"
    return Weight(origin, np.ascontiguousarray(weight.values[rows.start : stop]))


def _seen(call: Call, length: int) -> tuple[bool, int | None]:
    """Return whether a position sees those before it alone, and how many of them."""
    seen = np.tril(np.ones((length, length), bool))
    seen = seen if call["is_causal"] else np.ones_like(seen)
    held = call.given("attn_mask")
    if held is not None:
        if (
            not isinstance(held, Held)
            or held.learned
            or held.tensor.numel() != seen.size
        ):
            raise call.refused("has a mask that is learned or computed")
        mask = held.tensor.reshape(length, length)
        if mask.dtype != torch.bool and not bool(((mask == 0) | mask.isneginf()).all()):
            raise call.refused("has a mask of other values than 0 and minus infinity")
        seen = seen & (mask if mask.dtype == torch.bool else mask == 0).numpy()
    found = window_of(seen)
    if found is None:
        raise call.refused("has a mask that is neither causal nor a window")
    return found


def with_matrix(call: Call) -> L.Layer | None:
    """Take the matrix behind an attention; None where there is none before."""
    signal = call.given("input")
    item = call.made_by(signal) if isinstance(signal, Signal) else None
    while item is not None and item.key not in call.kept:
        item = call.made_by(call.read_by(item)) if parts_heads(item) else None
    if item is None:
        return None
    return _whole(call, item)


def _whole(call: Call, item: Item) -> L.Layer:
    found: Attention = call.kept[item.key]
    call.weight("weight", "output.weight")
    biased = bool(call.weight("bias", "output.bias"))
    call.weights |= found.weights
    call.reads = (found.source,)
    if biased != found.layer.bias:
        raise call.refused("has a bias where its queries have none, or none; give all")
    call.note(ROUNDS)
    return found.layer
