"""Recurrent layers: Flax's own cells where they have the same parameters, one bias of
each gate.
"""

from __future__ import annotations

from collections.abc import Mapping

from netspec import layers as L
from netspec.init import distributions
from netspec.program import Call, Expr, Name, call
from netspec.spec import Placed
from netspec_flax._initializers import (
    INIT,
    ZEROS,
    Draw,
    as_kernel,
    initializer_of,
)
from netspec_flax._lowering import WIDE, Context, module, our_module, ours, register

OPTIONS = {
    "weight_ih": "kernel_init",
    "weight_hh": "recurrent_kernel_init",
    "bias_ih": "bias_init",
    "bias_hh": "recurrent_bias_init",
}
GLOROT = call(f"{INIT}.glorot_uniform")
USUAL: dict[str, Draw] = {
    "weight_ih": GLOROT,
    "weight_hh": GLOROT,
    "bias_ih": ZEROS,
    "bias_hh": ZEROS,
}


@register
def rnn(layer: L.RNN, node: Placed, ctx: Context) -> Call:
    relu = (
        {"activation_fn": Name("flax.nnx:relu")} if layer.activation == "relu" else {}
    )
    # Flax computes in float32 in this cell unless it is told otherwise
    wide = {"dtype": WIDE} if ctx.dtype == "float64" else {}
    return _made("RNN", "SimpleCell", layer, node, ctx, relu, wide)


@register
def lstm(layer: L.LSTM, node: Placed, ctx: Context) -> Call:
    return _made("LSTM", "OptimizedLSTMCell", layer, node, ctx, {}, {})


@register
def gru(layer: L.GRU, node: Placed, ctx: Context) -> Call:
    if layer.reset_after:
        return _made("GRU", "GRUCell", layer, node, ctx, {}, {})
    return _made("ResetBeforeGRU", "", layer, node, ctx, {}, {})


def _made(
    kind: str,
    cell: str,
    layer: L.Recurrent,
    node: Placed,
    ctx: Context,
    own: Mapping[str, Expr],
    of_cell: Mapping[str, Expr],
) -> Call:
    native = cell and _is_native(layer, node, ctx)
    ways = []
    for end, reverse in layer.ways:
        sizes = node.input_shape[-1], layer.units
        if native:
            drawn = _drawn_in_cell(node, end)
            inner = module(f"flax.nnx:{cell}", ctx, *sizes, **own, **of_cell, **drawn)
            turned = {"reverse": True, "keep_order": True} if reverse else {}
            ways.append(call("flax.nnx:RNN", inner, **turned))
            continue
        how = {**own, **({"reverse": True} if reverse else {}), **_biases(layer)}
        drawn = _drawn(node, end)
        ways.append(our_module(f"recurrent:{kind}", ctx, *sizes, **how, **drawn))
    return (
        ways[0]
        if len(ways) == 1
        else call(ours("recurrent:Bidirectional").target, *ways)
    )


def _biases(layer: L.Recurrent) -> dict[str, Expr]:
    has = {"use_bias": layer.bias, "use_recurrent_bias": layer.recurrent_bias}
    return {name: False for name, held in has.items() if not held}


def _is_native(layer: L.Recurrent, node: Placed, ctx: Context) -> bool:
    """Tell whether a cell of Flax has the parameters of a layer: one bias of each gate,
    no gates that are drawn apart, nothing that is tied, whose layout is fixed.
    """
    apart = any(
        isinstance(p.law, distributions.Stacked) and len(p.shape) > 1
        for p in node.parameters.values()
    )
    tied = any(f"{node.path}.{name}" in ctx.tied for name in node.parameters)
    return layer.bias and not (layer.recurrent_bias or apart or tied)


def _drawn(node: Placed, end: str) -> dict[str, Draw]:
    found = {
        name: initializer_of(node.parameters[f"{name}_l0{end}"])
        for name in OPTIONS
        if f"{name}_l0{end}" in node.parameters
    }
    return {OPTIONS[name]: own for name, own in found.items() if own != USUAL[name]}


def _drawn_in_cell(node: Placed, end: str) -> dict[str, Draw]:
    """Return what draws a cell, whose kernels are transposed."""
    held = {name: node.parameters[f"{name}_l0{end}"] for name in list(OPTIONS)[:3]}
    draws = {
        OPTIONS[name]: initializer_of(as_kernel(p) if len(p.shape) > 1 else p)
        for name, p in held.items()
    }
    usual = {
        "kernel_init": call(f"{INIT}.lecun_normal"),
        "recurrent_kernel_init": call(f"{INIT}.orthogonal", 1.0),
        "bias_init": ZEROS,
    }
    return {option: own for option, own in draws.items() if own != usual[option]}
