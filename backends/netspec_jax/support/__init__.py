"""Layers as pairs of pure functions, in the manner of `jax.example_libraries.stax`, and
combinators of them. An exported file carries those that it uses.

Images are channels last, (batch, height, width, channels), where XLA is fast.
"""

from netspec_jax.support.base import (
    Initializer,
    Layer,
    Mode,
    Tree,
    draw,
    elementwise,
    parametric,
)

__all__ = [
    "Initializer",
    "Layer",
    "Mode",
    "Tree",
    "draw",
    "elementwise",
    "parametric",
]
