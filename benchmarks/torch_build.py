"""From a spec to its first output, 100 layers of 256, against hand-written PyTorch.

Portable weights are drawn on all cores, as they are by default.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

import netspec as ns
from benchmarks import fresh
from benchmarks.nets import WIDTH, deep_spec
from benchmarks.report import Row
from benchmarks.timing import Times, interleave, ratio
from benchmarks.torch_nets import deep

FRESH_PROCESSES = 9
# Imports, which include the registry and the backend, are not measured
SETUP = """
import torch
import netspec as ns
from benchmarks import torch_build
torch.set_num_threads(1)
ns.backend("torch")
"""


def ours() -> None:
    """Make the spec, draw portable weights, compile the net, compute an output."""
    net = ns.compile(deep_spec(), "torch", seed=0)
    _first_output(net)


def by_hand() -> None:
    """Make the net with PyTorch's own weights and compute an output."""
    _first_output(deep())


def _first_output(net: torch.nn.Sequential) -> None:
    with torch.no_grad():
        net(torch.zeros(1, WIDTH))


def rows() -> Iterator[Row]:
    """Yield two rows: warm, repeated in one process, and cold, in fresh processes."""
    torch.set_num_threads(1)
    warm = interleave({"ours": ours, "by hand": by_hand})
    yield Row("spec to first output, warm", ratio(warm, "ours", "by hand"), 1.0)
    cold: Times = {"ours": [], "by_hand": []}
    for _ in range(FRESH_PROCESSES):
        for function, times in cold.items():
            times.append(fresh.seconds(SETUP, f"torch_build.{function}()"))
    yield Row("spec to first output, cold", ratio(cold, "ours", "by_hand"), 1.2)
