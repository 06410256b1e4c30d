"""Training that takes longer than optimizing it is compiled as users do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from netspec import layers as nl
from netspec.contract import Optimizer
from netspec.spec import Spec
from netspec_jax import _loops, _training, backend, quick_to_compile
from netspec_jax._loops import is_long

NET = Spec("net", (2, 4, 4), [nl.Conv2D(3, 3), nl.Flatten(), nl.Dense(5)])
PRODUCTS = 3 * 2 * 9 * 2 * 2  # of the convolution, for an example


def test_products_of_windows_are_counted_in_float64(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_loops, "PRODUCTS", 10 * PRODUCTS)
    assert is_long(NET, "float64", 11)
    assert not is_long(NET, "float64", 10)
    assert not is_long(NET, "float32", 11)
    dense = Spec("dense", (400,), [nl.Dense(500)])
    assert not is_long(dense, "float64", 11)


@pytest.mark.parametrize("long", [False, True])
def test_long_training_is_not_quick_to_compile(
    monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    given = []
    train = _training.train

    def noted(model: Any, how: Any, key: Any, options: Any) -> Iterator[Any]:
        given.append(options)
        return train(model, how, key, options)

    monkeypatch.setattr(_training, "train", noted)
    monkeypatch.setattr(_loops, "PRODUCTS", 6 * PRODUCTS - long)
    model = backend.compile(NET, seed=0, dtype="float64")
    xs, ys = np.ones((2, 3, 2, 4, 4)), np.ones((2, 3, 5))
    with backend.quick():
        backend.train(model, NET, xs, ys, Optimizer("sgd", 0.1), "mse")
    assert given == [{} if long else quick_to_compile()]
