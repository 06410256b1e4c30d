"""Errors that say what to write instead: that is accepted, and means what was meant.

What was meant is computed here from its definition: XLA's "same", a maximum that never
sees padding, a mean that counts it.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Layer, Spec, SpecError
from netspec.contract import Array

wrong: Any = ns  # calls with types that a type checker would refuse

NAMESPACE = {name: getattr(ns, name) for name in ns.__all__}
FIELDS = re.compile(r"(padding|ceil_mode|count_include_pad)=(\(.*?\)|\w+)")
Ends = Sequence[tuple[int, int]]


def problem(shape: tuple[int, ...], make: Callable[[], Layer]) -> str:
    with pytest.raises(SpecError) as caught:
        Spec("bad", shape, [make()])
    assert "\n" not in str(caught.value)
    return caught.value.problem.split("; ", 1)[1]


def followed(layer: Layer, said: str) -> list[Layer]:
    """Build what an error says: layers in small steps, or a Pad layer and fields."""
    if steps := re.search(r"in small steps is (.*)$", said):
        found: list[Layer] = eval(f"[{steps[1]}]", NAMESPACE)
        return found
    pad = re.search(r"Pad\dD\(\(.*?\)+(?= before it)", said)
    fields = {name: eval(value) for name, value in FIELDS.findall(said)}
    before = [eval(pad[0], NAMESPACE)] if pad else []
    return [*before, dataclasses.replace(layer, **fields)]


def windows(x: Array, ends: Ends, layer: Any, reduce: Callable[[Array], Any]) -> Array:
    """Reduce each window of (examples, channels, *axes); padding is NaN."""
    wide = np.pad(x, [(0, 0), (0, 0), *ends], constant_values=np.nan)
    apart = getattr(layer, "dilation", (1, 1))
    stride = layer.stride or layer.kernel_size
    axes = [*zip(wide.shape[2:], spans(layer), stride, apart, strict=False)]
    counts = [(n - span - 1) // step + 1 for n, span, step, _ in axes]
    y = np.empty((*x.shape[:2], *counts))
    for at in product(*map(range, counts)):
        taps = (
            slice(i * step, i * step + span + 1, d)
            for i, (_, span, step, d) in zip(at, axes, strict=True)
        )
        place: Any = (..., *at)
        read: Any = (..., *taps)
        y[place] = reduce(wide[read].reshape(*x.shape[:2], -1))
    return y


def spans(layer: Any) -> list[int]:
    apart = getattr(layer, "dilation", (1, 1))
    return [d * (k - 1) for d, k in zip(apart, layer.kernel_size, strict=False)]


def same(sizes: Sequence[int], layer: Any) -> Ends:
    stride = layer.stride or layer.kernel_size
    axes = zip(sizes, spans(layer), stride, strict=True)
    totals = [max((math.ceil(n / s) - 1) * s + span + 1 - n, 0) for n, span, s in axes]
    return [(total // 2, math.ceil(total / 2)) for total in totals]


def result(layers: list[Layer], x: Array, weight: Array | None = None) -> Array:
    """What the reference computes, in float64."""
    spec = Spec("right", x.shape[1:], layers)
    params = {path: weight for path in spec.parameters() if weight is not None}
    model = ns.compile(spec, "numpy", params=params, dtype="float64")
    return np.asarray(ns.backend("numpy").forward(model, spec, x, train=False))


def batch(*sizes: int) -> Array:
    return np.random.default_rng(0).normal(size=(2, 1, *sizes)) - 1


def largest(read: Array) -> Any:
    return np.nanmax(read, axis=-1)


def mean_inside(read: Array) -> Any:
    return np.nanmean(read, axis=-1)


def mean_with_zeros(read: Array) -> Any:
    return np.nan_to_num(read).mean(axis=-1)


def test_same_of_the_stem_of_a_residual_network() -> None:
    make = lambda: ns.Conv2D(64, kernel_size=7, stride=2, padding="same")  # noqa: E731
    assert problem((3, 224, 224), make) == (
        "on (224, 224) put Pad2D(((2, 3), (2, 3))) before it and give padding=0; see"
        " netspec explain conv-same-padding"
    )


@pytest.mark.parametrize("stride", [1, 2, 3, (2, 1)])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, (2, 5)])
@pytest.mark.parametrize("sizes", [(7, 8), (9, 6), (6,)])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_of_a_convolution(
    sizes: tuple[int, ...], kernel: Any, stride: Any, dilation: int
) -> None:
    rank = len(sizes)
    kernel, stride = (
        size if type(size) is int else size[:rank] for size in (kernel, stride)
    )
    kind: Any = (ns.Conv1D, ns.Conv2D)[rank - 1]
    window = {"kernel_size": kernel, "stride": stride, "dilation": dilation}
    layer = kind(1, **window, padding="same", bias=False)
    x, layers = batch(*sizes), [layer]
    if {1} != {*layer.stride} or any(span % 2 for span in spans(layer)):
        said = problem((1, *sizes), lambda: layer)
        assert said.endswith("; see netspec explain conv-same-padding")
        layers = followed(layer, said)
    weight = np.random.default_rng(1).normal(size=layer.kernel_size)
    meant = windows(
        x, same(sizes, layer), layer, lambda r: np.nan_to_num(r) @ weight.ravel()
    )
    given = result(layers, x, weight[None, None])
    np.testing.assert_allclose(given, meant, atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2, 3, None])
@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
@pytest.mark.parametrize("sizes", [(7, 8), (6, 9), (8,), (9,)])
def test_same_of_a_pool(sizes: tuple[int, ...], kernel: int, stride: Any) -> None:
    kinds: Any = (ns.MaxPool2D, ns.AvgPool2D)
    if len(sizes) == 1:
        kinds = (ns.MaxPool1D, ns.AvgPool1D)
    for kind, reduce in zip(kinds, (largest, mean_inside), strict=True):
        layer, x = kind(kernel, stride=stride, padding="same"), batch(*sizes)
        said = problem((1, *sizes), lambda: layer)  # noqa: B023
        assert said.endswith("; see netspec explain conv-same-padding")
        if "no field says" in said:
            odd = [after != before for before, after in same(sizes, layer)]
            assert any(odd)
            x = np.abs(x)  # as behind a ReLU
        if kind is kinds[0] or "no field says" not in said:
            meant = windows(x, same(sizes, layer), layer, reduce)
            np.testing.assert_allclose(result(followed(layer, said), x), meant)


def test_same_of_a_pool_where_the_padding_is_one_value() -> None:
    make = lambda: wrong.MaxPool2D(3, stride=2, padding="same")  # noqa: E731
    said = problem((1, 8, 8), make)
    assert said.startswith("on (8, 8) give padding=0, ceil_mode=True; see")
    said = problem((1, 7, 7), make)
    assert said.startswith("on (7, 7) give padding=1; see")


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "padding"), [(3, 2), (4, 3), (5, (4, 3)), ((2, 3), (1, 2))]
)
def test_padding_over_half_of_a_kernel(
    kernel: Any, padding: Any, stride: int, ceil_mode: bool
) -> None:
    x = batch(6, 7)
    for kind, reduce in ((ns.MaxPool2D, largest), (ns.AvgPool2D, mean_with_zeros)):
        maker: Any = kind
        fields = {"stride": stride, "padding": padding, "ceil_mode": ceil_mode}
        layer = maker(kernel, **fields)
        said = problem((1, 6, 7), lambda: layer)  # noqa: B023
        given = result(followed(layer, said), x)
        ends = [(p, p) for p in layer.padding]
        meant = windows(x, ends, layer, reduce)
        if not ceil_mode:
            assert given.shape == meant.shape
        inside = tuple(slice(n) for n in meant.shape)
        np.testing.assert_allclose(given[inside], meant)


def test_padding_of_which_nothing_is_inside() -> None:
    said = problem((1, 4, 4), lambda: ns.MaxPool2D(2, padding=2))
    assert "Pad" not in said
    assert said.endswith("give at most padding=1")
    assert result([ns.MaxPool2D(2, padding=1)], batch(4, 4)).shape == (2, 1, 3, 3)
    make = lambda: ns.AvgPool2D(3, padding=2, count_include_pad=False)  # noqa: E731
    assert problem((1, 4, 4), make) == "nothing else leaves padding out of the mean"


@pytest.mark.parametrize(
    ("kind", "padding", "pad"),
    [
        (wrong.Conv1D, [3, 0], "Pad1D((3, 0))"),
        (wrong.Conv2D, [[2, 3], [0, 1]], "Pad2D(((2, 3), (0, 1)))"),
        (wrong.AvgPool2D, ((0, 1), (1, 0)), "Pad2D(((0, 1), (1, 0)))"),
    ],
)
def test_a_padding_that_differs_at_the_two_ends(
    kind: Any, padding: Any, pad: str
) -> None:
    channels = [] if kind is ns.AvgPool2D else [1]
    with pytest.raises(SpecError) as caught:
        kind(*channels, kernel_size=3, padding=padding)
    assert f"; put {pad} before it, padding=0" in str(caught.value)
    assert isinstance(eval(pad, NAMESPACE), Layer)
    assert ("; it writes zeros" in str(caught.value)) == (kind is ns.AvgPool2D)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("kernel", [4, 5])
def test_a_window_larger_than_its_input(kernel: int, size: int) -> None:
    for kind, reduce in ((ns.MaxPool1D, largest), (ns.AvgPool1D, mean_with_zeros)):
        maker: Any = kind
        said = problem((1, size), lambda: maker(kernel))  # noqa: B023
        more = int(said.rsplit(" ", 1)[1])
        x, layer = batch(size), maker(kernel, padding=more)
        meant = windows(x, [(more, more)], layer, reduce)
        np.testing.assert_allclose(result([layer], x), meant)


@pytest.mark.parametrize(
    ("shape", "body", "said"),
    [
        ((8, 9, 9), ns.Conv2D(16, kernel_size=3, stride=2, padding=1), "stride=2)]"),
        ((8, 9, 7), ns.MaxPool2D((3, 1)), "Conv2D(8, kernel_size=1, stride=(3, 1))]"),
        ((8, 9), ns.Conv1D(5, kernel_size=1), "[Conv1D(5, kernel_size=1, stride=1)]"),
        ((8,), ns.Dense(3), "give shortcut=[Dense(3)]"),
        ((8, 9), ns.Dense(4), "give a shortcut that ends in the same shape"),
        ((8, 9), ns.Flatten(), "give a shortcut that ends in the same shape"),
    ],
)
def test_a_body_of_another_shape_than_its_input(
    shape: tuple[int, ...], body: Layer, said: str
) -> None:
    error = problem(shape, lambda: ns.Residual([body]))
    assert error.endswith(said)
    if found := re.search(r"shortcut=(.*)$", error):
        Spec("right", shape, [ns.Residual([body], shortcut=eval(found[1], NAMESPACE))])


@pytest.mark.parametrize(
    ("init", "others"),
    [
        (ns.Orthogonal(), ["Normal(0.1)", "Constant(0.1)"]),
        (ns.XavierNormal(), ["Constant(0.1)", "Normal(0.1)", "Uniform(-0.1, 0.1)"]),
    ],
)
def test_an_initializer_that_does_not_fit(init: Any, others: list[str]) -> None:
    said = problem((3,), lambda: ns.BatchNorm(init={"weight": init}))
    for other in others:
        assert other.partition("(")[0] in said
        drawn = eval(other, NAMESPACE)
        Spec("right", (3,), [ns.BatchNorm(init={"weight": drawn})])
