"""RNN, LSTM and GRU: products with the whole input, then cells over the positions."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

import numpy as np

from netspec.layers import GRU, LSTM, RNN, Recurrent
from netspec.reference import _cells as cells
from netspec.reference._evaluation import Array, Pullback, Scope, forward

Cell = Callable[[Array, cells.Hidden], tuple[Array, cells.Back]]


@singledispatch
def _cell(layer: Recurrent, scope: Scope) -> Cell:
    """Return the recurrence of a layer."""
    raise NotImplementedError(type(layer).__name__)


@_cell.register
def _rnn(layer: RNN, scope: Scope) -> Cell:
    def pin(s: Array) -> tuple[Array, Array]:
        return scope.pin(s, lambda s: ~(s <= 0), (0.0,))  # NaN passes

    chosen = pin if layer.activation == "relu" else None
    return lambda a, u: cells.rnn(a, u, scope.ops, chosen)


@_cell.register
def _lstm(layer: LSTM, scope: Scope) -> Cell:
    return lambda a, u: cells.lstm(a, u, scope.ops)


@_cell.register
def _gru(layer: GRU, scope: Scope) -> Cell:
    cell = cells.gru if layer.reset_after else cells.gru_reset_before
    return lambda a, u: cell(a, u, scope.ops)


def _recurrent(layer: Recurrent, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    cell, ops = _cell(layer, scope), scope.ops
    made = [_one_way(x, cell, scope, end, last) for end, last in layer.ways]
    outputs, backs = zip(*made, strict=True)

    def pullback(dy: Array) -> Array:
        parts = np.split(dy, len(backs), axis=-1)
        first, *rest = (back(part) for back, part in zip(backs, parts, strict=True))
        return ops.value(first + rest[0]) if rest else first

    return np.concatenate(outputs, axis=-1), pullback


for kind in (RNN, LSTM, GRU):
    forward.register(kind, _recurrent)


def _one_way(
    x: Array, cell: Cell, scope: Scope, end: str, last: bool
) -> tuple[Array, Pullback]:
    """Compute (n, positions, units) of (n, positions, in) in one direction.

    Args:
        x: the input.
        cell: the recurrence.
        scope: of the layer.
        end: of the names of the parameters.
        last: whether the last position is read first.
    """
    ops, order = scope.ops, slice(None, None, -1 if last else 1)
    wi, wh = (scope.param(f"weight_{part}_l0{end}") for part in ("ih", "hh"))
    bi, bh = (scope.optional(f"bias_{part}_l0{end}") for part in ("ih", "hh"))
    read = np.ascontiguousarray(x.swapaxes(0, 1)[order])  # positions first
    a = ops.contract(np.matmul, read.shape[-1], read, wi.T)
    a = a if bi is None else ops.value(a + bi)
    hs, cell_back = cell(a, cells.Hidden(wh, bh))

    def pullback(dy: Array) -> Array:
        grads = cell_back(dy.swapaxes(0, 1)[order])
        scope.grad(f"weight_hh_l0{end}", grads.weight)
        if bh is not None:
            scope.grad(f"bias_hh_l0{end}", grads.bias)
        rows = grads.a.reshape(-1, len(wi))
        flat = ops.value(read.reshape(len(rows), -1))
        weight = ops.contract(np.matmul, len(rows), rows.T, flat)
        scope.grad(f"weight_ih_l0{end}", weight)
        if bi is not None:
            bias = ops.contract(lambda d: d.sum(axis=0), len(rows), rows)
            scope.grad(f"bias_ih_l0{end}", bias)
        dx = ops.contract(np.matmul, len(wi), grads.a, wi)
        return dx[order].swapaxes(0, 1)

    return hs[order].swapaxes(0, 1), pullback
