"""Normalizations."""

from __future__ import annotations

from typing import Any

import torch

from netspec import layers as L
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read


def decay_of(momentum: float) -> float:
    """Return the weight of the old value, of the digits that the new one's has."""
    return round(1 - momentum, 15)


def affine(call: Call) -> dict[str, Any]:
    """Take weight and bias, and say which there are."""
    return {
        "scale": bool(call.weight("weight")),
        "center": bool(call.weight("bias")),
    }


@read.register("aten.batch_norm")
def batch_norm(call: Call) -> L.Layer:
    if call.given("running_mean") is None or call["training"] > call.train:
        raise call.refused(
            "normalizes with the statistics of the batch in evaluation, too; track the"
            " running statistics"
        )
    if call["training"] < call.train:
        raise call.refused(
            "is frozen: training neither uses the statistics of the batch nor moves the"
            " running ones"
        )
    call.weight("running_mean")
    call.weight("running_var")
    return L.BatchNorm(
        decay_of(call["momentum"]),
        eps=call["eps"],
        running_variance="unbiased",
        **affine(call),
    )


@read.register("aten.layer_norm")
def layer_norm(call: Call) -> L.Layer:
    axes = len(call["normalized_shape"])
    return L.LayerNorm(call["eps"], axes=axes, **affine(call))


@read.register("aten.rms_norm")
def rms_norm(call: Call) -> L.Layer:
    eps = call["eps"]
    if eps is None:
        eps = torch.finfo(torch.float32).eps
        call.note("eps is that of float32, as PyTorch takes it for this dtype")
    axes = len(call["normalized_shape"])
    return L.RMSNorm(eps, axes=axes, scale=bool(call.weight("weight")))


@read.register("aten.group_norm")
def group_norm(call: Call) -> L.Layer:
    return L.GroupNorm(call["num_groups"], eps=call["eps"], **affine(call))


@read.register("aten.instance_norm")
def instance_norm(call: Call) -> L.Layer:
    if call.given("running_mean") is not None:
        raise call.refused("has running statistics, which InstanceNorm has not")
    return L.InstanceNorm(call["eps"], **affine(call))
