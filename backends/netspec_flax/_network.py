"""The module that a spec becomes."""

from __future__ import annotations

from typing import Any

import jax
from flax import nnx

from netspec_flax.support.float64 import need_x64


class Network(nnx.Module):
    """A network, as the class `Net` of an exported file is one; the paths of its
    variables are the same.

    Attributes:
        layers: all layers; it reads and gives channels first.
        wide: whether the model is float64: it raises outside of
            ``jax.enable_x64(True)``.
    """

    def __init__(self, layers: Any, wide: bool) -> None:
        self.layers = layers
        self.wide = wide

    def __call__(self, x: jax.Array) -> Any:
        """Compute the output for a batch, channels first."""
        if self.wide:
            need_x64()
        return self.layers(x)
