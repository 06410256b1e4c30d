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
    """Take whose statistics it is normalized with from both modes: those of the batch
    in evaluation, too, or the running ones in training, too.
    """
    if call.given("running_mean") is None or call["training"] > call.train:
        return L.BatchNorm(eps=call["eps"], statistics="batch", **affine(call))
    call.weight("running_mean")
    call.weight("running_var")
    if call["training"] < call.train:
        return L.BatchNorm(eps=call["eps"], statistics="frozen", **affine(call))
    return L.BatchNorm(
        decay_of(call["momentum"]),
        eps=call["eps"],
        running_variance="unbiased",
        **affine(call),
    )


def in_evaluation(made: object) -> object:
    """Leave out what evaluation cannot tell of a layer: how training differs."""
    if isinstance(made, L.MultiHeadAttention):
        return made.without_dropout()
    if isinstance(made, L.BatchNorm) and made.statistics != "batch":
        return L.BatchNorm(eps=made.eps, scale=made.scale, center=made.center)
    return made


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
