"""Random models of any layers, whose options are spread by hand as people choose them.

The figures of `netspec/conformance/TOLERANCE.md` rest on these draws: whoever changes
them runs `make fuzz` again. Layers that have no line here are drawn by
`tests.strategies`, from what they declare.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netspec import layers as nl
from netspec.layers import Layer, Parametric, Shape
from netspec.spec import Spec
from netspec.fuzzing import strategies
from netspec.fuzzing.strategies import FLAGS, SLOPES, initializers, policies

LARGEST_RANK = 3
SIZES = st.integers(1, 5)
UNITS = st.integers(1, 4)
EPSILONS = st.floats(1e-6, 1e-2)


class Kind(NamedTuple):
    """How a layer is drawn: the ranks of its input, and a strategy for a shape."""

    ranks: tuple[int, ...]
    draw: Callable[[Shape], SearchStrategy[Layer]]


def shapes(ranks: Sequence[int]) -> SearchStrategy[Shape]:
    """Shapes of one example."""
    of_rank = (st.tuples(*[SIZES] * rank) for rank in ranks)
    return st.one_of(*of_rank)


def chosen(kind: type[Layer], **fields: SearchStrategy[Any]) -> Kind:
    """A layer of any input rank, whose fields do not depend on the shape."""
    return Kind(ANY, lambda shape: st.builds(kind, **fields))


@st.composite
def convolutions(draw: DrawFn, shape: Shape) -> Layer:
    groups = draw(st.sampled_from(divisors(shape[0])))
    padding = draw(paddings(shape))
    axes = [draw(_taps(n, p)) for n, p in zip(shape[1:], padding, strict=True)]
    kernel, dilation = zip(*axes, strict=True)
    even = all(d * (k - 1) % 2 == 0 for k, d in axes)
    same = even and draw(FLAGS)
    stride = 1 if same else draw(st.tuples(*[st.integers(1, 2)] * len(axes)))
    return (nl.Conv1D if len(shape) == 2 else nl.Conv2D)(
        groups * draw(st.integers(1, 2)),
        kernel_size=kernel,
        stride=stride,
        padding="same" if same else padding,
        dilation=dilation,
        groups=groups,
        bias=draw(FLAGS),
    )


def paddings(shape: Shape) -> SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(0, 2)] * (len(shape) - 1))


@st.composite
def _taps(draw: DrawFn, size: int, padding: int) -> tuple[int, int]:
    """A kernel size and a dilation that fit in one axis."""
    room = size + 2 * padding
    kernel = draw(st.integers(1, min(3, room)))
    largest = min(3, (room - 1) // (kernel - 1)) if kernel > 1 else 2
    return kernel, draw(st.integers(1, largest))


@st.composite
def pools(draw: DrawFn, kind: Callable[..., Layer], shape: Shape) -> Layer:
    kernel = tuple(draw(st.integers(1, min(3, size))) for size in shape[1:])
    fields: dict[str, Any] = {
        "stride": draw(st.none() | st.tuples(*[st.integers(1, 3)] * len(kernel))),
        "padding": tuple(draw(st.integers(0, size // 2)) for size in kernel),
        "ceil_mode": draw(FLAGS),
    }
    if kind in (nl.AvgPool1D, nl.AvgPool2D):
        fields["count_include_pad"] = draw(FLAGS)
    return kind(kernel, **fields)


def normalizations(
    kind: type[Layer], **fields: SearchStrategy[Any]
) -> SearchStrategy[Layer]:
    return st.builds(kind, eps=EPSILONS, scale=FLAGS, center=FLAGS, **fields)


def batch_norms(shape: Shape) -> SearchStrategy[Layer]:
    return normalizations(
        nl.BatchNorm,
        decay=st.floats(0, 0.99),
        running_variance=st.sampled_from(["native", "biased", "unbiased"]),
    )


def reshapes(shape: Shape) -> SearchStrategy[Layer]:
    size = math.prod(shape)
    found = [(size,), (1, size), (size, 1), tuple(reversed(shape)) or (1,)]
    found += [(part, size // part) for part in divisors(size)]
    return st.builds(nl.Reshape, st.sampled_from(found))


def permutations(shape: Shape) -> SearchStrategy[Layer]:
    return st.builds(nl.Permute, st.permutations(range(1, len(shape) + 1)))


def axes_of(shape: Shape) -> SearchStrategy[int]:
    """Axes of a batch, the batch itself left out, counted from either end."""
    rank = len(shape)
    return st.sampled_from([*range(1, rank + 1), *range(-rank, 0)])


def divisors(number: int) -> list[int]:
    return [part for part in range(1, number + 1) if number % part == 0]


MARGIN = st.tuples(st.integers(0, 2), st.integers(0, 2))
ANY = tuple(range(LARGEST_RANK + 1))
SOME = ANY[1:]

KINDS: Mapping[type[Layer], Kind] = {
    nl.Dense: Kind(SOME, lambda shape: st.builds(nl.Dense, UNITS, bias=FLAGS)),
    nl.Conv1D: Kind((2,), convolutions),
    nl.Conv2D: Kind((3,), convolutions),
    nl.MaxPool1D: Kind((2,), lambda shape: pools(nl.MaxPool1D, shape)),
    nl.MaxPool2D: Kind((3,), lambda shape: pools(nl.MaxPool2D, shape)),
    nl.AvgPool1D: Kind((2,), lambda shape: pools(nl.AvgPool1D, shape)),
    nl.AvgPool2D: Kind((3,), lambda shape: pools(nl.AvgPool2D, shape)),
    nl.GlobalAvgPool1D: Kind(
        (2,), lambda shape: st.builds(nl.GlobalAvgPool1D, keepdims=FLAGS)
    ),
    nl.GlobalAvgPool2D: Kind(
        (3,), lambda shape: st.builds(nl.GlobalAvgPool2D, keepdims=FLAGS)
    ),
    nl.GlobalMaxPool1D: Kind(
        (2,), lambda shape: st.builds(nl.GlobalMaxPool1D, keepdims=FLAGS)
    ),
    nl.GlobalMaxPool2D: Kind(
        (3,), lambda shape: st.builds(nl.GlobalMaxPool2D, keepdims=FLAGS)
    ),
    nl.BatchNorm: Kind(SOME, batch_norms),
    nl.LayerNorm: Kind(
        SOME,
        lambda shape: normalizations(nl.LayerNorm, axes=st.integers(1, len(shape))),
    ),
    nl.GroupNorm: Kind(
        SOME,
        lambda shape: normalizations(
            nl.GroupNorm, groups=st.sampled_from(divisors(shape[0]))
        ),
    ),
    nl.InstanceNorm: Kind((2, 3), lambda shape: normalizations(nl.InstanceNorm)),
    nl.Dropout: chosen(nl.Dropout, rate=st.floats(0, 0.9)),
    nl.Flatten: chosen(nl.Flatten),
    nl.Identity: chosen(nl.Identity),
    nl.Reshape: Kind(ANY, reshapes),
    nl.Permute: Kind(SOME, permutations),
    nl.Pad1D: Kind((2,), lambda shape: st.builds(nl.Pad1D, MARGIN)),
    nl.Pad2D: Kind((3,), lambda shape: st.builds(nl.Pad2D, st.tuples(MARGIN, MARGIN))),
    nl.ReLU: chosen(nl.ReLU),
    nl.ReLU6: chosen(nl.ReLU6),
    nl.LeakyReLU: chosen(nl.LeakyReLU, slope=SLOPES),
    nl.PReLU: Kind(SOME, lambda shape: st.builds(nl.PReLU, per_channel=FLAGS)),
    nl.ELU: chosen(nl.ELU, alpha=st.floats(0, 2)),
    nl.SELU: chosen(nl.SELU),
    nl.CELU: chosen(nl.CELU, alpha=st.floats(0.25, 2)),
    nl.GELU: chosen(nl.GELU, approximate=FLAGS),
    nl.SiLU: chosen(nl.SiLU),
    nl.Mish: chosen(nl.Mish),
    nl.Sigmoid: chosen(nl.Sigmoid),
    nl.Tanh: chosen(nl.Tanh),
    nl.Softplus: chosen(nl.Softplus),
    nl.Softsign: chosen(nl.Softsign),
    nl.HardSigmoid: chosen(nl.HardSigmoid),
    nl.HardSwish: chosen(nl.HardSwish),
    nl.Softmax: Kind(SOME, lambda shape: st.builds(nl.Softmax, axis=axes_of(shape))),
    nl.LogSoftmax: Kind(
        SOME, lambda shape: st.builds(nl.LogSoftmax, axis=axes_of(shape))
    ),
}


@st.composite
def leaves(draw: DrawFn, shape: Shape) -> Layer:
    """A layer that is no container."""
    fitting = [kind for kind, how in KINDS.items() if len(shape) in how.ranks]
    fitting += [kind for kind in strategies.readers(shape) if kind not in KINDS]
    kind = draw(st.sampled_from(fitting))
    drawn = KINDS[kind].draw if kind in KINDS else partial(strategies.layer_of, kind)
    layer = draw(drawn(shape))
    if isinstance(layer, Parametric) and draw(st.integers(0, 3)) == 0:
        inits = {
            name: initializers(parameter)
            for name, parameter in layer.parameters(shape).items()
        }
        return replace(layer, init=draw(st.fixed_dictionaries({}, optional=inits)))
    return layer


@st.composite
def sequentials(draw: DrawFn, shape: Shape, depth: int) -> Layer:
    return nl.Sequential(draw(chains(shape, depth)))


@st.composite
def residuals(draw: DrawFn, shape: Shape, depth: int) -> Layer:
    body = draw(chains(shape, depth))
    if draw(FLAGS) and output_shape(body, shape) == shape:
        return nl.Residual(body)
    return nl.Residual(body, shortcut=draw(twins(body, shape)))


@st.composite
def parallels(draw: DrawFn, shape: Shape, depth: int) -> Layer:
    first = draw(chains(shape, depth))
    branches = [first, *draw(st.lists(twins(first, shape), max_size=2))]
    out = output_shape(first, shape)
    if not out or draw(FLAGS):
        return nl.Parallel(branches, merge="add")
    return nl.Parallel(branches, axis=draw(axes_of(out)))


@st.composite
def twins(draw: DrawFn, chain: list[Layer], shape: Shape) -> list[Layer]:
    """A chain with the output shape of another."""
    other = draw(chains(shape, 0))
    same = output_shape(other, shape) == output_shape(chain, shape)
    return other if same else [*chain, nl.Tanh()]


CONTAINERS: Mapping[type[Layer], Callable[[Shape, int], SearchStrategy[Layer]]] = {
    **{kind: partial(strategies.layer_of, kind) for kind in strategies.CONTAINERS},
    nl.Sequential: sequentials,
    nl.Residual: residuals,
    nl.Parallel: parallels,
}


def layers(shape: Shape, depth: int = 1) -> SearchStrategy[Layer]:
    """A layer that reads inputs of a shape; containers at most `depth` deep."""
    if depth == 0:
        return leaves(shape)
    nested = (container(shape, depth - 1) for container in CONTAINERS.values())
    return st.one_of(leaves(shape), leaves(shape), *nested)


@st.composite
def chains(draw: DrawFn, shape: Shape, depth: int, most: int = 3) -> list[Layer]:
    """Layers one after another, some with names."""
    chain: list[Layer] = []
    for index in range(draw(st.integers(1, most))):
        layer = draw(layers(shape, depth))
        named = draw(st.integers(0, 3)) == 0
        chain.append(replace(layer, name=f"layer{index}") if named else layer)
        shape = output_shape([layer], shape)
    return chain


def output_shape(chain: Sequence[Layer], shape: Shape) -> Shape:
    return Spec("shapes", shape, chain).output_shape


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=20,
)


@st.composite
def specs(draw: DrawFn, depth: int = 1) -> Spec:
    """A whole model, reading floats or integers."""
    if draw(st.integers(0, 4)) == 0:
        spec = draw(_lookups(depth))
    else:
        shape = draw(shapes(ANY))
        spec = Spec(draw(NAMES), shape, draw(chains(shape, depth)))
    return replace(spec, init=draw(policies(spec)))


@st.composite
def _lookups(draw: DrawFn, depth: int) -> Spec:
    shape = draw(shapes(ANY[:-1]))
    table = nl.Embedding(draw(st.integers(2, 7)), dim=draw(UNITS))
    rest = draw(chains((*shape, table.dim), depth, most=2))
    first = nl.Sequential([table]) if draw(FLAGS) else table
    return Spec(draw(NAMES), shape, [first, *rest], input_dtype="int")
