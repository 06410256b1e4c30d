"""`apply` and training steps of a compiled model under jit against hand-written
functions of the same parameters; the CNN by hand is channels last inside, too.

The goal is 1.05 times what a second, identical hand-written net reads in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

import netspec as ns
from benchmarks import calls, jax_image_nets, jax_nets, jax_sequence_nets
from benchmarks.jax_nets import Tree
from benchmarks.nets import SPECS, TRAINING_BATCHES
from benchmarks.report import Row
from benchmarks.timing import Case

BY_HAND = {
    **jax_nets.BY_HAND,
    **jax_image_nets.BY_HAND,
    **jax_sequence_nets.BY_HAND,
}


class Net(NamedTuple):
    """A function of parameters, state and x, with first parameters and first state."""

    apply: Callable[..., tuple[jax.Array, Tree]]
    params: Tree
    state: Tree


def rows() -> Iterator[Row]:
    """Yield one row for each net, mode and batch size."""
    modes = (
        calls.Mode("call", _call),
        calls.Mode("forward and backward", _train, TRAINING_BATCHES),
    )
    by_hand = {name: partial(_by_hand, name) for name in BY_HAND}
    yield from calls.rows(_ours, by_hand, jnp.asarray, modes)


def _ours(spec: ns.Spec) -> Net:
    model = ns.compile(spec, "jax", seed=0)
    return Net(model.apply, model.params, model.state)


def _by_hand(name: str) -> Net:
    return _ours(SPECS[name])._replace(apply=BY_HAND[name])


def _call(net: Net, x: jax.Array) -> Case:
    apply = jax.jit(net.apply)
    return lambda: jax.block_until_ready(apply(net.params, net.state, x))


def _train(net: Net, x: jax.Array) -> Case:
    def loss(params: Tree, state: Tree) -> tuple[jax.Array, Tree]:
        y, after = net.apply(params, state, x, train=True)
        return jnp.square(y).mean(), after

    step = jax.jit(jax.value_and_grad(loss, has_aux=True))
    return lambda: jax.block_until_ready(step(net.params, net.state))
