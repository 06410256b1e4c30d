"""Losses and optimizers of optax, for JAX and what is built on it. Whoever imports this
module needs optax, which `netspec_jax` itself does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import jax
import jax.numpy as jnp
import optax

from netspec.contract import Loss, Method, Optimizer

Numbers: TypeAlias = Mapping[str, float | jax.Array]


def mse(y: jax.Array, target: jax.Array) -> jax.Array:
    """Compute the mean squared error over examples and outputs, twice the mean of
    `optax.l2_loss`.
    """
    return jnp.mean(optax.squared_error(y, target))


def cross_entropy(y: jax.Array, labels: jax.Array) -> jax.Array:
    """Compute the mean cross entropy over examples."""
    each: jax.Array = optax.softmax_cross_entropy_with_integer_labels(y, labels)
    return each.mean()


LOSSES: dict[Loss, Callable[[jax.Array, jax.Array], jax.Array]] = {
    "mse": mse,
    "cross_entropy": cross_entropy,
}


def sgd(numbers: Numbers) -> optax.GradientTransformation:
    """Make `optax.sgd` after weight decay."""
    decay = optax.add_decayed_weights(numbers["weight_decay"])
    return optax.chain(decay, optax.sgd(numbers["lr"], numbers["momentum"]))


def adam(numbers: Numbers) -> optax.GradientTransformation:
    """Make `optax.adam` after weight decay: an L2 penalty, unlike that of AdamW."""
    decay = optax.add_decayed_weights(numbers["weight_decay"])
    betas = numbers["beta1"], numbers["beta2"]
    return optax.chain(decay, optax.adam(numbers["lr"], *betas, numbers["eps"]))


METHODS: dict[Method, Callable[[Numbers], optax.GradientTransformation]] = {
    "sgd": sgd,
    "adam": adam,
}

FIELDS = ("momentum", "weight_decay", "beta1", "beta2", "eps")


def numbers_of(optimizer: Optimizer, rate: float) -> dict[str, float]:
    """Return what a function of METHODS reads: arguments of a compiled step, so that
    one serves all optimizers of a method.
    """
    return {"lr": rate} | {name: getattr(optimizer, name) for name in FIELDS}
