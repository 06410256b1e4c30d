"""Single-layer specs that expose bugs: odd sizes, heights unlike widths, kernels that
are not square beside one that is, every option at least once away from its default.
"""

from __future__ import annotations

from netspec import layers as nl
from netspec.errors import excerpt
from netspec.layers import Layer, Shape
from netspec.spec import Spec, label

VOLUME, PLANE, LINE, ROW = (4, 2, 5, 3), (4, 7, 6), (4, 9), (6,)
# Squeeze-and-excitation's, and the last two axes exchanged
GATE = [nl.GlobalAvgPool2D(keepdims=True), nl.Conv2D(4, kernel_size=1), nl.Sigmoid()]
TURNED = [nl.Permute((1, 3, 2)), nl.Tanh()]

# Parts of the channels, of which one is read twice
SPLIT = [
    nl.Node("first", [nl.Slice(1, stop=2)]),
    nl.Node("second", [nl.Slice(1, start=2), nl.Conv2D(2, kernel_size=3, padding=1)]),
    nl.Node("sum", [nl.BatchNorm()], reads=["first", "second"], merge="add"),
    nl.Node("all", [nl.Conv2D(3, kernel_size=1)], reads=["first", "sum", "second"]),
]
MERGED = [
    nl.Node("x", [nl.Dense(5)]),
    nl.Node("class", [nl.Dense(1)], reads=["x"]),
    nl.Node("gate", [nl.Dense(5)], reads=["class", "x"], merge="multiply"),
    nl.Node("most", [nl.Tanh()], reads=["gate", "class", "x"], merge="maximum"),
    nl.Node("less", [nl.Dense(3)], reads=["most", "x"], merge="subtract"),
]
STACKED = [
    nl.Node("turned", [nl.Permute((2, 1))]),
    nl.Node("square", [nl.Tanh()], reads=["input", "turned"], merge="matmul"),
    nl.Node("pair", [nl.Tanh()], reads=["square", "square"], merge="stack", axis=2),
    nl.Node("last", [nl.Dense(2)], reads=["pair", "pair"], axis=-1),
]

FLOATS: tuple[tuple[Shape, Layer], ...] = (
    (ROW, nl.Dense(5)),
    (ROW, nl.Dense(5, bias=False)),
    (PLANE, nl.Dense(5)),
    (LINE, nl.Conv1D(6, kernel_size=3)),
    (LINE, nl.Conv1D(6, kernel_size=3, stride=2, padding=1, dilation=2, groups=2)),
    (PLANE, nl.Conv2D(6, kernel_size=(3, 2))),
    (PLANE, nl.Conv2D(6, kernel_size=3, padding="same")),
    (PLANE, nl.Conv2D(6, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0))),
    (PLANE, nl.Conv2D(6, kernel_size=(3, 2), dilation=(1, 2), bias=False)),
    (PLANE, nl.Conv2D(6, kernel_size=3, groups=2)),
    (PLANE, nl.Conv2D(4, kernel_size=3, padding=1, groups=4)),
    (LINE, nl.MaxPool1D(2)),
    (LINE, nl.MaxPool1D(3, stride=2, padding=1, ceil_mode=True)),
    (PLANE, nl.MaxPool2D(2)),
    (PLANE, nl.MaxPool2D((3, 2), stride=(2, 1), padding=1)),
    (PLANE, nl.MaxPool2D(2, stride=3, padding=1, ceil_mode=True)),
    (LINE, nl.AvgPool1D(2)),
    (LINE, nl.AvgPool1D(3, stride=2, padding=1, count_include_pad=False)),
    (PLANE, nl.AvgPool2D(2)),
    (PLANE, nl.AvgPool2D((3, 2), stride=(2, 1), padding=1)),
    (PLANE, nl.AvgPool2D(3, stride=2, padding=1, count_include_pad=False)),
    (PLANE, nl.AvgPool2D(3, stride=2, ceil_mode=True)),
    (PLANE, nl.AvgPool2D(3, stride=2, padding=1, ceil_mode=True)),
    (
        PLANE,
        nl.AvgPool2D(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    ),
    (LINE, nl.GlobalAvgPool1D()),
    (PLANE, nl.GlobalAvgPool2D()),
    (PLANE, nl.GlobalAvgPool2D(keepdims=True)),
    (LINE, nl.GlobalMaxPool1D(keepdims=True)),
    (PLANE, nl.GlobalMaxPool2D()),
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
    (PLANE, nl.Dropout(0.0)),
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
    (ROW, nl.Sequential([nl.Dense(5), nl.Tanh(), nl.Dense(3, name="head")])),
    (ROW, nl.Repeat([nl.Dense(6), nl.BatchNorm(), nl.Tanh()], 3)),
    (PLANE, nl.Repeat([nl.Conv2D(3, kernel_size=2), nl.Tanh()], 2)),
    (PLANE, nl.Graph(SPLIT)),
    (ROW, nl.Graph(MERGED)),
    (LINE, nl.Graph(STACKED, output="last")),
    (ROW, nl.Residual([nl.Dense(5), nl.Tanh(), nl.Dense(6)])),
    (ROW, nl.Residual([nl.Dense(5), nl.Tanh()], shortcut=[nl.Dense(5, bias=False)])),
    (PLANE, nl.Parallel([[nl.Tanh()], [nl.Conv2D(3, kernel_size=1)]])),
    (PLANE, nl.Parallel([[nl.Dense(2)], [nl.Dense(3), nl.Tanh()]], axis=-1)),
    (ROW, nl.Parallel([[nl.Dense(5)], [nl.Dense(5), nl.Tanh()]], merge="add")),
    (PLANE, nl.Parallel([[nl.Tanh()], [nl.Dense(1)]], merge="add")),
    (PLANE, nl.Parallel([[nl.Tanh()], GATE], merge="multiply")),
    (ROW, nl.Parallel([[nl.Dense(5)], [nl.Dense(5)], [nl.Dense(1)]], merge="multiply")),
    (PLANE, nl.Parallel([[nl.Tanh()], GATE], merge="subtract")),
    (PLANE, nl.Parallel([[nl.Tanh()], GATE], merge="maximum")),
    (ROW, nl.Parallel([[nl.Dense(5)]] * 2 + [[nl.Dense(1)]], merge="maximum")),
    (LINE, nl.Parallel([[nl.Permute((2, 1))], [nl.Dense(5)]], merge="matmul")),
    (PLANE, nl.Parallel([[nl.Conv2D(1, kernel_size=1)], TURNED], merge="matmul")),
    (PLANE, nl.Parallel([[nl.Tanh()], [nl.Dense(6)]], merge="stack")),
    (ROW, nl.Parallel([[nl.Tanh()], [nl.Dense(6)]], merge="stack", axis=-1)),
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
