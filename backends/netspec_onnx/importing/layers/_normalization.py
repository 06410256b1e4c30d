"""Normalizations."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import Held

STATISTICS = {3: "running_mean", 4: "running_var"}
BY_CHANNEL = 21  # from this version on GroupNormalization scales channels, not groups


@rule("BatchNormalization")
def batch_norm(call: Call) -> Made:
    if call.whole("spatial", 1) != 1:
        raise call.refused("has statistics for each position, which BatchNorm has not")
    call.parameter(1, "weight")
    call.parameter(2, "bias")
    if call.whole("training_mode", 0):
        call.note("normalizes with the batch, in evaluation too, as the file does")
        call.reads = (call.data,)
        return L.BatchNorm(eps=call.number("epsilon", 1e-5), statistics="batch")
    for place, name in STATISTICS.items():
        call.parameter(place, name)
    return L.BatchNorm(
        call.number("momentum", 0.9),
        eps=call.number("epsilon", 1e-5),
        running_variance="biased",
    )


@rule("LayerNormalization", "RMSNormalization", anywhere=True)
def layer_norm(call: Call) -> Made:
    first = call.axis(call.whole("axis", -1))
    if first < call.turn.stop:
        raise call.refused("normalizes axes on both sides of the batch axis")
    call.parameter(1, "weight")
    center = call.given("2") is not None
    if center:
        call.parameter(2, "bias")
    axes, eps = len(call.data.shape) - first, call.number("epsilon", 1e-5)
    if call.name == "RMSNormalization":
        return L.RMSNorm(eps, axes=axes)
    return L.LayerNorm(eps, axes=axes, center=center)


@rule("InstanceNormalization")
def instance_norm(call: Call) -> Made:
    """Leave constants of 1 and 0 out."""
    eps, given = call.number("epsilon", 1e-5), (call.given("1"), call.given("2"))
    fixed = [isinstance(one, Held) and not one.learned for one in given]
    scale, shift = call.constant(1), call.constant(2)
    if all(fixed) and np.all(scale == 1) and np.all(shift == 0):
        return L.InstanceNorm(eps, scale=False, center=False)
    call.parameter(1, "weight")
    call.parameter(2, "bias")
    return L.InstanceNorm(eps)


@rule("GroupNormalization")
def group_norm(call: Call) -> Made:
    groups = call.whole("num_groups", 0)
    if groups < 1 or call.before[0] % groups:
        raise call.refused(f"has {groups} groups of {call.before[0]} channels")
    each = 1 if call.around.opset >= BY_CHANNEL else call.before[0] // groups

    def by_channel(array: Array) -> Array:
        return np.repeat(array, each)

    call.parameter(1, "weight", by_channel)
    call.parameter(2, "bias", by_channel)
    return L.GroupNorm(groups, eps=call.number("epsilon", 1e-5))


@rule("LRN")
def local_response_norm(call: Call) -> Made:
    size = call.whole("size", 0)
    if size % 2 == 0:
        raise call.refused(
            f"has a window of {size} channels, one more of them behind, where netspec"
            " has one more before"
        )
    return L.LocalResponseNorm(
        size,
        alpha=call.number("alpha", 1e-4),
        beta=call.number("beta", 0.75),
        k=call.number("bias", 1.0),
    )
