"""First weights that `torch.nn.init` does not draw."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


@torch.no_grad()
def per_gate_(tensor: Tensor, *gates: Callable[[Tensor], Tensor]) -> Tensor:
    """Draw each of the parts of one size along axis 0 with a function of its own."""
    for part, draw in zip(tensor.chunk(len(gates)), gates, strict=True):
        draw(part)
    return tensor


def drawn_by(
    function: Callable[..., Tensor], *args: Any, **options: Any
) -> Callable[[Tensor], Tensor]:
    """A function of `torch.nn.init` whose arguments but the first are given."""
    return lambda tensor: function(tensor, *args, **options)
