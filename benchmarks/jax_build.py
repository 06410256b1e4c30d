"""From a spec to a PureModel with its parameters on the device, 100 layers of 256, as
the first in a fresh process: milliseconds, not ratios. The clock starts when jax and
netspec's backend are imported, and so covers the start of XLA.

Portable weights are drawn on all cores, as they are by default.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import jax

import netspec as ns
from benchmarks import fresh
from benchmarks.nets import deep_spec
from benchmarks.report import Row
from benchmarks.timing import Ratio, Times
from netspec.contract import Arrays

GOAL_MS = 100
FRESH_PROCESSES = 15
SETUP = """
import netspec as ns
from benchmarks import jax_build
ns.backend("jax")
"""
GIVEN = """
params = jax_build.weights()
"""
CASES = {
    "given weights": (SETUP + GIVEN, "jax_build.build(params=params)"),
    "a seed": (SETUP, "jax_build.build(seed=0)"),
}


def weights() -> Arrays:
    """Draw portable weights, as if they were read from a file."""
    return ns.init_params(deep_spec(), 0)


def build(params: Arrays | None = None, seed: int | None = None) -> None:
    """Make the spec and the model, and wait for its parameters on the device."""
    model = ns.compile(deep_spec(), "jax", params=params, seed=seed)
    jax.block_until_ready((model.params, model.state))


def rows() -> Iterator[Row]:
    """Yield one row for each source of weights, in milliseconds."""
    times: Times = {name: [] for name in CASES}
    for _ in range(FRESH_PROCESSES):
        for name, case in CASES.items():
            times[name].append(1000 * fresh.seconds(*case))
    for name, taken in times.items():
        low, median, high = statistics.quantiles(taken, n=4)
        what = f"spec to model from {name}, cold, milliseconds"
        yield Row(what, Ratio(median, low, high), GOAL_MS)
