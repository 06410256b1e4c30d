"""What a module is given while it is exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from netspec.errors import InputError, Obstacle, shorten

FLOATS = (torch.float32, torch.float64)
INTEGERS = (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64)


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
    if isinstance(given, np.ndarray):
        given = torch.from_numpy(given)
    if isinstance(given, Tensor) and given.dim() > 0:
        integers = given.dtype in INTEGERS
        return Example(tuple(given.shape[1:]), integers, int(given.shape[0]))
    raise InputError(
        "example must be a batch of one input, or the shape of one example, such as"
        f" (3, 224, 224), received {shorten(given)}; a model of several inputs cannot"
        " be imported"
    )


def _is_size(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def dtype_of(module: nn.Module) -> torch.dtype:
    """Return the dtype of the first floating-point tensor of a module."""
    held = (t.dtype for t in chain(module.parameters(), module.buffers()))
    return next((kind for kind in held if kind.is_floating_point), torch.float32)


def unfit(module: nn.Module) -> list[Obstacle]:
    """List what keeps a module from being exported or held in a spec."""
    absent = (name for name, one in module.state_dict().items() if one.is_meta)
    if first := next(absent, None):
        remedy = f"{first} has no values there; load them, and to_empty before"
        return [Obstacle("", "meta device", None, remedy)]
    lazy = [
        name
        for name, parameter in module.named_parameters()
        if isinstance(parameter, nn.parameter.UninitializedParameter)
    ]
    if lazy:
        remedy = f"{lazy[0]} has no shape yet; call the module once before"
        return [Obstacle("", "lazy module", None, remedy)]
    return [*_cumulative(module), *_mixed(module)]


def _cumulative(module: nn.Module) -> Iterator[Obstacle]:
    for path, one in module.named_modules():
        if isinstance(one, nn.modules.batchnorm._NormBase) and one.momentum is None:
            yield Obstacle(
                path,
                type(one).__name__,
                None,
                "averages over all steps; give a momentum",
            )


def _mixed(module: nn.Module) -> Iterator[Obstacle]:
    named = [*module.named_parameters(), *module.named_buffers()]
    floats = {t.dtype: name for name, t in named if t.dtype.is_floating_point}
    odd = [f"{name} is {str(kind)[6:]}" for kind, name in floats.items()]
    if len(floats) > 1 or floats.keys() - set(FLOATS):
        remedy = (
            f"{', '.join(odd)}; a spec has one of float32 and float64: call .float()"
        )
        yield Obstacle("", "dtype", None, remedy)
