"""Training by optax."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import jax
import optax

from netspec.contract import Loss, Method, Training
from netspec_jax._modes import Options
from netspec_jax.training import LOSSES, METHODS, Numbers, numbers_of


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
    moments = _begin(method, options)(params, numbers_of(how.optimizer, 0.0))
    for count, rate in enumerate(how.rates):
        own = None if key is None else jax.random.fold_in(key, count)
        batch = how.xs[count], how.ys[count], own
        numbers = numbers_of(how.optimizer, rate)
        params, state, moments, value = step(params, state, moments, *batch, numbers)
        yield params, state, value
