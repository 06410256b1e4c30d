"""Portable weights of 100 million parameters against nn.Linear's own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch import nn

import netspec as ns
from benchmarks.report import Row
from benchmarks.timing import Case, interleave, ratio
from netspec.spec import init_params

LAYERS, WIDTH = 6, 4096
GOALS = (("uniform", 1, 1.1), ("uniform", 2, 0.6), ("normal", 2, 1.6))
POLICIES = {"uniform": "torch", "normal": "he"}


def rows() -> Iterator[Row]:
    """Yield one row for each distribution and number of threads."""
    torch.set_num_threads(1)
    specs = {
        law: ns.Spec(law, (WIDTH,), [ns.Dense(WIDTH) for _ in range(LAYERS)], init=name)
        for law, name in POLICIES.items()
    }
    cases: dict[str, Case] = {
        f"{law} {threads}": partial(init_params, specs[law], 0, threads=threads)
        for law, threads, _ in GOALS
    }
    cases["by hand"] = lambda: [nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS)]
    times = interleave(cases, rounds=9)
    for law, threads, goal in GOALS:
        what = f"100M {law} weights, {threads} thread{'s' if threads > 1 else ''}"
        yield Row(what, ratio(times, f"{law} {threads}", "by hand"), goal)
