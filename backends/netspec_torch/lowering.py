"""Every layer as a call of PyTorch's own constructors.

Options that equal PyTorch's default are left out, as an expert leaves them out.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, singledispatch

from torch import nn

from netspec import layers as L
from netspec.build import resolve
from netspec.errors import BackendError
from netspec.expr import Call, Expr, Items, call
from netspec.graph import Branch, Node
from netspec.layers.conv import conv_padding
from netspec.layers.pooling import pool_stride

SUPPORT = "netspec_torch.support"


@dataclass(frozen=True)
class Context:
    """What a lowering may depend on besides the layer and its place.

    Attributes:
        dtype: of the model. What only float64 can tell apart is done only there.
    """

    dtype: str

    @property
    def double(self) -> bool:
        return self.dtype == "float64"


@singledispatch
def lower(layer: L.Layer, node: Node, ctx: Context) -> Call:
    """The call that makes a layer's module; ``@lower.register`` adds one for a layer
    of your own.

    Args:
        layer: decides which function runs.
        node: the layer in its place, with its shapes and parameters.
        ctx: what else there is to know.

    Raises:
        BackendError: no function is registered, or PyTorch cannot have the layer.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the torch backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its module with @netspec_torch.lower.register"
    )


def home(layer: L.Layer) -> str:
    """The module of the function that lowers a layer: this one, or a user's."""
    return lower.dispatch(type(layer)).__module__


def module(target: str, *args: Expr, **options: Expr) -> Call:
    """A call without the options that equal their default."""
    defaults = _defaults(target)
    changed = {name: v for name, v in options.items() if v != defaults[name]}
    return call(target, *args, **changed)


@cache
def _defaults(target: str) -> Mapping[str, object]:
    parameters = inspect.signature(resolve(target)).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def one(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """``3`` for ``(3, 3)``."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


# Containers


def chain(branch: Branch, ctx: Context) -> Call:
    """An `nn.Sequential` whose children have the keys of the canonical paths."""
    children = [lower(node.layer, node, ctx) for node in branch.nodes]
    if not any(node.layer.name for node in branch.nodes):
        return call("torch.nn:Sequential", *children)
    keys = [_free_key(node) for node in branch.nodes]
    pairs = Items(tuple(zip(keys, children, strict=True)))
    return call("torch.nn:Sequential", call("collections:OrderedDict", pairs))


def _free_key(node: Node) -> str:
    if hasattr(nn.Sequential(), node.key):
        raise BackendError(
            f"{node.path} {type(node.layer).__name__}: torch.nn.Sequential has an"
            f" attribute {node.key!r} of its own; give the layer another name"
        )
    return node.key


@lower.register
def sequential(layer: L.Sequential, node: Node, ctx: Context) -> Call:
    return chain(node.branches[0], ctx)


@lower.register
def residual(layer: L.Residual, node: Node, ctx: Context) -> Call:
    body, *shortcut = (chain(branch, ctx) for branch in node.branches)
    options = {"shortcut": shortcut[0]} if shortcut else {}
    return call(f"{SUPPORT}:Residual", body, **options)


@lower.register
def parallel(layer: L.Parallel, node: Node, ctx: Context) -> Call:
    branches = Items(tuple(chain(branch, ctx) for branch in node.branches))
    if layer.merge == "add":
        return call(f"{SUPPORT}:Add", branches)
    return module(f"{SUPPORT}:Concat", branches, dim=layer.axis)


# Layers with weights


@lower.register
def dense(layer: L.Dense, node: Node, ctx: Context) -> Call:
    width = node.input_shape[-1]
    return module("torch.nn:Linear", width, layer.units, bias=layer.bias)


@lower.register
def embedding(layer: L.Embedding, node: Node, ctx: Context) -> Call:
    return call("torch.nn:Embedding", layer.vocabulary, layer.dim)


@lower.register
def conv(layer: L.Conv1D | L.Conv2D, node: Node, ctx: Context) -> Call:
    return module(
        f"torch.nn:Conv{len(layer.kernel_size)}d",
        node.input_shape[0],
        layer.channels,
        kernel_size=one(layer.kernel_size),
        stride=one(layer.stride),
        padding=one(conv_padding(layer)),
        dilation=one(layer.dilation),
        groups=layer.groups,
        bias=layer.bias,
    )


# Normalizations


@lower.register
def batch_norm(layer: L.BatchNorm, node: Node, ctx: Context) -> Call:
    rank = max(1, len(node.input_shape) - 1)
    biased = layer.running_variance == "biased"
    made = module(
        f"{SUPPORT}:BiasedBatchNorm" if biased else f"torch.nn:BatchNorm{rank}d",
        node.input_shape[0],
        eps=layer.eps,
        momentum=round(1 - layer.decay, 15),
        affine=layer.scale or layer.center,
    )
    if "momentum" in dict(made.kwargs):
        made = replace(made, comment="momentum: the weight of the new statistics")
    return _enabled(made, layer)


@lower.register
def layer_norm(layer: L.LayerNorm, node: Node, ctx: Context) -> Call:
    trailing = node.input_shape[-layer.axes :]
    made = module(
        "torch.nn:LayerNorm",
        trailing if layer.axes > 1 else trailing[0],
        eps=layer.eps,
        elementwise_affine=layer.scale or layer.center,
        bias=layer.center or not layer.scale,
    )
    return made if layer.scale else _enabled(made, layer)


@lower.register
def group_norm(layer: L.GroupNorm, node: Node, ctx: Context) -> Call:
    _need_values(node, layer.groups)
    sizes = (layer.groups, node.input_shape[0])
    if layer.center and not layer.scale:
        return module(f"{SUPPORT}:ShiftedGroupNorm", *sizes, eps=layer.eps)
    made = module("torch.nn:GroupNorm", *sizes, eps=layer.eps, affine=layer.scale)
    return _enabled(made, layer)


@lower.register
def instance_norm(layer: L.InstanceNorm, node: Node, ctx: Context) -> Call:
    channels, *positions = node.input_shape
    _need_values(node, channels)
    made = module(
        f"torch.nn:InstanceNorm{len(positions)}d",
        channels,
        eps=layer.eps,
        affine=layer.scale or layer.center,
    )
    return _enabled(made, layer)


def _enabled(
    made: Call, layer: L.BatchNorm | L.GroupNorm | L.InstanceNorm | L.LayerNorm
) -> Call:
    """The normalization without the parameter that the layer leaves out."""
    if layer.scale == layer.center:
        return made
    return call(f"{SUPPORT}:without", made, "bias" if layer.scale else "weight")


def _need_values(node: Node, groups: int) -> None:
    if math.prod(node.input_shape) == groups:
        raise BackendError(
            f"{node.path} {type(node.layer).__name__}: PyTorch needs more than one"
            f" value for each group, received inputs of shape {node.input_shape} in"
            f" {groups} groups; the output would be the bias alone, so remove the layer"
        )


# Pooling


@lower.register
def pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.AvgPool1D | L.AvgPool2D,
    node: Node,
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
        padding=one(layer.padding),
        ceil_mode=layer.ceil_mode,
        **options,
    )


GLOBAL_POOLS = {
    L.GlobalAvgPool1D: "torch.nn:AdaptiveAvgPool1d",
    L.GlobalAvgPool2D: "torch.nn:AdaptiveAvgPool2d",
    L.GlobalMaxPool1D: "torch.nn:AdaptiveMaxPool1d",
    L.GlobalMaxPool2D: "torch.nn:AdaptiveMaxPool2d",
}


def global_pool(layer: L.pooling.GlobalPool, node: Node, ctx: Context) -> Call:
    pooled = call(GLOBAL_POOLS[type(layer)], 1)
    if layer.keepdims:
        return pooled
    return call("torch.nn:Sequential", pooled, call("torch.nn:Flatten"))


for pooling_layer in GLOBAL_POOLS:
    lower.register(pooling_layer, global_pool)


# Shapes


@lower.register
def flatten(layer: L.Flatten, node: Node, ctx: Context) -> Call:
    return _reshaped(node)


@lower.register
def reshape(layer: L.Reshape, node: Node, ctx: Context) -> Call:
    return _reshaped(node)


def _reshaped(node: Node) -> Call:
    before, after = node.input_shape, node.output_shape
    if before and len(after) == 1:
        return call("torch.nn:Flatten")
    if len(before) == 1:
        return call("torch.nn:Unflatten", 1, after)
    return call(f"{SUPPORT}:Reshape", *after)


@lower.register
def permute(layer: L.Permute, node: Node, ctx: Context) -> Call:
    return call(f"{SUPPORT}:Permute", *layer.axes)


@lower.register
def pad1d(layer: L.Pad1D, node: Node, ctx: Context) -> Call:
    return call("torch.nn:ZeroPad1d", one(layer.padding))


@lower.register
def pad2d(layer: L.Pad2D, node: Node, ctx: Context) -> Call:
    rows, columns = layer.padding
    return call("torch.nn:ZeroPad2d", one((*columns, *rows)))  # the last axis first


@lower.register
def dropout(layer: L.Dropout, node: Node, ctx: Context) -> Call:
    return call("torch.nn:Dropout", layer.rate)


# Activations

PLAIN = {
    L.Identity: "torch.nn:Identity",
    L.ReLU: "torch.nn:ReLU",
    L.ReLU6: "torch.nn:ReLU6",
    L.SELU: "torch.nn:SELU",
    L.SiLU: "torch.nn:SiLU",
    L.Mish: "torch.nn:Mish",
    L.Sigmoid: "torch.nn:Sigmoid",
    L.Tanh: "torch.nn:Tanh",
    L.Softsign: "torch.nn:Softsign",
    L.HardSwish: "torch.nn:Hardswish",
}


def plain(layer: L.Layer, node: Node, ctx: Context) -> Call:
    return call(PLAIN[type(layer)])


for plain_layer in PLAIN:
    lower.register(plain_layer, plain)


@lower.register
def leaky_relu(layer: L.LeakyReLU, node: Node, ctx: Context) -> Call:
    return call("torch.nn:LeakyReLU", layer.slope)


@lower.register
def prelu(layer: L.PReLU, node: Node, ctx: Context) -> Call:
    (size,) = node.parameters["weight"].shape
    return module("torch.nn:PReLU", num_parameters=size)


@lower.register
def elu(layer: L.ELU, node: Node, ctx: Context) -> Call:
    return module("torch.nn:ELU", alpha=layer.alpha)


@lower.register
def celu(layer: L.CELU, node: Node, ctx: Context) -> Call:
    # nn.CELU rounds 1 / alpha to float32 in its gradient: off by up to 4e-8
    home = SUPPORT if ctx.double and layer.alpha != 1 else "torch.nn"
    return call(f"{home}:CELU", layer.alpha)


@lower.register
def gelu(layer: L.GELU, node: Node, ctx: Context) -> Call:
    return module("torch.nn:GELU", approximate="tanh" if layer.approximate else "none")


@lower.register
def softplus(layer: L.Softplus, node: Node, ctx: Context) -> Call:
    if not ctx.double:
        return call("torch.nn:Softplus")
    # Beyond its threshold nn.Softplus is x: at the default of 20 it is off by 2e-9, at
    # 40 by less than half a unit in the last place. exp overflows if it is over 709.
    made = call("torch.nn:Softplus", threshold=40)
    return replace(made, comment="exact in float64, where the default of 20 is not")


@lower.register
def hard_sigmoid(layer: L.HardSigmoid, node: Node, ctx: Context) -> Call:
    # nn.Hardsigmoid rounds 1 / 6 to float32 in its gradient: off by 5e-9
    return call(f"{SUPPORT if ctx.double else 'torch.nn'}:Hardsigmoid")


@lower.register
def softmax(layer: L.Softmax, node: Node, ctx: Context) -> Call:
    return call("torch.nn:Softmax", dim=layer.axis)


@lower.register
def log_softmax(layer: L.LogSoftmax, node: Node, ctx: Context) -> Call:
    return call("torch.nn:LogSoftmax", dim=layer.axis)
