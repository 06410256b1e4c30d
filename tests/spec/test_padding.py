"""What padding means, computed from its definition: XLA's "same", a maximum that never
sees padding, a mean that counts it or not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Spec, SpecError
from netspec.contract import Array
from tests.spec.windows import (
    Ends,
    batch,
    largest,
    mean_inside,
    mean_with_zeros,
    result,
    same,
    windows,
)

wrong: Any = ns  # calls with types that a type checker would refuse

CONVS: Any = {1: ns.Conv1D, 2: ns.Conv2D, 3: ns.Conv3D}
MAXIMA: Any = {1: ns.MaxPool1D, 2: ns.MaxPool2D, 3: ns.MaxPool3D}
MEANS: Any = {1: ns.AvgPool1D, 2: ns.AvgPool2D, 3: ns.AvgPool3D}
SIZES = [(7, 8), (9, 6), (6,), (3, 2, 4)]


def of_rank(size: Any, rank: int) -> Any:
    return size[:rank] if isinstance(size, tuple) else size


def convolved(layer: Any, x: Array, ends: Ends) -> None:
    """Compare with the sum over each window."""
    weight = np.random.default_rng(1).normal(size=layer.kernel_size)
    meant = windows(x, ends, layer, lambda r: np.nan_to_num(r) @ weight.ravel())
    np.testing.assert_allclose(
        result([layer], x, weight[None, None]), meant, atol=1e-12
    )


@pytest.mark.parametrize("stride", [1, 2, 3, (2, 1, 3)])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, (2, 5, 3)])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_of_a_convolution(
    sizes: tuple[int, ...], kernel: Any, stride: Any, dilation: int
) -> None:
    rank = len(sizes)
    window = {"stride": of_rank(stride, rank), "dilation": dilation, "bias": False}
    layer = CONVS[rank](1, of_rank(kernel, rank), **window, padding="same")
    assert layer.output_shape((1, *sizes))[1:] == tuple(
        -(-n // s) for n, s in zip(sizes, layer.stride, strict=True)
    )
    convolved(layer, batch(*sizes), same(sizes, layer))


@pytest.mark.parametrize("stride", [1, 2, 3, None])
@pytest.mark.parametrize("kernel", [2, 3, 4])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_same_of_a_pool(sizes: tuple[int, ...], kernel: int, stride: Any) -> None:
    x, rank = batch(*sizes), len(sizes)
    pools = [
        (MAXIMA[rank](kernel, stride=stride, padding="same"), largest),
        (MAXIMA[rank](kernel, stride=stride, padding="same", dilation=2), largest),
        (MEANS[rank](kernel, stride=stride, padding="same"), mean_with_zeros),
        (
            MEANS[rank](kernel, stride=stride, padding="same", count_include_pad=False),
            mean_inside,
        ),
    ]
    for layer, reduce in pools:
        meant = windows(x, same(sizes, layer), layer, reduce)
        np.testing.assert_allclose(result([layer], x), meant)


def test_the_stem_of_a_residual_network() -> None:
    layer = ns.Conv2D(64, 7, stride=2, padding="same")
    assert layer.output_shape((3, 224, 224)) == (64, 112, 112)
    written = ns.Conv2D(64, 7, stride=2, padding=((2, 3), (2, 3)))
    assert written.output_shape((3, 224, 224)) == (64, 112, 112)


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "padding"),
    [(3, 2), (4, 3), (5, (4, 3)), ((2, 3), ((1, 0), (0, 2))), (3, ((2, 0), (1, 2)))],
)
def test_pools_take_padding_below_the_kernel(
    kernel: Any, padding: Any, stride: int, ceil_mode: bool
) -> None:
    x = batch(6, 7)
    for kind, reduce in ((MAXIMA[2], largest), (MEANS[2], mean_with_zeros)):
        layer = kind(kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)
        given = result([layer], x)
        pairs = [(p, p) if type(p) is int else p for p in layer.padding]
        meant = windows(x, pairs, layer, reduce)
        if not ceil_mode:
            assert given.shape == meant.shape
        inside = tuple(slice(n) for n in meant.shape)
        np.testing.assert_allclose(given[inside], meant)


@pytest.mark.parametrize(
    ("sizes", "padding"), [((5,), ((3, 0),)), ((4, 5), ((0, 2), (3, 1)))], ids=str
)
def test_a_convolution_is_padded_at_each_end(
    sizes: tuple[int, ...], padding: Any
) -> None:
    layer = CONVS[len(sizes)](1, 3, padding=padding, bias=False)
    convolved(layer, batch(*sizes), padding)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ns.Conv2D(8, 3, padding="valid"), ns.Conv2D(8, 3)),
        (ns.Conv2D(8, 3, padding=[[1, 1], [2, 2]]), ns.Conv2D(8, 3, padding=(1, 2))),
        (ns.Conv1D(8, 3, padding=[2, 0]), ns.Conv1D(8, 3, padding=((2, 0),))),
        (wrong.MaxPool3D(2, padding=[[1, 1]] * 3), ns.MaxPool3D(2, padding=1)),
    ],
)
def test_one_meaning_has_one_form(first: ns.Layer, second: ns.Layer) -> None:
    assert first == second
    shape = (1, 6, 6, 6)[: len(second.kernel_size) + 1]  # type: ignore[attr-defined]
    specs = [Spec("net", shape, [layer]) for layer in (first, second)]
    assert specs[0].digest == specs[1].digest
    assert Spec.from_dict(specs[0].to_dict()) == specs[0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: wrong.Conv2D(3, 3, padding="SAME"), "here it is 'same'"),
        (lambda: wrong.Conv1D(3, 3, padding="causal"), "(dilation * (kernel_size - 1)"),
        (lambda: wrong.Conv2D(3, 3, padding=((1, 2, 3), 4)), "'valid' or 'same'"),
        (lambda: wrong.Conv2D(3, 3, padding=((1, 2),)), "'valid' or 'same'"),
        (lambda: wrong.Conv2D(3, 3, padding=(-1, 1)), "'valid' or 'same'"),
        (lambda: wrong.Conv1D(3, 3, padding=(1, 2, 3)), "'valid' or 'same'"),
        (lambda: ns.Conv1D(3, 3, padding=2**40), "32 bits"),
        (lambda: ns.MaxPool2D(2, padding=2), "; give at most padding=1"),
        (lambda: ns.AvgPool2D(2, padding=((0, 3), (0, 0))), "((0, 1), (0, 0))"),
        (lambda: ns.MaxPool2D(2, padding="same", ceil_mode=True), "leave ceil_mode"),
        (
            lambda: ns.MaxPool2D(2, padding=5, dilation=5),
            "steps over all 4 positions of an axis; give a dilation of at most 4 there",
        ),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(
    make: Callable[[], ns.Layer], said: str
) -> None:
    with pytest.raises(SpecError) as caught:
        Spec("bad", (1, 4, 4), [make()])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_every_window_sees_a_value(size: int, dilation: int, stride: int) -> None:
    """What is taken has a value everywhere, what is refused has none somewhere."""
    x = batch(size)
    for before in range(2 * dilation + 1):
        ends = [(before, 2 * dilation)]
        layer = ns.MaxPool1D(3, stride=stride, padding=ends, dilation=dilation)
        blind = windows(x, ends, layer, lambda read: np.isnan(read).all(axis=-1))
        if blind.any():
            with pytest.raises(SpecError, match="each window must see a value"):
                layer.output_shape((1, size))
        else:
            meant = windows(x, ends, layer, largest)
            np.testing.assert_allclose(result([layer], x), meant)
