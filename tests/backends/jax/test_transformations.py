"""A compiled model goes through every transformation that a hand-written one does."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from netspec import layers as nl
from netspec.spec import Spec
from netspec_jax import PureModel, backend
from netspec_jax._arrays import by_path
from tests.backends.jax.steps import CASE, MODEL, SPEC, check, inputs, step, train

KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def random_model() -> PureModel:
    layers = [nl.Dense(16), nl.BatchNorm(), nl.Dropout(0.2), nl.ReLU(), nl.Dense(3)]
    return backend.compile(Spec("random", SPEC.input_shape[-1:], layers), seed=0)


@pytest.fixture(scope="module")
def rows() -> jax.Array:
    return jnp.asarray(CASE.x[:, 0, 0])


def names(tree: Any) -> list[str]:
    """The paths of all leaves."""
    return sorted(by_path(tree))


def test_jit_with_a_static_train() -> None:
    apply = jax.jit(MODEL.apply, static_argnames="train")
    params, state, x, _ = inputs()
    for training in (True, False):
        y, after = apply(params, state, x, train=training)
        assert y.shape == (8, 3)
        assert names(after) == names(state)
        mean = [tree["1"]["running_mean"] for tree in (state, after)]
        assert np.array_equal(*mean) != training
    assert np.array_equal(apply(params, state, x)[0], y)


@pytest.mark.parametrize("around", [lambda f: f, jax.checkpoint])
def test_gradients_and_checkpoints(around: Any) -> None:
    check(jax.jit(partial(step, around(train)))(*inputs()))


@pytest.mark.slow
def test_batches_spread_over_devices() -> None:
    environment = {**os.environ, "JAX_NUM_CPU_DEVICES": "2"}
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.backends.jax.sharded"]
    subprocess.run(command, check=True, env=environment, cwd=root)


def test_keys_of_both_kinds(random_model: PureModel, rows: jax.Array) -> None:
    run = jax.jit(partial(random_model.apply, train=True))

    def output(key: jax.Array) -> bytes:
        y, _ = run(random_model.params, random_model.state, rows, key=key)
        return np.asarray(y).tobytes()

    assert output(jax.random.PRNGKey(5)) == output(jax.random.key(5))
    assert output(jax.random.key(6)) != output(jax.random.key(5))


def test_scan_over_steps_trains(random_model: PureModel, rows: jax.Array) -> None:
    def loss(params: Any, state: Any, key: Any) -> Any:
        y, after = random_model.apply(params, state, rows, train=True, key=key)
        return ((y - 1) ** 2).mean(), after

    def sgd(carry: Any, key: Any) -> Any:
        params, state = carry
        both = jax.value_and_grad(loss, has_aux=True)
        (value, state), grads = both(params, state, key)
        return (jax.tree.map(lambda p, g: p - 0.1 * g, params, grads), state), value

    start = random_model.params, random_model.state
    keys = jax.random.split(KEY, 50)
    (params, state), losses = jax.jit(partial(jax.lax.scan, sgd))(start, keys)
    assert losses[-1] < losses[0] / 2
    assert names(params) == names(random_model.params)
    assert names(state) == names(random_model.state)


def test_vmap_over_examples_and_over_models(rows: jax.Array) -> None:
    params, state, x, _ = inputs()

    def one(x: jax.Array) -> jax.Array:
        return MODEL.apply(params, state, x[None])[0][0]

    assert jax.eval_shape(jax.vmap(one), x).shape == (8, 3)
    many = jax.eval_shape(jax.vmap(MODEL.init), jax.random.split(KEY, 5))
    outputs, _ = jax.eval_shape(jax.vmap(MODEL.apply, (0, 0, None)), *many, x)
    assert outputs.shape == (5, 8, 3)


def test_nothing_depends_on_the_order_of_a_dict() -> None:
    def turned(tree: Any) -> Any:
        if not isinstance(tree, dict):
            return tree
        return {key: turned(tree[key]) for key in reversed(tree)}

    params, state, *batches = inputs()
    check(jax.jit(partial(step, train))(turned(params), turned(state), *batches))
