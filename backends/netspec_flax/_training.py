"""Training by `nnx.Optimizer`, with optax."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from netspec.contract import Loss, Method, Optimizer, Training
from netspec_flax._model import Parts, parts, together
from netspec_jax import Options

Numbers: TypeAlias = Mapping[str, Any]


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
def _step(method: Method, loss: Loss, options: Options) -> Callable[..., Any]:
    """Compile a step of training, which returns the arrays of the model and of the
    optimizer after it, and the loss.
    """

    def step(graph: Any, arrays: Any, held: Any, x: Any, y: Any, key: Any, n: Numbers):  # type: ignore[no-untyped-def]
        net = together(Parts(graph, *arrays), True, key)
        optimizer = nnx.Optimizer(net, METHODS[method](n), wrt=nnx.Param)
        nnx.update(optimizer, held)

        def measure(net: Any) -> jax.Array:
            return LOSSES[loss](net(x), y)

        value, grads = nnx.value_and_grad(measure)(net)
        optimizer.update(net, grads)
        _, *after = parts(net)
        return after, nnx.state(optimizer), value

    return jax.jit(step, static_argnums=0, compiler_options=dict(options))


def train(model: Any, how: Training, key: Any, options: Options) -> Iterator[jax.Array]:
    """Train a model in place; yield the loss of each step after it."""
    method = how.optimizer.method
    step = _step(method, how.loss, options)
    first = METHODS[method](_numbers(how.optimizer, 0.0))
    held = nnx.state(nnx.Optimizer(model, first, wrt=nnx.Param))
    for count, rate in enumerate(how.rates):
        own = None if key is None else jax.random.fold_in(key, count)
        graph, *arrays = parts(model)
        batch = how.xs[count], how.ys[count], own
        numbers = _numbers(how.optimizer, rate)
        arrays, held, value = step(graph, arrays, held, *batch, numbers)
        nnx.update(model, *arrays[:2])
        yield value
