"""Tables of sines, and the base that one is made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netspec.contract import Array

Table = Callable[[int, int, float], Array]


def waves(positions: int, dim: int, base: float) -> Array:
    """Return sines in even columns and cosines in odd ones (Vaswani et al., 2017)."""
    turns = angles(positions, dim, base)
    pairs = np.stack([np.sin(turns), np.cos(turns)], axis=-1)
    return pairs.reshape(positions, -1)[:, :dim]


def turned(positions: int, dim: int, base: float) -> Array:
    """Return cosines and then sines, as of rotary positions (Su et al., 2021)."""
    turns = angles(positions, dim, base)
    return np.concatenate([np.cos(turns), np.sin(turns)], axis=-1)


def angles(positions: int, dim: int, base: float) -> Array:
    """Return ``t * base^(-2i / dim)`` for position t and pair i."""
    rates = [base ** (-2 * i / dim) for i in range((dim + 1) // 2)]
    return np.outer(np.arange(positions, dtype=np.float64), rates)


def base_of(table: Array, made: Table) -> float | None:
    """Return the base of which a table is made, to the last bit; None if it is not."""
    positions, dim = table.shape
    for base in candidates(table, made is waves):
        if np.array_equal(made(positions, dim, base).astype(table.dtype), table):
            return base
    return None


def candidates(table: Array, interleaved: bool) -> list[float]:
    """Return bases of few digits that the second pair of the second row may have."""
    positions, dim = table.shape
    found = [10000.0]
    at = 2 if interleaved else dim // 2 + 1
    if positions > 1 and dim > 2 and at < dim:
        sine = float(table[1, at])
        if 0 < sine < 1:
            near = float(np.arcsin(sine)) ** (-dim / 2)
            found += [float(f"{near:.{digits}g}") for digits in range(1, 8)]
    return found
