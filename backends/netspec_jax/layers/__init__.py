"""The lowering of every layer, one file per family; importing them registers them."""

from netspec_jax.layers import (
    activations,
    containers,
    conv,
    dense,
    normalization,
    pooling,
    regularization,
    shape,
)

__all__ = [
    "activations",
    "containers",
    "conv",
    "dense",
    "normalization",
    "pooling",
    "regularization",
    "shape",
]
