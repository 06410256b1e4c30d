"""Single-layer specs that expose bugs: every option at least once away from its
default.
"""

from __future__ import annotations

from netspec import layers as nl
from netspec.conformance.cases._containers import CONTAINERS
from netspec.conformance.cases._sequences import ATTENTION, RECURRENCE
from netspec.conformance.cases._shapes import LINE, PLANE, ROW, VOLUME
from netspec.conformance.cases._windows import WINDOWS
from netspec.errors import excerpt
from netspec.layers import Layer, Shape
from netspec.spec import Spec, label

FLOATS: tuple[tuple[Shape, Layer], ...] = (
    *WINDOWS,
    (ROW, nl.Dense(5)),
    (ROW, nl.Dense(5, bias=False)),
    (PLANE, nl.Dense(5)),
    (ROW, nl.BatchNorm()),
    (LINE, nl.BatchNorm(0.8)),
    (PLANE, nl.BatchNorm()),
    (VOLUME, nl.BatchNorm()),
    (PLANE, nl.BatchNorm(0.7, eps=1e-3)),
    (PLANE, nl.BatchNorm(scale=False)),
    (PLANE, nl.BatchNorm(center=False)),
    (PLANE, nl.BatchNorm(scale=False, center=False)),
    (PLANE, nl.BatchNorm(running_variance="biased")),
    (ROW, nl.BatchNorm(running_variance="unbiased")),
    (PLANE, nl.BatchNorm(statistics="frozen", scale=False)),
    (PLANE, nl.BatchNorm(statistics="batch")),
    (LINE, nl.BatchNorm(eps=1e-3, center=False, statistics="batch")),
    (ROW, nl.LayerNorm()),
    (PLANE, nl.LayerNorm(axes=2)),
    (PLANE, nl.LayerNorm(1e-3, scale=False)),
    (PLANE, nl.LayerNorm(center=False)),
    (ROW, nl.RMSNorm()),
    (PLANE, nl.RMSNorm(axes=2)),
    (PLANE, nl.RMSNorm(1e-3, scale=False)),
    (PLANE, nl.GroupNorm(2)),
    (ROW, nl.GroupNorm(3)),
    (PLANE, nl.GroupNorm(4, eps=1e-3, center=False)),
    (LINE, nl.GroupNorm(1, scale=False)),
    (PLANE, nl.InstanceNorm()),
    (LINE, nl.InstanceNorm(1e-3)),
    (VOLUME, nl.InstanceNorm()),
    (PLANE, nl.InstanceNorm(scale=False)),
    (PLANE, nl.InstanceNorm(center=False)),
    (PLANE, nl.LocalResponseNorm(3, alpha=2.7, k=0.3)),
    (VOLUME, nl.LocalResponseNorm(2, alpha=0.7, beta=0.3)),
    (LINE, nl.LocalResponseNorm(9)),
    (PLANE, nl.Dropout(0.0)),
    (PLANE, nl.StochasticDepth(0.0)),
    (PLANE, nl.ChannelDropout(0.0)),
    (PLANE, nl.Rescale(-2.5, offset=0.3)),
    (PLANE, nl.Rescale((0.3, -1.7, 2.9, 0.7), offset=0.3)),
    (PLANE, nl.Rescale(0.3, offset=(0.1, -0.7, 1.3, 0.0))),
    (PLANE, nl.Scale()),
    (PLANE, nl.Scale(bias=True)),
    (LINE, nl.Scale(-1, bias=True)),
    (PLANE, nl.Scale(2)),
    (PLANE, nl.Scale((1, 3), bias=True)),
    (PLANE, nl.Flatten()),
    (PLANE, nl.Identity()),
    (PLANE, nl.Reshape((6, 28))),
    (PLANE, nl.Permute((3, 1, 2))),
    (LINE, nl.Pad1D((2, 1))),
    (PLANE, nl.Pad2D(((1, 2), (0, 3)))),
    (VOLUME, nl.Pad3D(((1, 2), (0, 3), (2, 1)))),
    (LINE, nl.Pad1D((2, 1), value=-0.7)),
    (LINE, nl.Pad1D((8, 1), mode="reflect")),
    (PLANE, nl.Pad2D(((1, 2), (0, 3)), mode="reflect")),
    (PLANE, nl.Pad2D(((1, 2), (0, 3)), mode="replicate")),
    (PLANE, nl.Pad2D(((7, 2), (0, 3)), mode="circular")),
    (VOLUME, nl.Pad3D(((1, 0), (0, 3), (2, 1)), mode="reflect")),
    (VOLUME, nl.Pad3D(((1, 2), (0, 3), (2, 1)), mode="replicate")),
    (VOLUME, nl.Pad3D(((1, 2), (0, 3), (2, 1)), mode="circular")),
    (PLANE, nl.Slice(1, start=1)),
    (PLANE, nl.Slice(-1, start=-5, stop=-1, step=2)),
    (ROW, nl.Slice(1, stop=4, step=3)),
    (PLANE, nl.Select(2, 3)),
    (PLANE, nl.Select(-1, -1)),
    (ROW, nl.Select(1, 2)),
    (LINE, nl.Crop1D((2, 1))),
    (PLANE, nl.Crop2D(((1, 2), (0, 3)))),
    (VOLUME, nl.Crop3D(((1, 0), (0, 2), (1, 1)))),
    (PLANE, nl.Reduce(1)),
    (PLANE, nl.Reduce((1, -1), keepdims=True)),
    (PLANE, nl.Reduce((3, 2), op="sum")),
    (PLANE, nl.Reduce((2, 3), op="max")),
    (LINE, nl.Reduce(-1, op="min", keepdims=True)),
    (PLANE, nl.Reduce(1, op="l2")),
    (ROW, nl.Reduce(1, op="l2")),
    ((8, 3, 2), nl.PixelShuffle(2)),
    ((2, 6, 9), nl.PixelUnshuffle(3)),
    (VOLUME, nl.ChannelShuffle(2)),
    (ROW, nl.ChannelShuffle(3)),
    (PLANE, nl.Roll(2, 3)),
    (PLANE, nl.Roll((1, -1), (-1, 8))),
    *ATTENTION,
    (PLANE, nl.ReLU()),
    (PLANE, nl.ReLU6()),
    (PLANE, nl.LeakyReLU()),
    (PLANE, nl.LeakyReLU(0.3)),
    (PLANE, nl.PReLU()),
    (PLANE, nl.PReLU(per_channel=True)),
    (ROW, nl.PReLU(per_channel=True)),
    (PLANE, nl.ELU()),
    (PLANE, nl.ELU(0.3)),
    (PLANE, nl.SELU()),
    (PLANE, nl.CELU()),
    (PLANE, nl.CELU(0.3)),
    (PLANE, nl.GELU()),
    (PLANE, nl.GELU(approximate=True)),
    (PLANE, nl.SiLU()),
    (PLANE, nl.SiLU(1.7)),
    (PLANE, nl.Mish()),
    (PLANE, nl.Sigmoid()),
    (PLANE, nl.Tanh()),
    (PLANE, nl.Softplus()),
    (PLANE, nl.Softplus(0.3)),
    (PLANE, nl.LogSigmoid()),
    (PLANE, nl.Softsign()),
    (PLANE, nl.HardSigmoid()),
    (PLANE, nl.HardSigmoid(0.2, offset=0.3)),
    (PLANE, nl.HardSwish()),
    (PLANE, nl.HardTanh()),
    (PLANE, nl.HardTanh(-0.7, 0.3)),
    (PLANE, nl.SoftShrink()),
    (PLANE, nl.SoftShrink(0.3)),
    (PLANE, nl.HardShrink()),
    (PLANE, nl.HardShrink(0.3)),
    (PLANE, nl.TanhShrink()),
    (PLANE, nl.Threshold(-0.3, 0.7)),
    (PLANE, nl.Softmax()),
    (PLANE, nl.Softmax(1)),
    (PLANE, nl.LogSoftmax()),
    (PLANE, nl.LogSoftmax(1)),
    (PLANE, nl.Softmin()),
    (PLANE, nl.Softmin(1)),
    (ROW, nl.GLU()),
    (PLANE, nl.GLU()),
    (PLANE, nl.GLU(1)),
    *RECURRENCE,
    *CONTAINERS,
)

INTEGERS: tuple[tuple[Shape, Layer], ...] = (
    ((7,), nl.Embedding(11, dim=4)),
    ((), nl.Embedding(3, dim=2)),
)


def single_layers() -> dict[str, Spec]:
    """Return a spec for each entry, by a name that tells its layer and shape."""
    entries = [(*entry, "float") for entry in FLOATS]
    entries += [(*entry, "int") for entry in INTEGERS]
    specs = (
        Spec(f"{label_of(layer)} on {shape}", shape, [layer], input_dtype=kind)
        for shape, layer, kind in entries
    )
    return {spec.name: spec for spec in specs}


def label_of(layer: Layer) -> str:
    """Return a name for a layer; that of a container includes its content, but for the
    middle of a long one.
    """
    inside = isinstance(layer, nl.Container)
    return excerpt(repr(layer), 160) if inside else label(layer)
