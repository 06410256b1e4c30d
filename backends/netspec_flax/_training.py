"""Training by `nnx.Optimizer`, with optax."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import jax
from flax import nnx

from netspec.contract import Loss, Method, Training
from netspec_flax._model import Parts, parts, together
from netspec_jax import Options
from netspec_jax.training import LOSSES, METHODS, Numbers, numbers_of


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
    first = METHODS[method](numbers_of(how.optimizer, 0.0))
    held = nnx.state(nnx.Optimizer(model, first, wrt=nnx.Param))
    for count, rate in enumerate(how.rates):
        own = None if key is None else jax.random.fold_in(key, count)
        graph, *arrays = parts(model)
        batch = how.xs[count], how.ys[count], own
        numbers = numbers_of(how.optimizer, rate)
        arrays, held, value = step(graph, arrays, held, *batch, numbers)
        nnx.update(model, *arrays[:2])
        yield value
