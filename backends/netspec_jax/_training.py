"""Training by optax."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import optax

from netspec.contract import Loss, Method, Optimizer, Training
from netspec.declare import FrozenDict

Numbers: TypeAlias = Mapping[str, Any]
Options: TypeAlias = FrozenDict[str, bool | int | str]


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


def _numbers(optimizer: Optimizer, rate: float) -> dict[str, float]:
    """Arguments of the compiled step, so that one serves all optimizers of a method."""
    return {"lr": rate} | {name: getattr(optimizer, name) for name in FIELDS}


@lru_cache(maxsize=16)
def _step(
    apply: Callable[..., Any],
    method: Method,
    loss: Loss,
    options: Options,
) -> Callable[..., Any]:
    """Compile a step of training, a function of ``(params, state, moments, x, y, key,
    numbers)`` that returns the next ``(params, state, moments)`` and the loss.
    """

    def step(
        params: Any,
        state: Any,
        moments: Any,
        x: Any,
        y: Any,
        key: Any,
        numbers: Numbers,
    ) -> Any:
        def measure(params: Any) -> Any:
            output, after = apply(params, state, x, train=True, key=key)
            return LOSSES[loss](output, y), after

        (value, after), grads = jax.value_and_grad(measure, has_aux=True)(params)
        updates, moments = METHODS[method](numbers).update(grads, moments, params)
        return optax.apply_updates(params, updates), after, moments, value

    return jax.jit(step, compiler_options=dict(options))


@lru_cache(maxsize=16)
def _begin(method: Method, options: Options) -> Callable[..., Any]:
    """Compile what gives the first moments of a method, a function of ``(params,
    numbers)``.
    """

    def begin(params: Any, numbers: Numbers) -> Any:
        return METHODS[method](numbers).init(params)

    return jax.jit(begin, compiler_options=dict(options))


def train(
    model: Any, how: Training, key: Any, options: Options
) -> Iterator[tuple[Any, Any, jax.Array]]:
    """Parameters and state after each step, and its loss."""
    method = how.optimizer.method
    step = _step(model.apply, method, how.loss, options)
    params, state = model.params, model.state
    moments = _begin(method, options)(params, _numbers(how.optimizer, 0.0))
    for count, rate in enumerate(how.rates):
        own = None if key is None else jax.random.fold_in(key, count)
        batch = how.xs[count], how.ys[count], own
        numbers = _numbers(how.optimizer, rate)
        params, state, moments, value = step(params, state, moments, *batch, numbers)
        yield params, state, value
