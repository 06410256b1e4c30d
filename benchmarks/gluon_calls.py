"""Calls and training steps of a compiled HybridSequential against the hand-written one,
both hybridized with static_alloc=True and static_shape=True.

The goal is 1.05 times what a second, identical hand-written net reads in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import netspec as ns
from benchmarks import calls, gluon_image_nets, gluon_nets, gluon_sequence_nets
from benchmarks.nets import TRAINING_BATCHES
from benchmarks.report import Row
from benchmarks.timing import Case

# isort: split
from mxnet import autograd, init, nd
from mxnet.gluon import nn

BY_HAND = {
    **gluon_nets.BY_HAND,
    **gluon_image_nets.BY_HAND,
    **gluon_sequence_nets.BY_HAND,
}


def rows() -> Iterator[Row]:
    """Yield one row for each net, mode and batch size."""
    modes = (
        calls.Mode("call", _call),
        calls.Mode("forward and backward", _train, TRAINING_BATCHES),
    )
    by_hand = {name: partial(_initialized, make) for name, make in BY_HAND.items()}
    yield from calls.rows(_ours, by_hand, nd.array, modes)


def _ours(spec: ns.Spec) -> nn.HybridSequential:
    net = ns.compile(spec, "gluon", seed=0)
    if type(net) is not nn.HybridSequential:
        raise TypeError(f"{type(net)} is not HybridSequential")
    return net


def _initialized(make: Callable[[], nn.HybridSequential]) -> nn.HybridSequential:
    net = make()
    net.initialize(init.Xavier())
    return net


def _call(net: nn.HybridSequential, x: nd.NDArray) -> Case:
    net.hybridize(static_alloc=True, static_shape=True)
    return lambda: net(x).wait_to_read()


def _train(net: nn.HybridSequential, x: nd.NDArray) -> Case:
    net.hybridize(static_alloc=True, static_shape=True)

    def train() -> None:
        with autograd.record():
            y = net(x)
        y.backward()
        nd.waitall()

    return train
