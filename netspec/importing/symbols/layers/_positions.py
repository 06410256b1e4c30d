"""Learned and fixed positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing._tables import base_of, waves
from netspec.importing.symbols._call import Held
from netspec.importing.symbols._composed import Composed, pattern

FIRST = "slice_axis(x, axis=A, begin=0, end=1)"


@pattern("x + slice_like(w, x, axes=-2)")
def position_embedding(call: Composed) -> Made:
    """Take a table that is one of sines for what it is."""
    held = call.value("w")
    if not isinstance(held, Held) or held.array.ndim < 2:
        return None
    table = held.array.reshape(held.array.shape[-2:])
    base = base_of(table, waves)
    if base is not None and len(table) == call.before[-2]:
        return L.SinusoidalPosition(base)
    if held.fixed:
        return None  # it would be trained
    call.held("w", "weight", table.shape)
    return L.PositionEmbedding(len(table))


@pattern(f"concat(zeros_like({FIRST}) + w, x, dim=A)")
def class_token(call: Composed) -> Made:
    if call["A"] != len(call.before) - 1:
        return None
    call.held("w", "weight", call.before[-1:])
    return L.ClassToken()
