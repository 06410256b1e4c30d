"""What a module is given while it is exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from netspec.errors import InputError, shorten

KINDS = ("float32", "float64")
INDICES = ("int8", "uint8", "int16", "int32", "int64")


@dataclass(frozen=True)
class Example:
    """Inputs of a module.

    Attributes:
        shape: of one example.
        integers: whether they are indices.
        batch: how many the user gave; None if a shape.
    """

    shape: tuple[int, ...]
    integers: bool
    batch: int | None

    def zeros(self, batch: int, module: nn.Module) -> Tensor:
        """Make inputs in the dtype of a module, and where it is."""
        held = next(chain(module.parameters(), module.buffers()), None)
        device = None if held is None else held.device
        kind = torch.int64 if self.integers else dtype_of(module)
        return torch.zeros((batch, *self.shape), dtype=kind, device=device)


def example_of(given: object) -> Example:
    """Read what a user gives: a batch, or the shape of one example.

    Raises:
        InputError: it is neither.
    """
    if isinstance(given, Sequence) and len(given) == 1 and hasattr(given[0], "shape"):
        given = given[0]  # what `torch.export` takes
    if isinstance(given, Sequence) and all(_is_size(n) for n in given):
        return Example(tuple(int(n) for n in given), False, None)
    if isinstance(given, np.ndarray | Tensor) and given.ndim > 0:
        kind = str(given.dtype).removeprefix("torch.")
        if kind not in (*KINDS, *INDICES):
            raise InputError(
                f"example is of {kind}; give float32, float64, or integers where they"
                " are indices"
            )
        sizes = [int(n) for n in given.shape]
        return Example(tuple(sizes[1:]), kind in INDICES, sizes[0])
    listed = [*given.values()] if isinstance(given, Mapping) else given
    several = listed if isinstance(listed, Sequence) else []
    if len(several) > 1 and all(hasattr(one, "shape") for one in several):
        raise InputError(
            f"example has {len(several)} inputs; a model of several inputs cannot be"
            " imported"
        )
    raise InputError(
        "example must be a batch of one input, or the shape of one example, such as"
        f" (3, 224, 224), received {shorten(given)}"
    )


def _is_size(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and value > 0


def dtype_of(module: nn.Module) -> torch.dtype:
    """Return the dtype of the first floating-point tensor of a module."""
    held = (t.dtype for t in chain(module.parameters(), module.buffers()))
    return next((kind for kind in held if kind.is_floating_point), torch.float32)
