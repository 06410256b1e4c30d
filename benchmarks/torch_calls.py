"""Calls and training steps of a compiled nn.Sequential against the hand-written one.

The goal is 1.05 times what a second, identical hand-written net reads in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

import netspec as ns
from benchmarks.nets import PAIRS, Pair
from benchmarks.report import Row
from benchmarks.timing import Case, interleave, ratio

Make = Callable[[nn.Sequential, torch.Tensor], Case]


def rows() -> Iterator[Row]:
    """One row for each net, batch and mode."""
    torch.set_num_threads(1)
    for name, pair in PAIRS.items():
        for batch in pair.batches:
            yield _row(f"{name}, batch {batch}: call", pair, batch, _call)
        yield _row(f"{name}, batch 64: forward and backward", pair, 64, _train)


def _row(what: str, pair: Pair, batch: int, make: Make) -> Row:
    ours = ns.compile(pair.spec, "torch", seed=0)
    if type(ours) is not nn.Sequential:
        raise TypeError(f"{what}: {type(ours)} is not nn.Sequential")
    nets = {"ours": ours, "by hand": pair.by_hand(), "twin": pair.by_hand()}
    x = torch.randn(batch, *pair.spec.input_shape)
    times = interleave({name: make(net, x) for name, net in nets.items()})
    twin = ratio(times, "twin", "by hand")
    return Row(what, ratio(times, "ours", "by hand"), 1.05 * twin.median)


def _call(net: nn.Sequential, x: torch.Tensor) -> Case:
    net.eval()

    def call() -> None:
        with torch.no_grad():
            net(x)

    return call


def _train(net: nn.Sequential, x: torch.Tensor) -> Case:
    parameters = list(net.train().parameters())
    return lambda: torch.autograd.grad(net(x).sum(), parameters)
