"""Transposed convolutions."""

from __future__ import annotations

from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing._values import Signal
from netspec.importing.symbols._call import Call, rule
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import Reference, read
from netspec.importing.symbols.layers._convolution import need_channels_first

KINDS = {1: L.ConvTranspose1D, 2: L.ConvTranspose2D, 3: L.ConvTranspose3D}
KERNEL = (
    "reverse(reshape(swapaxes(reshape(w, shape=(-4, G, -1, -2)), dim1=1, dim2=2),"
    " shape=(-3, -2)), axis=R)"
)


@rule("Deconvolution", parameters=True)
def deconvolution(call: Call) -> Made:
    need_channels_first(call)
    if call.sizes("target_shape", []):
        raise call.without("ConvTranspose", "target_shape")
    kernel = call.sizes("kernel")
    rank = len(kernel)
    call.parameter(1, "weight")
    bias = not call.flag("no_bias", True)
    if bias:
        call.parameter(2, "bias")
    return KINDS[rank](
        call.whole("num_filter"),
        kernel_size=kernel,
        stride=call.sizes("stride", [1] * rank),
        padding=call.sizes("pad", [0] * rank),
        output_padding=call.sizes("adj", [0] * rank),
        dilation=call.sizes("dilate", [1] * rank),
        groups=call.whole("num_group", 1),
        bias=bias,
    )


@pattern(f"Convolution(s, {KERNEL}, *ps, **K)")
def spread(call: Composed) -> Made | None:
    """Recognize a convolution by the mirrored kernel of values with zeros between."""
    how = {key: read(text) for key, text in call["K"].items()}
    kernel, dilation = how["kernel"], how["dilate"]
    source, steps, more = apart(call, call["s"], len(kernel))
    call.bound = {**call.bound, "x": source}
    call.held("w", "weight")
    for bias in call["ps"]:
        call.bound = {**call.bound, "b": bias}
        call.held("b", "bias")
    axes = zip(kernel, dilation, how["pad"], strict=True)
    return KINDS[len(kernel)](
        how["num_filter"],
        kernel_size=kernel,
        stride=steps,
        padding=[d * (k - 1) - pad for k, d, pad in axes],
        output_padding=more,
        dilation=dilation,
        groups=how["num_group"],
        bias=bool(call["ps"]),
    )


def apart(
    call: Composed, at: Reference, rank: int
) -> tuple[Reference, list[int], list[int]]:
    """Return the values between which zeros are, how far apart they are along each
    axis, and how many zeros follow the last.
    """
    steps, more = [1] * rank, [0] * rank
    for axis in reversed(range(2, 2 + rank)):
        kept = "0, " * axis
        found = call.find(
            f"slice_axis(reshape(concat(y, *zs, dim={axis + 1}), shape=({kept}-3, -2)),"
            f" axis={axis}, begin=0, end=E) where y = expand_dims(x, axis={axis + 1})",
            at,
            {},
        )
        zeros = found and [call.find("zeros_like(y)", z, found) for z in found["zs"]]
        if not found or not zeros or None in zeros:
            continue
        steps[axis - 2], at = 1 + len(zeros), found["x"]
        more[axis - 2] = len(zeros) + (found["E"] or 0)
    return at, steps, more


MADE = "Convolution(x, {kernel}, *ps, **K)"
LINES = (
    f"transpose(reshape(reshape({MADE}, shape=(-3, 0)), shape=(-4, -1, K0, 0)),"
    " axes=(0, 2, 1))"
)
IMAGES = (
    f"transpose(reshape(reshape_like({LINES.replace('-3, 0', '-3, -3')}, x,"
    " lhs_begin=1, lhs_end=2, rhs_begin=2, rhs_end=4), shape=(-4, -1, K1, 0, -3)),"
    " axes=(0, 2, 1, 3))"
)


def beside(rank: int) -> str:
    """Write the pattern of windows side by side, which are channels at first."""
    kernel = "transpose(reshape(w, shape=(0, -1)))"
    for _ in range(rank):
        kernel = f"expand_dims({kernel}, axis=2)"
    made = (LINES, IMAGES)[rank - 1].format(kernel=kernel)
    return f"reshape({made}, shape=(-4, -1, N, -3{', 0' * (rank - 1)}))"


@pattern(beside(1), beside(2))
def windows_beside(call: Composed) -> Made | None:
    held: Any = call.held("w", "weight")
    kernel = held.shape[2:]
    for bias in call["ps"]:
        found = call.find("repeat(b, repeats=T)", bias)
        if found is None:
            return None
        call.bound = {**call.bound, "b": found["b"]}
        call.held("b", "bias")
    value = call.value("x")
    if not isinstance(value, Signal) or held.shape[1] != call["N"]:
        return None
    return KINDS[len(kernel)](
        held.shape[1], kernel_size=kernel, stride=kernel, bias=bool(call["ps"])
    )
