"""Keras on JAX: pure functions of the values of a model's variables, compiled unless
quickness is asked for, and so with the model left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import jax
import jax.numpy as jnp
import numpy as np

from netspec.contract import Array, Mode, Training
from netspec_keras._passes import Pass, Read, Seen, is_float
from netspec_keras._seeds import is_seed, states
from netspec_keras._training import LOSSES, to_keras

QUICK: ContextVar[bool] = ContextVar("QUICK", default=False)

Values = list[Any]
_compiled: WeakKeyDictionary[Any, dict[Any, Callable[..., Any]]] = WeakKeyDictionary()


def _function(model: Any, key: Any, make: Callable[[], Callable[..., Any]]) -> Any:
    """Return a function of a model, compiled once; as it is where it runs quickly."""
    if QUICK.get():
        return make()
    held = _compiled.setdefault(model, {})
    if key not in held:
        held[key] = jax.jit(make())
    return held[key]


def _values(model: Any, seed: int | None) -> tuple[Values, Values]:
    """Return the values of trainable variables, and of the others, with seeds."""
    trained = [variable.value for variable in model.trainable_variables]
    others = model.non_trainable_variables
    if seed is None:
        return trained, [variable.value for variable in others]
    drawn = iter(states(sum(map(is_seed, others)), seed))
    return trained, [
        jnp.asarray(next(drawn), "uint32") if is_seed(variable) else variable.value
        for variable in others
    ]


def _went_on(model: Any, after: Values, seed: int | None) -> None:
    """Let the model's own generators go on, if these were used."""
    if seed is None:
        for variable, value in zip(model.non_trainable_variables, after, strict=True):
            if is_seed(variable):
                variable.assign(value)


def forward(model: Any, x: Array, mode: Mode) -> Array:
    """Compute the output of a batch."""

    def make() -> Callable[..., Any]:
        def run(trained: Values, others: Values, x: Any) -> Any:
            return model.stateless_call(trained, others, x, training=mode.train)

        return run

    trained, others = _values(model, mode.seed)
    function = _function(model, ("forward", mode.train), make)
    y, after = function(trained, others, jnp.asarray(x))
    _went_on(model, after, mode.seed)
    return np.array(y)


def step(model: Any, x: Array, cotangent: Array, mode: Mode) -> Pass:
    """Make one forward and one backward pass."""
    floats = is_float(x)

    def make() -> Callable[..., Any]:
        def run(trained: Values, others: Values, x: Any, cotangent: Any) -> Any:
            def apply(trained: Values, batch: Any = x) -> Any:
                return model.stateless_call(trained, others, batch, training=mode.train)

            inputs = (trained, x) if floats else (trained,)
            y, pullback, after = jax.vjp(apply, *inputs, has_aux=True)
            return y, pullback(cotangent), after

        return run

    values = _values(model, mode.seed)
    function = _function(model, ("step", mode.train), make)
    y, grads, after = function(*values, jnp.asarray(x), jnp.asarray(cotangent))
    _went_on(model, after, mode.seed)
    others = model.non_trainable_variables
    return Pass(
        np.array(y),
        np.array(grads[1]) if floats else None,
        _by_variable(model.trainable_variables, grads[0]),
        _by_variable(others, after),
    )


def trace(
    model: Any, x: Array, taps: list[Array], cotangent: Array, mode: Mode
) -> tuple[Pass, Seen]:
    """Make a pass through a model with taps."""
    floats = is_float(x)

    def run(trained: Values, others: Values, taps: Any, x: Any, cotangent: Any) -> Any:
        def apply(trained: Values, taps: Any, batch: Any = x) -> Any:
            (y, *seen), after = model.stateless_call(
                trained, others, [batch, *taps], training=mode.train
            )
            return y, (seen, after)

        inputs = (trained, taps, x) if floats else (trained, taps)
        y, pullback, (seen, after) = jax.vjp(apply, *inputs, has_aux=True)
        return y, pullback(cotangent), seen, after

    trained, others = _values(model, mode.seed)
    function = run if QUICK.get() else jax.jit(run)
    y, grads, seen, after = function(trained, others, taps, x, cotangent)
    made = Pass(
        np.array(y),
        np.array(grads[2]) if floats else None,
        _by_variable(model.trainable_variables, grads[0]),
        _by_variable(model.non_trainable_variables, after),
    )
    return made, Seen([np.array(y) for y in seen], [np.array(g) for g in grads[1]])


def _by_variable(variables: Values, values: Values) -> dict[int, Any]:
    return {id(v): value for v, value in zip(variables, values, strict=True)}


def train(model: Any, how: Training) -> Iterator[tuple[Array, Read]]:
    """Train with an optimizer of Keras, in compiled steps; yields the loss of each and
    the values by variable after it.
    """
    optimizer, loss = to_keras(how.optimizer), LOSSES[how.loss]()
    optimizer.build(model.trainable_variables)
    decay = how.optimizer.weight_decay
    places = [v is optimizer._learning_rate for v in optimizer.variables]

    def move(trained: Values, others: Values, own: Values, rate: Any, *xy: Any) -> Any:
        def measure(trained: Values) -> Any:
            y, after = model.stateless_call(trained, others, xy[0], training=True)
            return loss(xy[1], y), after

        (value, after), grads = jax.value_and_grad(measure, has_aux=True)(trained)
        grads = [g + decay * w for g, w in zip(grads, trained, strict=True)]
        own = [rate if here else v for here, v in zip(places, own, strict=True)]
        trained, own = optimizer.stateless_apply(own, grads, trained)
        return value, trained, after, own

    run = move if QUICK.get() else jax.jit(move)
    trained, others = _values(model, how.seed)
    own = [variable.value for variable in optimizer.variables]
    for x, y, rate in zip(how.xs, how.ys, how.rates, strict=True):
        batch = jnp.asarray(x), jnp.asarray(y)
        value, trained, others, own = run(
            trained, others, own, jnp.float32(rate), *batch
        )
        found = _by_variable(model.trainable_variables, trained)
        found |= _by_variable(model.non_trainable_variables, others)
        yield np.array(value), found
