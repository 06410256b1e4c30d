"""Padding as PyTorch writes it."""

from __future__ import annotations

from netspec.layers import Ends


def flat(ends: Ends) -> tuple[int, ...]:
    """List padding as `torch.nn.functional.pad` takes it: (before, after) of the last
    axis, then of the one before it.
    """
    return tuple(end for pair in reversed(ends) for end in pair)
