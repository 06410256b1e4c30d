"""Calls of a ResNet-18 whose BatchNorms are folded into its convolutions, against calls
of it as it is, in evaluation, at batch 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
import torch

import netspec as ns
from benchmarks.report import Row
from benchmarks.timing import Case, interleave, ratio
from nets import resnet18

Make = Callable[[ns.Spec, dict[str, Any], Any], Case]


def rows() -> Iterator[Row]:
    """Yield one row for each framework."""
    torch.set_num_threads(1)
    spec = resnet18((3, 224, 224), 1000)
    params = ns.init_params(spec, seed=0)
    x = np.random.default_rng(0).normal(size=(1, *spec.input_shape))
    x = x.astype(np.float32)
    makes: dict[str, Make] = {"torch": _torch, "jax": _jax}
    for name, make in makes.items():
        cases = {
            "folded": make(*ns.fold(spec, params), x),
            "as it is": make(spec, params, x),
        }
        times = interleave(cases, rounds=20)
        what = f"ResNet-18 in {name}, batch 1: call, folded"
        yield Row(what, ratio(times, "folded", "as it is"), 1.0)


def _torch(spec: ns.Spec, params: dict[str, Any], x: Any) -> Case:
    net, x = ns.compile(spec, "torch", params=params).eval(), torch.tensor(x)

    def call() -> None:
        with torch.inference_mode():
            net(x)

    return call


def _jax(spec: ns.Spec, params: dict[str, Any], x: Any) -> Case:
    model, x = ns.compile(spec, "jax", params=params), jax.numpy.asarray(x)
    call = jax.jit(lambda params, state, x: model.apply(params, state, x)[0])
    return lambda: jax.block_until_ready(call(model.params, model.state, x))
