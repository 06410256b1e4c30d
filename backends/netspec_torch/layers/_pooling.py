"""Pooling over windows and over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import GlobalPool, pool_padding, pool_stride
from netspec.program import Call, call, one
from netspec.spec import Placed
from netspec_torch._lowering import Context, Lowering, module, register


@register
def pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.AvgPool1D | L.AvgPool2D,
    node: Placed,
    ctx: Context,
) -> Call:
    kind, options = "Max", {}
    if isinstance(layer, L.AvgPool1D | L.AvgPool2D):
        kind, options = "Avg", {"count_include_pad": layer.count_include_pad}
    kernel, stride = one(layer.kernel_size), one(pool_stride(layer))
    return module(
        f"torch.nn:{kind}Pool{len(layer.kernel_size)}d",
        kernel,
        stride=None if stride == kernel else stride,
        padding=one(pool_padding(layer)),
        ceil_mode=layer.ceil_mode,
        **options,
    )


GLOBAL_POOLS: dict[type[L.Layer], str] = {
    L.GlobalAvgPool1D: "torch.nn:AdaptiveAvgPool1d",
    L.GlobalAvgPool2D: "torch.nn:AdaptiveAvgPool2d",
    L.GlobalMaxPool1D: "torch.nn:AdaptiveMaxPool1d",
    L.GlobalMaxPool2D: "torch.nn:AdaptiveMaxPool2d",
}


def global_pool(target: str) -> Lowering:
    """Make the lowering of a pool over all positions."""

    def lowering(layer: GlobalPool, node: Placed, ctx: Context) -> Call:
        pooled = call(target, 1)
        if layer.keepdims:
            return pooled
        return call("torch.nn:Sequential", pooled, call("torch.nn:Flatten"))

    return lowering


for kind, target in GLOBAL_POOLS.items():
    register(global_pool(target), kind)
