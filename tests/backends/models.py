"""Specs whose exported files show all that a file may have to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netspec import init as ni
from netspec import layers as nl
from netspec.conformance.cases import single_layers
from netspec.init import InitPolicy, InitRule
from netspec.layers import Layer
from netspec.spec import Spec

INITIALIZERS: tuple[ni.Initializer, ...] = (
    ni.Zeros(),
    ni.Ones(),
    ni.Constant(0.3),
    ni.Uniform(-0.1, 0.3),
    ni.Normal(0.02),
    ni.Normal(1, mean=-2),
    ni.Normal(0, mean=0.5),
    ni.TruncatedNormal(0.3, mean=0.1),
    ni.XavierUniform(),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(),
    ni.KaimingUniform("leaky_relu", slope=0.2),
    ni.KaimingNormal("relu"),
    ni.KaimingNormal("tanh", fan="fan_out"),
    ni.LeCunNormal(),
    ni.VarianceScaling(2, fan="fan_avg", distribution="uniform"),
    ni.Orthogonal(),
    ni.Orthogonal(2),
)


def conv_block(channels: int, **options: Any) -> list[Layer]:
    convolution = nl.Conv2D(channels, kernel_size=3, bias=False, **options)
    return [convolution, nl.BatchNorm(), nl.ReLU()]


def resnet() -> list[Layer]:
    """Long enough that its weights are drawn by class."""
    down = [nl.Conv2D(8, kernel_size=1, stride=2, bias=False), nl.BatchNorm()]
    return [
        *conv_block(4, padding=1),
        nl.Residual([*conv_block(4, padding=1), *conv_block(4, padding=1)]),
        nl.Residual(
            [*conv_block(8, stride=2, padding=1), *conv_block(8, padding=1)],
            shortcut=down,
        ),
        nl.GlobalAvgPool2D(),
        nl.Dense(5),
    ]


def inception() -> list[Layer]:
    towers: list[list[Layer]] = [
        [nl.Conv2D(2, kernel_size=1, name="narrow"), nl.ReLU()],
        [nl.Conv2D(3, kernel_size=1), nl.Conv2D(2, kernel_size=5, padding=2)],
        [nl.MaxPool2D(3, stride=1, padding=1), nl.Conv2D(2, kernel_size=1)],
    ]
    return [
        nl.Conv2D(4, kernel_size=3, name="stem"),
        nl.Parallel(towers, name="tower"),
        nl.Parallel([[nl.Parallel(towers, merge="add")], [nl.Identity()]], axis=-3),
        nl.Flatten(),
        nl.Dropout(0.4),
        nl.Dense(3, name="class"),
    ]


def deep() -> list[Layer]:
    """What repeats, in a Repeat and outside of one, in lists and in pairs."""
    block = nl.Residual([*conv_block(4, padding=1), *conv_block(4, padding=1)])
    return [
        nl.Conv2D(4, kernel_size=3),
        nl.Repeat([block, nl.ReLU()], 3),
        *[block, nl.ReLU()] * 2,
        nl.Repeat([nl.Repeat([nl.Conv2D(4, kernel_size=1), nl.Tanh()], 5)], 2),
        nl.Residual([block, block], name="last"),
        nl.Flatten(),
        *[nl.Dense(5)] * 5,
    ]


def mlp(initializer: ni.Initializer) -> Spec:
    layers = [nl.Dense(6), nl.BatchNorm(0.8), nl.ReLU(), nl.Dense(5), nl.Dense(5)]
    policy = InitPolicy(initializer, bias=ni.Normal(0.1))
    return Spec(f"mlp {initializer}", (7,), layers, policy)


def specs() -> Iterator[Spec]:
    yield from single_layers().values()
    yield from map(mlp, INITIALIZERS)
    yield from (replace(mlp(ni.Zeros()), name=p, init=p) for p in ni.PRESETS)
    yield Spec("resnet", (3, 9, 8), resnet(), init="he")
    last_scales = InitRule("*.body.4.weight", ni.Zeros())
    zero_init = InitPolicy(ni.KaimingNormal(fan="fan_out"), rules=[last_scales])
    yield Spec("resnet zero", (3, 9, 8), resnet(), init=zero_init)
    yield Spec("inception", (3, 9, 8), inception())
    yield Spec("deep", (3, 6, 5), deep(), init="he")
    yield Spec("odd", (4,), [nl.BatchNorm(init={"running_mean": ni.Ones()})])
    yield Spec("scalar", (), [nl.Reshape((1,)), nl.Dense(3), nl.Tanh()])
    yield Spec("scalar flat", (), [nl.Flatten(), nl.ELU(0.7)])
    yield Spec("line", (6,), [nl.Reshape((2, 3)), nl.Permute((2, 1)), nl.Flatten()])
    words = [nl.Embedding(5, dim=5), nl.LayerNorm(axes=2), nl.Dense(2)]
    by_roles = InitPolicy(ni.KaimingNormal(), embedding=ni.LeCunNormal())
    yield Spec("words", (3,), words, "torch", "int")
    yield Spec("words plain", (3,), words, input_dtype="int")
    moved = [nl.Select(2, -1), nl.Slice(1, start=1), nl.Repeat([nl.Identity()], 2)]
    yield Spec("words moved", (4, 2), [*moved, *words], input_dtype="int")
    yield Spec("words by roles", (3,), words, by_roles, "int")
