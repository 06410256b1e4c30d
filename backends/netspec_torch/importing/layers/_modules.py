"""Modules whose code is read as a whole: ours, which an exported file has where PyTorch
has none, or none that is exact; and those of others that draw at random in training.
"""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing.layers._convolution import per_axis
from netspec_torch.importing.layers._normalization import decay_of
from netspec_torch.importing.layers._pooling import MEAN
from netspec_torch.support import (
    activations,
    attention,
    normalization,
    positions,
    regularization,
    scale,
    upsample,
    windows,
)

RESIZED = {1: L.Upsample1D, 2: L.Upsample2D, 3: L.Upsample3D}


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


@read.register_module(normalization.FrozenBatchNorm)
def frozen_batch_norm(call: Call) -> L.Layer:
    module = call.module
    for name in ("weight", "bias", "running_mean", "running_var"):
        call.own(name)
    return L.BatchNorm(
        eps=module.eps,
        scale=module.weight is not None,
        center=module.bias is not None,
        statistics="frozen",
    )


@read.register_module(scale.Rescale)
def rescale(call: Call) -> L.Layer:
    """Take the numbers of the module: exported, a list of them is float32."""
    return L.Rescale(call.module.scale, offset=call.module.offset)


@read.register_module("torch.nn.modules.normalization.LocalResponseNorm")
def local_response_norm(call: Call) -> L.Layer:
    module = call.module
    return L.LocalResponseNorm(
        module.size, alpha=module.alpha, beta=module.beta, k=module.k
    )


@read.register_module(windows.PaddedAvgPool)
def padded_avg_pool(call: Call) -> Made:
    """Take what counts as padding that counts, and all of it where nothing does."""
    module = call.module
    rank, pool = len(module.margins) // 2, module.pool
    counts = any(module.counted)
    flat = module.counted if counts else module.margins
    ends = [flat[i : i + 2] for i in range(0, 2 * rank, 2)][::-1]
    return MEAN[rank](
        per_axis(pool.kernel_size, rank),
        stride=per_axis(pool.stride, rank),
        padding=ends,
        ceil_mode=counts,
        count_include_pad=counts,
    )


@read.register_module(upsample.Nearest)
def nearest(call: Call) -> L.Layer:
    return RESIZED[len(call.module.size)](size=call.module.size)


@read.register_module(regularization.StochasticDepth)
def stochastic_depth(call: Call) -> L.Layer:
    return L.StochasticDepth(call.module.p)


@read.register_module("torchvision.ops.stochastic_depth.StochasticDepth")
def torchvision_stochastic_depth(call: Call) -> L.Layer:
    if call.module.mode != "row":
        raise call.refused("drops whole batches; netspec drops each example by itself")
    return L.StochasticDepth(call.module.p)


@read.register_module("timm.layers.drop.DropPath")
def drop_path(call: Call) -> L.Layer:
    if not call.module.scale_by_keep:
        raise call.refused("does not scale up what it keeps")
    return L.StochasticDepth(call.module.drop_prob)


@read.register_module(positions.PositionEmbedding)
def position_embedding(call: Call) -> L.Layer:
    return L.PositionEmbedding(call.own("weight")[0])


@read.register_module(positions.ClassToken)
def class_token(call: Call) -> L.Layer:
    call.own("weight")
    return L.ClassToken()


@read.register_module(positions.SinusoidalPosition)
def sinusoidal(call: Call) -> L.Layer:
    return L.SinusoidalPosition(call.module.base)


@read.register_module(attention.SelfAttention)
def self_attention(call: Call) -> L.Layer:
    module = call.module
    for name, _ in module.named_parameters():
        call.own(name)
    dim = module.head_dim
    heads = module.query.out_features // dim
    keys = module.key.out_features // dim
    own = module.query.in_features == module.query.out_features
    return L.MultiHeadAttention(
        heads,
        key_heads=None if keys == heads else keys,
        head_dim=None if own else dim,
        causal=module.causal,
        window=module.window,
        bias=module.query.bias is not None,
        normalize=module.query_norm is not None,
        rotary=None if module.rotary is None else module.rotary.base,
        relative=None if module.relative is None else module.relative.most + 1,
        dropout=module.dropout,
    )
