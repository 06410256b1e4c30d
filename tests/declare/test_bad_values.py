"""Bad values in Python: one clear sentence with the path and the remedy."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Spec, SpecError
from netspec.spec import documents

wrong: Any = ns  # calls with types that a type checker would refuse


def nested_document(levels: int) -> dict[str, Any]:
    layer: dict[str, Any] = {"type": "ReLU"}
    for _ in range(levels):
        layer = {"type": "Sequential", "layers": [layer]}
    return {"netspec": 1, "name": "deep", "input_shape": [3], "layers": [layer]}


def nested_layer(levels: int) -> ns.Layer:
    layer: ns.Layer = ns.ReLU()
    for _ in range(levels):
        layer = ns.Sequential([layer])
    return layer


def cyclic() -> list[Any]:
    layers: list[Any] = []
    layers.append({"type": "Sequential", "layers": layers})
    return layers


@pytest.mark.parametrize(
    "build",
    [
        lambda: Spec.from_dict(nested_document(10_000)),
        lambda: Spec("deep", (3,), [nested_layer(10_000)]),
        lambda: Spec("deep", (3,), [ns.Residual([nested_layer(100)])]),
        lambda: Spec.from_dict(nested_document(0) | {"layers": cyclic()}),
        lambda: Spec.from_dict(nested_document(0) | {"input_shape": cyclic()}),
    ],
)
def test_deep_nesting_is_refused(build: Callable[[], Spec]) -> None:
    with pytest.raises(SpecError, match="nested more than 64 levels deep"):
        build()


def test_what_can_be_built_can_be_saved_and_loaded(tmp_path: Path) -> None:
    """The limit of nesting is the same in Python, JSON and YAML."""
    deepest = 0
    for levels in range(64):
        try:
            spec = Spec("deep", (3,), [nested_layer(levels)])
        except SpecError:
            break
        deepest = levels
        for name in ("deep.yaml", "deep.json"):
            spec.save(tmp_path / name)
            assert ns.load(tmp_path / name) == spec
    assert deepest >= 20


@pytest.mark.parametrize(
    ("build", "problem"),
    [
        (lambda: wrong.Dense(True), "Dense(units=True): units must be a positive"),
        (lambda: wrong.Dense("64"), "received '64'"),
        (lambda: wrong.Dense(64.0), "received 64.0"),
        (lambda: wrong.Dense(np.array(64)), "units must be a positive integer"),
        (lambda: wrong.Dense(np.True_), "units must be a positive integer"),
        (lambda: wrong.Dense(10**5000), "received a value of type int"),
        (lambda: wrong.Dense(3, bias=1), "bias must be true or false, received 1"),
        (lambda: wrong.Dense(3, name=b"a"), "received b'a'"),
        (lambda: wrong.Dense(3, init=[]), "mapping from parameter names to"),
        (lambda: wrong.Dense(3, init={"weight": 1}), "mapping from parameter names to"),
        (lambda: wrong.Dropout(math.nan), "received nan"),
        (lambda: wrong.Dropout(Decimal("0.5")), "received Decimal('0.5')"),
        (lambda: wrong.Dropout(1j), "received 1j"),
        (lambda: wrong.Conv2D(3, kernel_size=(3, 3, 3)), "or a list of 2 of them"),
        (lambda: wrong.Conv2D(3, kernel_size="33"), "received '33'"),
        (lambda: wrong.Conv2D(3, kernel_size=3, padding="full"), "or 'same'"),
        (lambda: wrong.Reshape(b"ab"), "received b'ab'"),
        (lambda: wrong.Reshape(bytearray(b"ab")), "received bytearray"),
        (lambda: wrong.Reshape({2, 3}), "received {2, 3}"),
        (lambda: wrong.Reshape(n for n in (2, 3)), "a list of positive integers"),
        (lambda: wrong.Permute((1, 1)), "every axis from 1 on exactly once"),
        (lambda: wrong.Sequential(wrong.ReLU()), "non-empty list of layers"),
        (lambda: wrong.Sequential([wrong.ReLU]), "non-empty list of layers"),
        (lambda: wrong.Sequential(None), "non-empty list of layers"),
        (lambda: wrong.Parallel([wrong.ReLU()]), "each a non-empty list of layers"),
        (lambda: wrong.Spec("two\nlines", (3,), [wrong.ReLU()]), "1 to 200 printable"),
        (lambda: wrong.Spec("\ud800", (3,), [wrong.ReLU()]), "1 to 200 printable"),
        (lambda: wrong.Spec(3, (3,), [wrong.ReLU()]), "1 to 200 printable"),
        (lambda: wrong.Spec("a", np.array([3]), [wrong.ReLU()]), "positive integers"),
        (lambda: wrong.Spec("a", (3,), [wrong.ReLU()], init=3), "an InitPolicy"),
        (lambda: wrong.Spec.from_dict(None), "a spec must be a mapping, received None"),
        (lambda: wrong.Spec.from_dict({1: 2}), "a spec starts with its format version"),
        (lambda: wrong.Spec.from_dict({"netspec": True}), "received True"),
        (lambda: wrong.Spec.from_dict({"netspec": 10**5000}), "a value of type int"),
        (lambda: wrong.Spec.from_dict({"netspec": 1, 10**5000: 1}), "no field a value"),
        (lambda: wrong.gain("gelu"), "no gain for 'gelu'; known: linear, conv1d"),
    ],
)  # fmt: skip
def test_wrong_values_in_python(build: Callable[[], object], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        build()
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_of_numpy_are_numbers() -> None:
    assert wrong.Dense(np.int64(3)) == ns.Dense(3)
    assert wrong.Dropout(np.float64(0.25)) == ns.Dropout(0.25)
    assert type(wrong.Dense(np.int64(3)).units) is int
    assert type(wrong.Dropout(np.float64(0.25)).rate) is float


def test_every_layer_of_a_long_error_stays_one_line(tmp_path: Path) -> None:
    """Long values are shortened, not printed whole."""
    long = {"type": "Dense", "units": "x" * 10**6}
    document = nested_document(0) | {"layers": [long]}
    with pytest.raises(SpecError) as caught:
        Spec.from_dict(documents.parse_json(documents.to_json(document)))
    assert len(str(caught.value)) < 300
