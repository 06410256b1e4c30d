"""Errors that say what to write instead: that is accepted, and means what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Layer, Spec, SpecError
from tests.spec.windows import batch, largest, mean_with_zeros, result, windows

NAMESPACE = {name: getattr(ns, name) for name in ns.__all__}


def problem(shape: tuple[int, ...], make: Callable[[], Layer]) -> str:
    with pytest.raises(SpecError) as caught:
        Spec("bad", shape, [make()])
    assert "\n" not in str(caught.value)
    return caught.value.problem.split("; ", 1)[1]


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
