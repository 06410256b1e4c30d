"""forward and step: pure, seeded, in the dtype of the model, and equal to `jax.vjp`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from netspec import layers as nl
from netspec.contract import Step
from netspec.errors import BackendError
from netspec.spec import Spec
from netspec_jax import JaxBackend, PureModel, backend
from netspec_jax._arrays import by_path
from netspec_jax._modes import computing_in, enable_x64, key_of
from tests.backends.cases import COTANGENT, SPEC, X


@pytest.fixture(scope="module")
def model() -> PureModel:
    return backend.compile(SPEC, seed=0, dtype="float64")


def step(model: PureModel, train: bool = True, seed: int | None = 3) -> Step:
    return backend.step(model, SPEC, X, COTANGENT, train=train, seed=seed)


def test_step_is_forward_and_backward(model: PureModel) -> None:
    result = step(model)

    @jax.jit
    def by_hand(params: Any, state: Any, x: Any, cotangent: Any, key: Any) -> Any:
        def forward(params: Any, x: Any) -> Any:
            return model.apply(params, state, x, train=True, key=key)

        y, pullback, after = jax.vjp(forward, params, x, has_aux=True)
        return y, pullback(cotangent), after

    with computing_in("float64"):
        seen = by_hand(model.params, model.state, X, COTANGENT, key_of(3))
    y, (grads, dx), state = jax.tree.map(np.asarray, seen)
    assert np.array_equal(result.output, y)
    assert result.grad_input is not None
    assert np.array_equal(result.grad_input, dx)
    trained = [path for path, p in SPEC.parameters().items() if p.trainable]
    assert list(result.grad_params) == trained
    weight = by_path(grads)["0.weight"].transpose(3, 2, 0, 1)  # HWIO to OIHW
    assert np.array_equal(result.grad_params["0.weight"], weight)
    assert list(result.state) == ["1.running_mean", "1.running_var"]
    for path, value in by_path(state).items():
        assert np.array_equal(result.state[path], value)


@pytest.mark.parametrize("verb", ["forward", "step"])
def test_compiler_options_reach_the_compiler(model: PureModel, verb: str) -> None:
    given = (X,) if verb == "forward" else (X, COTANGENT)
    run = getattr(JaxBackend({"no_such_option": True}), verb)
    with pytest.raises(jax.errors.JaxRuntimeError, match="no_such_option"):
        run(model, SPEC, *given)


def test_a_step_leaves_the_model_and_the_input_as_they_were(model: PureModel) -> None:
    before = jax.tree.map(np.array, (model.params, model.state))
    x = X.copy()
    step(model)
    pairs = zip(
        jax.tree.leaves(before),
        jax.tree.leaves((model.params, model.state)),
        strict=True,
    )
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("x64", [True, False])
def test_results_have_the_dtype_of_the_model(dtype: str, x64: bool) -> None:
    spec = Spec("mlp", (3,), [nl.Dense(2), nl.BatchNorm()])
    with enable_x64(x64):
        compiled = backend.compile(spec, seed=0, dtype=dtype)
        x = np.ones((2, 3), dtype)
        result = backend.step(compiled, spec, x, x[:, :2], train=True)
        y = backend.forward(compiled, spec, x)
        assert jnp.ones(()).dtype == ("float64" if x64 else "float32")
    arrays = [result.output, result.grad_input, y, *result.grad_params.values()]
    arrays += result.state.values()
    assert {array.dtype.name for array in arrays if array is not None} == {dtype}


def test_all_bits_of_a_seed_count(model: PureModel) -> None:
    one, other = (
        backend.forward(model, SPEC, X, train=True, seed=seed)
        for seed in (2**64 - 1, 2**32 - 1)
    )
    assert not np.array_equal(one, other)


def test_training_with_dropout_and_no_seed_is_refused(model: PureModel) -> None:
    with pytest.raises(BackendError, match=r"^2 Dropout: .*; give seed="):
        step(model, seed=None)
    with (
        pytest.raises(ValueError, match=r"dropout needs a key, .*key=key"),
        enable_x64(True),
    ):
        model.apply(model.params, model.state, jnp.asarray(X), train=True)
    assert step(model, train=False, seed=None).output.shape == (5, 4)


@pytest.mark.parametrize("jitted", [True, False])
def test_a_float64_model_never_runs_in_float32(model: PureModel, jitted: bool) -> None:
    apply: Any = jax.jit(model.apply) if jitted else model.apply
    with pytest.raises(RuntimeError, match=r"this model is float64, .*enable_x64"):
        apply(model.params, model.state, X)
    with pytest.raises(RuntimeError, match="this model is float64"):
        model.init(jax.random.key(0))
    with enable_x64(True):
        y, _ = apply(model.params, model.state, X)
    assert y.dtype == "float64"
