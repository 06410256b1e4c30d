"""Calls and training steps of a compiled model under `nnx.jit`, with its module cached
(`nnx.cached_partial`), and as pure functions of what `nnx.split` gives, against modules
written by hand in Flax NNX.

At each call `nnx.jit` reads a module in Python, some 15 microseconds an object; nets of
blocks have more of them than what is written flat. The other two read it once.

The goal is 1.05 times what a second, identical hand-written net reads in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

import netspec as ns
from benchmarks import calls
from benchmarks.flax_nets import BY_HAND, loss
from benchmarks.nets import TRAINING_BATCHES
from benchmarks.report import Row
from benchmarks.timing import Case


def rows() -> Iterator[Row]:
    """Yield one row for each net, mode and batch size."""
    modes = (
        calls.Mode("nnx.jit", _call),
        calls.Mode("nnx.cached_partial", _cached),
        calls.Mode("nnx.split", _split),
        calls.Mode("step of nnx.Optimizer", _train, TRAINING_BATCHES),
        calls.Mode("gradients of nnx.split", _gradients, TRAINING_BATCHES),
    )
    by_hand = {name: partial(_by_hand, name) for name in BY_HAND}
    yield from calls.rows(_ours, by_hand, jnp.asarray, modes)


def _ours(spec: ns.Spec) -> Any:
    return ns.compile(spec, "flax", seed=0)


def _by_hand(name: str) -> Any:
    return BY_HAND[name](rngs=nnx.Rngs(0))


def _call(net: Any, x: jax.Array) -> Case:
    net.eval()
    call = nnx.jit(lambda net, x: net(x))
    return lambda: jax.block_until_ready(call(net, x))


def _cached(net: Any, x: jax.Array) -> Case:
    net.eval()
    call = nnx.cached_partial(nnx.jit(lambda net, x: net(x)), net)
    return lambda: jax.block_until_ready(call(x))


def _split(net: Any, x: jax.Array) -> Case:
    net.eval()
    graph, state = nnx.split(net)
    call = jax.jit(lambda state, x: nnx.merge(graph, state)(x))
    return lambda: jax.block_until_ready(call(state, x))


def _train(net: Any, x: jax.Array) -> Case:
    net.train()
    optimizer = nnx.Optimizer(net, optax.sgd(1e-6), wrt=nnx.Param)

    @nnx.jit
    def step(net: Any, optimizer: Any, x: jax.Array) -> Any:
        value, grads = nnx.value_and_grad(loss)(net, x)
        optimizer.update(net, grads)
        return value

    return lambda: jax.block_until_ready(step(net, optimizer, x))


def _gradients(net: Any, x: jax.Array) -> Case:
    net.train()
    split: Any = nnx.split
    graph, params, rest = split(net, nnx.Param, ...)

    def measure(params: Any, rest: Any) -> Any:
        merge: Any = nnx.merge
        own = merge(graph, params, rest, copy=True)
        return loss(own, x), nnx.state(own, nnx.BatchStat)

    step = jax.jit(jax.value_and_grad(measure, has_aux=True))
    return lambda: jax.block_until_ready(step(params, rest))
