"""Attention, which is a layer of netspec together with the matrices around it.

The operation keeps what it read until the matrix behind it comes, and that until its
bias does, where queries have one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.importing import (
    Item,
    Made,
    Signal,
    Value,
    Weight,
    parts_heads,
    window_of,
)
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import Held

EPS = 1e-6  # of the normalization of queries and keys
PARTS = ("query", "key", "value")
BEHIND = "is a layer of netspec with a matrix behind it, which alone reads it"
WITHOUT_BIAS = "has no bias behind it, where its queries have one; give it zeros"


@dataclass(frozen=True)
class Attention:
    """What was read of an attention so far.

    Attributes:
        layer: without what follows.
        source: what it reads.
        weights: by their names in the layer.
        whole: whether all but the last bias was read.
    """

    layer: L.MultiHeadAttention
    source: Signal
    weights: Mapping[str, Weight]
    whole: bool = False


@dataclass(frozen=True)
class Projection:
    """Queries, keys or values.

    Attributes:
        dense: the matrix that makes them.
        norm: what divides them by their root mean square; None for nothing.
        heads: how many.
        dim: channels of each.
    """

    dense: Item
    norm: Item | None
    heads: int
    dim: int


@rule("Attention")
def attention(call: Call) -> Made:
    """Keep what it is for the matrix behind it."""
    if len(call.data.shape) not in (3, 4):
        raise call.refused("reads no batch of positions with channels")
    _check(call)
    found = [_projected(call, place) for place in range(3)]
    query, key, value = found
    sources = {part.dense.reads for part in found}
    biases = {"bias" in part.dense.weights for part in found}
    alike = (key.heads, key.dim) == (value.heads, value.dim) and key.dim == query.dim
    norms = {part.norm is None for part in (query, key)}
    single = len(sources) == len(biases) == len(norms) == 1
    if not (alike and single and value.norm is None):
        raise call.refused("reads queries, keys and values of different kinds")
    source = call.read_by(query.dense)
    length, channels = source.shape[1:]
    causal, window = _seen(call, length)
    own = query.heads * query.dim == channels
    layer = L.MultiHeadAttention(
        query.heads,
        key_heads=None if key.heads == query.heads else key.heads,
        head_dim=None if own else query.dim,
        causal=causal,
        window=window,
        bias=True in biases,
        normalize=query.norm is not None,
    )
    weights = dict(_weights(found))
    call.around.attentions[call.key] = Attention(layer, source, weights)
    first = call.data.shape
    call.shape = (*first[:-1], query.heads * query.dim) if len(first) == 3 else first
    raise call.refused(BEHIND)


def _check(call: Call) -> None:
    """Refuse what a layer of netspec has not."""
    strange = [name for name in ("softcap",) if call.attributes.get(name)]
    strange += ["past keys"] if any(call.given(str(n)) for n in range(4, 7)) else []
    if strange:
        raise call.refused(
            f"has {', '.join(strange)}, which MultiHeadAttention has not"
        )


def _weights(found: list[Projection]) -> list[tuple[str, Weight]]:
    parts = list(zip(PARTS, found, strict=True))
    held = [
        (f"{name}.{key}", weight)
        for name, part in parts
        for key, weight in part.dense.weights.items()
    ]
    return held + [
        (f"{name}_norm.weight", part.norm.weights["weight"])
        for name, part in parts
        if part.norm is not None
    ]


def _projected(call: Call, place: int) -> Projection:
    """Find what makes queries, keys or values: a matrix, and heads by their shape."""
    name, signal = PARTS[place], call.given(str(place))
    item = call.made_by(signal) if isinstance(signal, Signal) else None
    heads = call.whole("kv_num_heads" if place else "q_num_heads", 0)
    dense, norm = _stem(call, item, heads)
    if dense is None or not isinstance(dense.made, L.Dense):
        raise call.refused(
            f"reads {name} that no matrix alone makes, such as by rotary positions;"
            " netspec reads that from PyTorch"
        )
    assert isinstance(signal, Signal)
    heads = signal.shape[1] if len(signal.shape) == 4 else heads
    units = dense.shape[-1]
    if heads < 1 or units % heads:
        raise call.refused(f"has {heads} heads of {units} channels")
    dim = units // heads
    scale = call.number("scale", 1 / math.sqrt(dim))
    if not math.isclose(scale, 1 / math.sqrt(dim), rel_tol=1e-6):
        raise call.refused(f"scales by {scale}, where netspec has 1 / sqrt({dim})")
    return Projection(dense, norm, heads, dim)


def _stem(call: Call, item: Item | None, heads: int) -> tuple[Item | None, Item | None]:
    """Go back through what only parts channels into heads, and a normalization."""
    norm = None
    while item is not None and not isinstance(item.made, L.Dense):
        before = call.made_by(call.read_by(item))
        if isinstance(item.made, L.RMSNorm) and norm is None:
            made = item.made
            if made.axes != 1 or not made.scale or not math.isclose(made.eps, EPS):
                return None, None
            norm = item
        elif not parts_heads(item):
            return None, None
        item = before
    return item, norm


def _seen(call: Call, length: int) -> tuple[bool, int | None]:
    """Return whether a position sees those before it alone, and how many of them."""
    ages = np.subtract.outer(np.arange(length), np.arange(length))
    seen = ages >= 0 if call.whole("is_causal", 0) else np.full_like(ages, True, bool)
    held = call.given("3")
    if held is not None:
        seen = seen & _allowed(call, held, length)
    found = window_of(seen)
    if found is None:
        raise call.refused("has a mask that is neither causal nor a window")
    return found


def _allowed(call: Call, held: Value, length: int) -> Array:
    """Read which query, a row, sees which key."""
    mask = held.array if isinstance(held, Held) else np.zeros(())
    hides = mask.dtype == bool or bool(np.isneginf(mask).any())
    if mask.shape[-2:] != (length, length) or mask.size != length**2 or not hides:
        raise call.refused("has a mask that is learned or computed")
    flat = mask.reshape(length, length)
    if flat.dtype != bool and not np.isin(flat, (0, -np.inf)).all():
        raise call.refused("has a mask of other values than 0 and minus infinity")
    return np.asarray(flat if flat.dtype == bool else flat == 0)


def with_matrix(call: Call) -> Made | None:
    """Take the matrix behind an attention; None where there is none before."""
    item = call.made_by(call.data)
    while item is not None and item.key not in call.around.attentions:
        if not isinstance(item.made, L.Reshape | L.Permute) or not parts_heads(item):
            return None
        item = call.made_by(call.read_by(item))
    if item is None or (found := call.around.attentions[item.key]).whole:
        return None
    weight = call.parameter(1, "output.weight", np.transpose)
    call.weights |= found.weights
    if found.layer.bias:
        held = Attention(found.layer, found.source, dict(call.weights), True)
        call.around.attentions[call.key] = held
        call.shape = (*found.source.shape[:-1], len(weight))
        call.reads = (found.source,)
        raise call.refused(WITHOUT_BIAS)
    call.reads = (found.source,)
    return found.layer


def with_last_bias(call: Call, signal: Signal, held: Held) -> Made | None:
    """Take the bias behind that matrix; None where there is none before."""
    found: Any = call.around.attentions.get(signal.key)
    if found is None or not found.whole:
        return None
    call.weights |= found.weights
    call.keep(held.origin, "output.bias", held.array.reshape(-1))
    call.reads = (found.source,)
    layer: L.MultiHeadAttention = found.layer
    return layer
