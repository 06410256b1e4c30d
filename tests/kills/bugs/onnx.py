"""Mistakes that are typical of ONNX: attributes, orders of gates, optional inputs.

Each is planted in the nodes that are written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from netspec import layers as nl
from tests.kills import bug as planted
from tests.kills.bug import alone
from tests.kills.inject import patched, replaced

bug = partial(planted.bug, backend="onnx")
OPS = "netspec_onnx:Writer.op"
LAYERS = "netspec_onnx.layers"
LINE, TEXT = (4, 9), (4, 3)
STEP = "outputs"
POOL = nl.AvgPool2D(3, stride=2, padding=1)


def written(operator: str, **attributes: Any) -> Any:
    """An operator has other attributes; None for none."""

    def wrong(original: Any, to: Any, kind: str, *inputs: str, **given: Any) -> Any:
        own = given | attributes if kind == operator else given
        return original(to, kind, *inputs, **own)

    return patched(OPS, wrong)


def read(operator: str, change: Callable[[Any, tuple[str, ...]], Any]) -> Any:
    """An operator reads other values."""

    def wrong(original: Any, to: Any, kind: str, *inputs: str, **given: Any) -> Any:
        own = change(to, inputs) if kind == operator else inputs
        return original(to, kind, *own, **given)

    return patched(OPS, wrong)


def turned(original: Any, ends: Any) -> Any:
    return original([(after, before) for before, after in ends])


def without_bias(to: Any, inputs: tuple[str, ...]) -> tuple[str, ...]:
    return inputs[:2]


def ones_for_scale(to: Any, inputs: tuple[str, ...]) -> tuple[str, ...]:
    size = len(to.params[inputs[1]])
    return (inputs[0], to.numbers([1.0] * size), *inputs[2:])


def swapped(to: Any, inputs: tuple[str, ...]) -> tuple[str, ...]:
    """Variance where the mean is."""
    x, scale, bias, mean, variance = inputs
    return x, scale, bias, variance, mean


SAME = alone(nl.Dense(4), (4,))

BUGS = (
    bug(
        "eps left at its default",
        written("LayerNormalization", epsilon=None),
        nl.LayerNorm(1e-2),
        STEP,
    ),
    bug(
        "eps of BatchNormalization left at its default",
        written("BatchNormalization", epsilon=None),
        nl.BatchNorm(eps=1e-2),
        STEP,
    ),
    bug(
        "normalization of the last axis alone",
        written("LayerNormalization", axis=-1),
        nl.LayerNorm(axes=2, scale=False, center=False),
        STEP,
    ),
    bug(
        "softmax along the last axis", written("Softmax", axis=-1), nl.Softmax(1), STEP
    ),
    bug(
        "gates of an LSTM in PyTorch's order",
        replaced(f"{LAYERS}._recurrent:GATES", {"LSTM": [0, 1, 2, 3]}),
        alone(nl.LSTM(5), TEXT),
        STEP,
    ),
    bug(
        "gates of a GRU in PyTorch's order",
        replaced(f"{LAYERS}._recurrent:GATES", {"GRU": [0, 1, 2]}),
        alone(nl.GRU(5), TEXT),
        STEP,
    ),
    bug(
        "a GRU that resets before its product",
        written("GRU", linear_before_reset=None),
        alone(nl.GRU(5), TEXT),
        STEP,
    ),
    bug(
        "a reversed LSTM that reads forward",
        written("LSTM", direction="forward"),
        alone(nl.LSTM(5, direction="reverse"), TEXT),
        STEP,
    ),
    bug(
        "what comes before exchanged with what comes after",
        patched(f"{LAYERS}._conv:pads", turned),
        nl.Conv2D(3, (3, 2), padding=((1, 0), (0, 1))),
        STEP,
    ),
    bug("transB forgotten", written("Gemm", transB=None), SAME, STEP),
    bug("bias left out", read("Gemm", without_bias), SAME, STEP),
    bug(
        "scale of InstanceNormalization left at ones",
        read("InstanceNormalization", ones_for_scale),
        nl.InstanceNorm(),
        STEP,
    ),
    bug(
        "mean and variance exchanged",
        read("BatchNormalization", swapped),
        nl.BatchNorm(),
        STEP,
    ),
    bug(
        "padding that an average does not count",
        written("AveragePool", count_include_pad=0),
        POOL,
        STEP,
    ),
    bug(
        "GELU by tanh", written("Gelu", approximate="tanh"), nl.GELU(), STEP, "float32"
    ),
    bug(
        "alpha of LeakyRelu left at its default",
        written("LeakyRelu", alpha=None),
        nl.LeakyReLU(0.3),
        STEP,
    ),
    bug(
        "channels of DepthToSpace in its default order",
        written("DepthToSpace", mode=None),
        alone(nl.PixelShuffle(2), (8, 3, 2)),
        STEP,
    ),
    bug(
        "places of Resize at half a pixel",
        written("Resize", coordinate_transformation_mode="half_pixel"),
        alone(nl.Upsample1D(2, mode="linear", align_corners=True), LINE),
        STEP,
    ),
    bug(
        "attention that sees what comes later",
        written("Attention", is_causal=None),
        alone(nl.MultiHeadAttention(2, causal=True), (5, 8)),
        STEP,
    ),
    bug(
        "LRN without alpha",
        written("LRN", alpha=None),
        nl.LocalResponseNorm(3, alpha=2.7),
        STEP,
    ),
)
