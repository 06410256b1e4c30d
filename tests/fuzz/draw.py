"""Random models, the same ones for the same seed and version of Hypothesis.

Every other one is a chain of any layers with any options, on tiny inputs, in which all
kinds of layers take turns; the rest look
like what people train: blocks of convolution, normalization, activation and pooling, or
of dense layers. Large ones are convolutional and residual nets, in which thousands of
units are at their kinks.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netspec import fuzzing
from netspec import layers as nl
from netspec.fuzzing import draw as draw_from
from netspec.layers import Layer
from netspec.spec import Spec

ACTIVATIONS = (nl.ReLU, nl.LeakyReLU, nl.GELU, nl.SiLU, nl.Tanh, nl.ReLU6, nl.PReLU)
POOLS = (nl.MaxPool2D(2), nl.AvgPool2D(2), nl.MaxPool2D(3, stride=2, padding=1))


def draw_spec(seed: int, number: int) -> Spec:
    """The model of this number."""
    if number % 2:
        return draw_from(NETS, f"net {seed}, {number}")
    return fuzzing.draw_spec(seed, number // 2)


@st.composite
def nets(draw: DrawFn) -> Spec:
    """A small net as people train them."""
    classes = nl.Dense(draw(st.integers(2, 10)))
    if draw(st.booleans()):
        rows = draw(st.lists(_dense_block(), min_size=1, max_size=3))
        layers = [layer for block in rows for layer in block]
        return Spec("dense net", (draw(st.integers(3, 30)),), [*layers, classes])
    shape = draw(st.tuples(st.integers(1, 3), st.integers(9, 14), st.integers(9, 14)))
    blocks = draw(st.lists(_image_block(), min_size=1, max_size=3))
    layers = [layer for block in blocks for layer in block]
    head = draw(st.sampled_from([nl.Flatten(), nl.GlobalAvgPool2D()]))
    policy = draw(st.sampled_from([None, "he", "torch"]))
    return Spec("image net", shape, [*layers, head, classes], init=policy)


@st.composite
def _dense_block(draw: DrawFn) -> list[Layer]:
    width = draw(st.integers(2, 40))
    norm = draw(st.sampled_from([nl.Identity(), nl.BatchNorm(), nl.LayerNorm()]))
    block = [nl.Dense(width), norm, draw(_activations())]
    if draw(st.booleans()):
        block.append(nl.Residual([nl.Dense(width), draw(_activations())]))
    return block


@st.composite
def _image_block(draw: DrawFn) -> list[Layer]:
    channels = 2 * draw(st.integers(1, 6))
    kernel = draw(st.sampled_from([(1, 1), (3, 3), (3, 2)]))
    stride = draw(st.integers(1, 2))
    conv = nl.Conv2D(channels, kernel_size=kernel, stride=stride, padding=1)
    norms = [nl.BatchNorm(), nl.GroupNorm(2), nl.InstanceNorm(), nl.Identity()]
    block = [conv, draw(st.sampled_from(norms)), draw(_activations())]
    if draw(st.booleans()):
        inside = nl.Conv2D(channels, kernel_size=3, padding="same", bias=False)
        block += [nl.Residual([inside, nl.BatchNorm()]), draw(_activations())]
    if draw(st.booleans()) and stride == 1:
        block.append(draw(st.sampled_from(POOLS)))
    return block


def _activations() -> SearchStrategy[Layer]:
    return st.sampled_from([kind() for kind in ACTIVATIONS])


NETS = nets()
