"""Layers that are one matrix."""

from jax import Array
from jax.nn import initializers

from netspec_jax.support.base import Initializer, Layer, Tree, parametric

glorot_uniform = initializers.glorot_uniform()


def dense(
    inputs: int,
    units: int,
    *,
    weight: Initializer = glorot_uniform,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """``x @ weight + bias`` on the last axis; weight (inputs, units)."""

    def function(params: Tree, x: Array) -> Array:
        return shift(params, x @ params["weight"])

    return parametric(function, weight=(weight, (inputs, units)), bias=(bias, (units,)))


def shift(params: Tree, x: Array) -> Array:
    """``x + bias``, where there is one."""
    return x + params["bias"] if "bias" in params else x


def embedding(
    vocabulary: int, dim: int, *, weight: Initializer = glorot_uniform
) -> Layer:
    """Row ``x`` of a table; weight (vocabulary, dim). JAX clamps a bad index."""
    return parametric(
        lambda params, x: params["weight"][x], weight=(weight, (vocabulary, dim))
    )
