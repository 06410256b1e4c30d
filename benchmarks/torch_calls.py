"""Calls and training steps of a compiled nn.Sequential against the hand-written one.

The goal is 1.05 times what a second, identical hand-written net reads in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

import netspec as ns
from benchmarks import calls, torch_image_nets, torch_nets, torch_sequence_nets
from benchmarks.report import Row
from benchmarks.timing import Case

BY_HAND = {
    **torch_nets.BY_HAND,
    **torch_image_nets.BY_HAND,
    **torch_sequence_nets.BY_HAND,
}


def rows() -> Iterator[Row]:
    """Yield one row for each net, mode and batch size."""
    torch.set_num_threads(1)
    modes = (
        calls.Mode("call", _call),
        calls.Mode("forward and backward", _train, batches=(64,)),
    )
    yield from calls.rows(_ours, BY_HAND, torch.from_numpy, modes)


def _ours(spec: ns.Spec) -> nn.Sequential:
    net: nn.Sequential = ns.compile(spec, "torch", seed=0)
    if type(net) is not nn.Sequential:
        raise TypeError(f"{type(net)} is not nn.Sequential")
    return net


def _call(net: nn.Sequential, x: torch.Tensor) -> Case:
    net.eval()

    def call() -> None:
        with torch.no_grad():
            net(x)

    return call


def _train(net: nn.Sequential, x: torch.Tensor) -> Case:
    parameters = list(net.train().parameters())
    return lambda: torch.autograd.grad(net(x).sum(), parameters)
