"""Modules of ours whose code is read as a whole: those that an exported file has where
PyTorch has none, or none that is exact in float64.
"""

from __future__ import annotations

from netspec import layers as L
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing.layers._normalization import decay_of
from netspec_torch.support import activations, normalization, scale


@read.register_module(activations.CELU)
def celu(call: Call) -> L.Layer:
    return L.CELU(call.module.alpha)


@read.register_module(activations.Hardsigmoid)
def hard_sigmoid(call: Call) -> L.Layer:
    return L.HardSigmoid()


@read.register_module(normalization.BiasedBatchNorm)
def biased_batch_norm(call: Call) -> L.Layer:
    module = call.module
    for name in ("weight", "bias", "running_mean", "running_var"):
        call.own(name)
    return L.BatchNorm(
        decay_of(module.momentum),
        eps=module.eps,
        scale=module.weight is not None,
        center=module.bias is not None,
        running_variance="biased",
    )


@read.register_module(scale.Rescale)
def rescale(call: Call) -> L.Layer:
    """Take the numbers of the module: exported, a list of them is float32."""
    return L.Rescale(call.module.scale, offset=call.module.offset)
