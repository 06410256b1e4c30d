"""Random convolutional and residual nets with BatchNorm, wide enough that some units of
a batch always lie next to a kink.
"""

from __future__ import annotations

import math

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netspec import layers as nl
from netspec.fuzzing import draw as draw_from
from netspec.layers import Layer
from netspec.spec import Spec

EXAMPLES = 5  # in the batch of a case
LEAST, MOST = 20_000, 80_000  # ReLU-like units in a batch
RECTIFIERS: tuple[type[Layer], ...] = (nl.ReLU, nl.LeakyReLU, nl.ReLU6, nl.PReLU)


def draw_large(seed: int, number: int) -> Spec:
    """The large net of this number."""
    return draw_from(LARGE, f"large {seed}, {number}")


def units(spec: Spec) -> int:
    """How many values of a batch reach a ReLU-like layer."""
    reached = (n for n in spec.graph.walk() if isinstance(n.layer, RECTIFIERS))
    return EXAMPLES * sum(math.prod(node.input_shape) for node in reached)


@st.composite
def large(draw: DrawFn) -> Spec:
    """A net of one to three stages, the first of which may be a stem."""
    side = draw(st.integers(12, 24))
    shape = draw(st.integers(1, 3)), side, draw(st.integers(12, 24))
    channels = draw(st.sampled_from([8, 12, 16]))
    body: list[Layer] = [
        *_convolution(channels, 1),
        nl.BatchNorm(),
        draw(_rectifiers()),
    ]
    if draw(st.booleans()):
        body.append(nl.MaxPool2D(3, stride=2, padding=1))
    for stage in range(draw(st.integers(1, 3))):
        wider = 2 * channels if stage and draw(st.booleans()) else channels
        block = _residual if draw(st.booleans()) else _plain
        body += draw(block(channels, wider, 2 if stage else 1))
        channels = wider
    if draw(st.booleans()):
        body.append(nl.AvgPool2D(2))
    head = draw(st.sampled_from([nl.Flatten(), nl.GlobalAvgPool2D()]))
    policy = draw(st.sampled_from(["he", "torch", None]))
    layers = [*body, head, nl.Dense(draw(st.integers(2, 10)))]
    spec = Spec("large net", shape, layers, init=policy)
    assume(LEAST <= units(spec) <= MOST)
    return spec


@st.composite
def _plain(draw: DrawFn, channels: int, wider: int, stride: int) -> list[Layer]:
    first = [*_convolution(wider, stride), nl.BatchNorm(), draw(_rectifiers())]
    if draw(st.booleans()):
        return first
    return [*first, *_convolution(wider, 1), nl.BatchNorm(), draw(_rectifiers())]


@st.composite
def _residual(draw: DrawFn, channels: int, wider: int, stride: int) -> list[Layer]:
    """A basic block, or one that normalizes first (He et al., 2016)."""
    shortcut = None
    if (channels, 1) != (wider, stride):
        shortcut = [
            nl.Conv2D(wider, kernel_size=1, stride=stride, bias=False),
            nl.BatchNorm(),
        ]
    one, two = _convolution(wider, stride), _convolution(wider, 1)
    if draw(st.booleans()):
        body = [nl.BatchNorm(), draw(_rectifiers()), *one]
        body += [nl.BatchNorm(), draw(_rectifiers()), *two]
        return [nl.Residual(body, shortcut=shortcut)]
    body = [*one, nl.BatchNorm(), draw(_rectifiers()), *two, nl.BatchNorm()]
    return [nl.Residual(body, shortcut=shortcut), draw(_rectifiers())]


def _convolution(channels: int, stride: int) -> list[Layer]:
    return [nl.Conv2D(channels, kernel_size=3, stride=stride, padding=1, bias=False)]


def _rectifiers() -> SearchStrategy[Layer]:
    return st.sampled_from([kind() for kind in RECTIFIERS])


LARGE = large()
