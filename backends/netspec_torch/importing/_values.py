"""What the tensors of a module stand for."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

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
