"""What a module is given while it is exported."""

from __future__ import annotations

from itertools import chain

import torch
from torch import Tensor, nn

from netspec.importing import Example


def zeros(example: Example, batch: int, module: nn.Module) -> Tensor:
    """Make inputs in the dtype of a module, and where it is."""
    held = next(chain(module.parameters(), module.buffers()), None)
    device = None if held is None else held.device
    kind = torch.int64 if example.integers else dtype_of(module)
    return torch.zeros((batch, *example.shape), dtype=kind, device=device)


def dtype_of(module: nn.Module) -> torch.dtype:
    """Return the dtype of the first floating-point tensor of a module."""
    held = (t.dtype for t in chain(module.parameters(), module.buffers()))
    return next((kind for kind in held if kind.is_floating_point), torch.float32)
