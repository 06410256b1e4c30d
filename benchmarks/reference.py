"""The NumPy reference in float32 against PyTorch, forward and backward, both in a
process that keeps the memory it frees, as those of `netspec conform` do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

import netspec as ns
from benchmarks.nets import ATTENTION, SPECS
from benchmarks.report import Row
from benchmarks.timing import interleave, ratio
from benchmarks.torch_calls import BY_HAND as NETS
from benchmarks.torch_nets import Attention
from netspec._system import keep_memory
from netspec.reference import Run, evaluate

GOALS = (
    *(("MLP", 64, 1.1), ("MLP", 1024, 1.1), ("CNN", 64, 1.4)),
    *(("U-Net", 16, 3.0), ("3-D net", 16, 3.0), ("attention", 16, 2.0)),
    ("LSTM", 16, 3.0),
)
MADE = {**SPECS, "attention": ATTENTION}
BY_HAND = {**NETS, "attention": Attention}


def rows() -> Iterator[Row]:
    """Yield one row for each net and batch size."""
    torch.set_num_threads(1)
    keep_memory()
    for name, batch, goal in GOALS:
        yield _row(name, batch, goal)


def _row(name: str, batch: int, goal: float) -> Row:
    spec = MADE[name]
    params = ns.init_params(spec, 0)
    x = np.random.default_rng(0).normal(size=(batch, *spec.input_shape))
    x = x.astype(np.float32)
    cotangent = np.ones((batch, *spec.output_shape), np.float32)
    net = BY_HAND[name]().train()
    x_torch = torch.tensor(x, requires_grad=True)
    cotangent_torch = torch.tensor(cotangent)

    def numpy_step() -> None:
        _, pullback = evaluate(spec.graph, x, Run(params, train=True))
        pullback(cotangent)

    def torch_step() -> None:
        wanted = [x_torch, *net.parameters()]
        torch.autograd.grad(net(x_torch), wanted, cotangent_torch)

    times = interleave({"numpy": numpy_step, "torch": torch_step}, rounds=15)
    what = f"reference, {name}, batch {batch}: forward and backward"
    return Row(what, ratio(times, "numpy", "torch"), goal)
