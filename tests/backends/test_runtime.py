"""forward and step: seeded, in the dtype of the model, and strict about their input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netspec import layers as nl
from netspec.contract import Array, Backend
from netspec.errors import InputError, NetspecError
from netspec.spec import Spec
from tests.backends.cases import COTANGENT, SPEC, X

WORDS = Spec("words", (7,), [nl.Embedding(5, dim=3), nl.Dense(2)], input_dtype="int")


@pytest.fixture(scope="module")
def model(backend: Backend) -> Any:
    return backend.compile(SPEC, seed=0, dtype="float64")


@pytest.fixture(scope="module")
def words(backend: Backend) -> Any:
    return backend.compile(WORDS, seed=0)


def test_a_seed_decides_dropout(backend: Backend, model: Any) -> None:
    def outputs(seed: int) -> tuple[bytes, bytes]:
        output = backend.forward(model, SPEC, X, train=True, seed=seed)
        step = backend.step(model, SPEC, X, COTANGENT, train=True, seed=seed)
        return output.tobytes(), step.output.tobytes()

    assert outputs(1) == outputs(1)
    assert all(one != other for one, other in zip(outputs(1), outputs(2), strict=True))
    assert outputs(2**64 - 1) == outputs(2**64 - 1)


@pytest.mark.parametrize("seed", [-1, 2**64, True])
def test_a_seed_that_is_none_is_refused(
    backend: Backend, model: Any, seed: int
) -> None:
    with pytest.raises(NetspecError, match="seed must be a natural number"):
        backend.forward(model, SPEC, X, train=True, seed=seed)
    with pytest.raises(NetspecError, match="seed must be a natural number"):
        backend.step(model, SPEC, X, COTANGENT, train=True, seed=seed)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "int16"])
def test_indices_of_any_width(backend: Backend, words: Any, dtype: str) -> None:
    x = (np.arange(14).reshape(2, 7) % 5).astype(dtype)
    result = backend.step(words, WORDS, x, np.ones((2, 7, 2), np.float32))
    assert result.grad_input is None
    assert np.array_equal(result.output, backend.forward(words, WORDS, x))
    assert np.array_equal(result.output, backend.forward(words, WORDS, x.astype("i8")))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_without_parameters_takes_either_dtype(
    backend: Backend, dtype: str
) -> None:
    spec = Spec("tanh", (3,), [nl.Tanh()])
    model, x = backend.compile(spec, dtype=dtype), np.ones((2, 3), dtype)
    assert backend.params(model, spec) == {}
    assert backend.forward(model, spec, x).dtype == dtype
    result = backend.step(model, spec, x, x)
    assert result.output.dtype == dtype
    assert result.grad_params == result.state == {}


def test_outputs_share_no_memory(backend: Backend) -> None:
    spec = Spec("same", (3,), [nl.Identity()])
    model, x = backend.compile(spec), np.zeros((2, 3), np.float32)
    backend.forward(model, spec, x)[:] = 1
    assert not x.any()
    x.flags.writeable = False
    assert not backend.forward(model, spec, x[:, ::-1]).any()


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (X.astype(np.float32), "x must be float64"),
        (X[:, :2], "x must have shape"),
        (X[:0], "batch of at least 1"),
        ([1.0], "x must be a NumPy array"),
    ],
)
def test_bad_batches_are_refused(
    backend: Backend, model: Any, x: Array, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        backend.forward(model, SPEC, x)
    with pytest.raises(InputError, match=message):
        backend.step(model, SPEC, x, COTANGENT)


def test_bad_cotangents_are_refused(backend: Backend, model: Any) -> None:
    with pytest.raises(InputError, match="one row for each example"):
        backend.step(model, SPEC, X, COTANGENT[:2])


def test_bad_indices_are_refused(backend: Backend, words: Any) -> None:
    with pytest.raises(InputError, match=r"indices must be in 0\.\.4"):
        backend.forward(words, WORDS, np.full((2, 7), 5))


def test_training_on_one_value_for_each_channel_is_refused(backend: Backend) -> None:
    spec = Spec("norm", (3,), [nl.BatchNorm()])
    model, x = backend.compile(spec, seed=0), np.ones((1, 3), np.float32)
    with pytest.raises(InputError, match="more than one value"):
        backend.forward(model, spec, x, train=True)
    assert backend.forward(model, spec, x).shape == (1, 3)
