"""Reductions with the derivatives that MXNet's own do not have."""

# MXNet has no types
# mypy: disable-error-code="no-any-return"

from typing import Any


def largest(F: Any, x: Any, **axes: Any) -> Any:
    """The largest values along axes; equal ones share the gradient evenly, of which
    each gets all from `F.max`.
    """
    wins = F.broadcast_equal(x, F.max(x, **{**axes, "keepdims": True}))
    count = F.sum(wins, **{**axes, "keepdims": True})
    share = F.BlockGrad(F.broadcast_div(wins, count))
    return F.sum(F.where(wins, x * share, F.zeros_like(x)), **axes)
