"""From a spec to its first output, 100 layers of 256, against hand-written PyTorch.

Portable weights are drawn on all cores, as they are by default.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import torch

import netspec as ns
from benchmarks.nets import WIDTH, deep_by_hand, deep_spec
from benchmarks.report import Row
from benchmarks.timing import interleave, ratio

FRESH_PROCESSES = 9
# the registry and the backend are imports; they are not what is measured
COLD = """
import time
import torch
import netspec as ns
from benchmarks import torch_build
torch.set_num_threads(1)
ns.backend("torch")
start = time.perf_counter()
torch_build.{function}()
print(time.perf_counter() - start)
"""


def ours() -> None:
    """Spec, portable weights, net, output."""
    net = ns.compile(deep_spec(), "torch", seed=0)
    _first_output(net)


def by_hand() -> None:
    """Net with PyTorch's own weights, output."""
    _first_output(deep_by_hand())


def _first_output(net: torch.nn.Sequential) -> None:
    with torch.no_grad():
        net(torch.zeros(1, WIDTH))


def rows() -> Iterator[Row]:
    """Warm: repeated in one process. Cold: the first in a fresh process."""
    torch.set_num_threads(1)
    cases: dict[str, Callable[[], None]] = {"ours": ours, "by hand": by_hand}
    warm = interleave(cases)
    yield Row("spec to first output, warm", ratio(warm, "ours", "by hand"), 1.0)
    cold: dict[str, list[float]] = {"ours": [], "by_hand": []}
    for _ in range(FRESH_PROCESSES):
        for function, seconds in cold.items():
            seconds.append(_in_fresh_process(function))
    yield Row("spec to first output, cold", ratio(cold, "ours", "by_hand"), 1.2)


def _in_fresh_process(function: str) -> float:
    code = COLD.format(function=function)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return float(done.stdout)
