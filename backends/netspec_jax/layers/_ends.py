"""Padding as the functions of `netspec_jax.support` take it."""

from __future__ import annotations

from netspec.layers import Ends, symmetric
from netspec.program import Expr, one


def shortest(ends: Ends) -> Expr:
    """Shorten padding that is equal at both ends, ``((1, 1), (1, 1))`` to ``1``."""
    sizes = symmetric(ends)
    return ends if sizes is None else one(sizes)
