"""Attention and positions: what later positions change, raw models on fewer positions,
and the gradient that is always 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netspec
from netspec import (
    ClassToken,
    MultiHeadAttention,
    PositionEmbedding,
    Residual,
    SinusoidalPosition,
    Spec,
)
from netspec.contract import Array, Backend
from netspec.layers import Layer

LENGTH, CHANNELS = 40, 8  # longer than a block of PyTorch's fused kernel
CAUSAL = {
    "plain": MultiHeadAttention(2, causal=True),
    "window": MultiHeadAttention(4, key_heads=2, causal=True, window=3),
    "all": MultiHeadAttention(
        2, causal=True, window=30, rotary=1e4, relative=4, normalize=True
    ),
}
DTYPES = ("float32", "float64")


def sequence(*layers: Layer) -> Spec:
    return Spec("sequence", (LENGTH, CHANNELS), layers)


def batch(dtype: str) -> Array:
    return np.random.default_rng(0).normal(size=(2, LENGTH, CHANNELS)).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layer", CAUSAL.values(), ids=CAUSAL)
def test_what_comes_later_changes_no_bit(
    backend: Backend, layer: Layer, dtype: str
) -> None:
    spec, x = sequence(layer), batch(dtype)
    model = backend.compile(spec, seed=0, dtype=dtype)
    before = backend.forward(model, spec, x)
    for first in (1, LENGTH // 2, LENGTH - 1):
        other = x.copy()
        other[:, first:] *= -(2.0**20)
        after = backend.forward(model, spec, other)
        assert np.array_equal(after[:, :first], before[:, :first])
        assert not np.array_equal(after[:, first:], before[:, first:])


def run_raw(name: str, model: Any, x: Array) -> Array:
    """Call a model as its framework does."""
    if name == "torch":
        import torch

        with torch.no_grad():
            return np.asarray(model(torch.from_numpy(x)))
    if name == "gluon":
        import mxnet as mx

        return np.asarray(model(mx.nd.array(x, dtype=x.dtype)).asnumpy())
    return np.asarray(model.apply(model.params, model.state, x)[0])


@pytest.mark.parametrize("hybridized", [False, True])
def test_raw_models_take_fewer_positions(backend: Backend, hybridized: bool) -> None:
    layers = [PositionEmbedding(), SinusoidalPosition(), CAUSAL["all"], ClassToken()]
    spec, x = sequence(*layers), batch("float32")
    model = backend.compile(spec, seed=0)
    whole = backend.forward(model, spec, x)
    if hybridized and hasattr(model, "hybridize"):
        model.hybridize()
    some = run_raw(backend.name, model, x[:, :7])
    assert some.shape == (2, 8, CHANNELS)
    np.testing.assert_allclose(some, whole[:, :8], atol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_key_bias_trains_only_where_positions_or_norms_see_it(
    backend: Backend, dtype: str
) -> None:
    """Each row of scores is moved by a constant, which the softmax does not see."""
    for layer, is_zero in (
        (MultiHeadAttention(2), True),
        (MultiHeadAttention(2, causal=True, relative=2), True),
        (MultiHeadAttention(2, rotary=100.0), False),
        (MultiHeadAttention(2, normalize=True), False),
    ):
        spec, x = sequence(layer), batch(dtype)
        model = backend.compile(spec, seed=0, dtype=dtype)
        grads = backend.step(model, spec, x, x).grad_params
        size = np.abs(grads["0.key.bias"]).max() / np.abs(grads["0.query.bias"]).max()
        assert (size < 1e3 * np.finfo(dtype).eps) == is_zero, layer


def test_the_noise_of_key_bias_is_no_failure_under_adam(backend: Backend) -> None:
    """A weight beside it that learns is judged as sharply as ever."""
    spec = Spec("one", (5, 8), [Residual([MultiHeadAttention(2)])])
    report = netspec.conform(spec, backend.name, checks="training", dtypes="float32")
    rows = [row for row in report.rows if "adam" in row.what]
    status = {row.what.rpartition(" ")[2]: row.verdict.status for row in rows}
    assert {"0.body.0.key.bias", "0.body.0.key.weight"} <= set(status)
    assert set(status.values()) <= {"pass", "declared"}
