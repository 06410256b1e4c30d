"""Normalizations."""

from __future__ import annotations

from typing import Any

import numpy as np

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, Held, rule

STATISTICS = {3: "running_mean", 4: "running_var"}
NAMES = {3: "moving_mean", 4: "moving_var"}


@rule("BatchNorm", "BatchNorm_v1", "CuDNNBatchNorm", parameters=True)
def batch_norm(call: Call) -> Made:
    """Leave the stored gamma out where it is fixed: MXNet takes 1 in its place."""
    if call.whole("axis", 1) not in (1, -len(call.before)):
        raise call.refused("normalizes another axis than that of the channels, 1")
    fixed = call.flag("fix_gamma", True)
    gamma = call.given("1")
    if not fixed:
        call.parameter(1, "weight")
    elif isinstance(gamma, Held) and not np.all(gamma.array == 1):
        call.note(f"{gamma.origin} is stored, but fixed at 1, and so left out")
    center = call.learned(2, "bias", 0)
    for place, name in STATISTICS.items():
        statistics(call, place, name)
    call.reads = (call.data,)
    how: dict[str, Any] = {
        "eps": call.number("eps", 1e-3),
        "scale": not fixed,
        "center": center,
    }
    if call.flag("use_global_stats", False):  # which training does not move
        return L.BatchNorm(**how, statistics="frozen")
    momentum = call.number("momentum", 0.9)
    return L.BatchNorm(momentum, **how, running_variance="biased")


def statistics(call: Call, place: int, name: str) -> None:
    """Take running statistics, which the oldest files do not list among the inputs."""
    if str(place) in call:
        call.parameter(place, name)
        return
    held = call.aside(NAMES[place])
    if held is None:
        raise call.refused(f"its {NAMES[place]} is not in the file of arrays")
    call.take(name, held.origin, held.array)


@rule("LayerNorm", parameters=True)
def layer_norm(call: Call) -> Made:
    if call.whole("axis", -1) not in (-1, len(call.before)):
        raise call.refused("normalizes another axis than the last")
    return L.LayerNorm(call.number("eps", 1e-5), **scale_and_shift(call))


def scale_and_shift(call: Call) -> dict[str, Any]:
    """Take both arrays, and return the fields that say so."""
    scale, center = call.learned(1, "weight", 1), call.learned(2, "bias", 0)
    return {"scale": scale, "center": center}


@rule("InstanceNorm", parameters=True)
def instance_norm(call: Call) -> Made:
    return L.InstanceNorm(call.number("eps", 1e-3), **scale_and_shift(call))
