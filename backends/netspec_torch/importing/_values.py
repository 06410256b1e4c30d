"""What the tensors of a module stand for."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from netspec.importing import Signal

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """A tensor that does not depend on the input.

    Attributes:
        tensor: its values.
        origin: name of the parameter or buffer that it holds; empty if it was computed
            from others, or is a constant.
        learned: whether it, or any that it was computed from, is a parameter.
    """

    tensor: Tensor
    origin: str
    learned: bool


@dataclass(frozen=True)
class Padded:
    """A signal with the lowest value around its positions, on its way to a pool.

    Attributes:
        signal: whose values they are.
        ends: how many (before, after) each axis of positions.
    """

    signal: Signal
    ends: tuple[tuple[int, ...], ...]
