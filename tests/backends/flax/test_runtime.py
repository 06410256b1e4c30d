"""A compiled net does whatever a hand-written one does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from netspec import layers as nl
from netspec.errors import BackendError, InputError
from netspec.spec import Spec, init_params, save_params
from netspec_flax import backend

SPEC = Spec(
    "net",
    (2, 6, 6),
    [
        *(nl.Conv2D(3, kernel_size=3), nl.BatchNorm(), nl.ReLU()),
        *(nl.Residual([nl.Conv2D(3, kernel_size=1)]), nl.Flatten(), nl.Dense(4)),
    ],
)
PARAMS = init_params(SPEC, 0)
X = np.random.default_rng(0).normal(size=(5, 2, 6, 6)).astype("float32")


def test_paths_are_those_of_an_exported_file() -> None:
    module: dict[str, Any] = {}
    exec(compile(backend.source(SPEC), "net.py", "exec"), module)
    ours = nnx.state(backend.compile(SPEC, params=PARAMS), nnx.Param)
    theirs = nnx.state(module["Net"](rngs=nnx.Rngs(0)), nnx.Param)
    assert [path for path, _ in nnx.to_flat_state(ours)] == [
        path for path, _ in nnx.to_flat_state(theirs)
    ]


def test_running_statistics_are_of_the_dtype_of_the_model() -> None:
    spec = Spec("norm", (4,), [nl.BatchNorm()])
    net = backend.compile(spec, seed=0, dtype="float64")
    assert backend.params(net, spec)["0.running_var"].dtype == np.float64
    with jax.enable_x64(True):
        own = backend.compile(spec, dtype="float64")
    assert {str(leaf.dtype) for leaf in jax.tree.leaves(nnx.state(own))} == {"float64"}


def test_a_float64_model_refuses_to_run_in_float32() -> None:
    net = backend.compile(Spec("one", (6,), [nl.Dense(5)]), seed=0, dtype="float64")
    with pytest.raises(RuntimeError, match=r"inside `with jax\.enable_x64\(True\):`"):
        net(jnp.ones((2, 6)))


def test_users_train_it_with_flax() -> None:
    net = backend.compile(SPEC, params=PARAMS)
    optimizer = nnx.Optimizer(net, optax.sgd(0.1), wrt=nnx.Param)

    @nnx.jit
    def step(net: Any, optimizer: Any, x: jax.Array) -> Any:
        value, grads = nnx.value_and_grad(lambda net: jnp.square(net(x)).mean())(net)
        optimizer.update(net, grads)
        return value

    losses = [float(step(net, optimizer, jnp.asarray(X))) for _ in range(3)]
    assert losses[2] < losses[1] < losses[0]
    assert (backend.params(net, SPEC)["1.running_mean"] != 0).all()


def test_nothing_but_load_params_and_train_changes_a_model() -> None:
    net = backend.compile(SPEC, params=PARAMS)
    backend.step(net, SPEC, X, np.ones((5, 4), "float32"), train=True)
    for path, array in backend.params(net, SPEC).items():
        np.testing.assert_array_equal(array, PARAMS[path])
    other = init_params(SPEC, 1)
    assert backend.load_params(net, SPEC, other) is net
    np.testing.assert_array_equal(
        backend.params(net, SPEC)["0.weight"], other["0.weight"]
    )


def test_a_model_of_another_spec_is_refused() -> None:
    net = backend.compile(SPEC, params=PARAMS)
    other = Spec("other", (2, 6, 6), [nl.Conv2D(5, kernel_size=3)])
    with pytest.raises(InputError, match=r"0\.weight: the spec has a parameter"):
        backend.params(net, other)


def test_a_name_that_a_module_has_is_refused() -> None:
    spec = Spec("net", (6,), [nl.Dense(5, name="train")])
    with pytest.raises(BackendError, match=r"^train Dense: flax\.nnx\.Module has an"):
        backend.compile(spec, seed=0)


def test_a_tied_parameter_is_one_variable() -> None:
    layers = [nl.Embedding(7, dim=4, name="table"), nl.Dense(7, bias=False, name="out")]
    ties = {"out.weight": "table.weight"}
    spec = Spec("tied", (3,), layers, input_dtype="int", ties=ties)
    net: Any = backend.compile(spec, seed=0)
    assert net.layers.out.embedding is net.layers.table.embedding
    assert len(jax.tree.leaves(nnx.state(net))) == 1


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    other = Spec("other", (6,), [nl.Dense(5)])
    save_params(tmp_path / "w.safetensors", other, init_params(other, 0))
    module: dict[str, Any] = {}
    exec(compile(backend.source(SPEC, weights=True), "net.py", "exec"), module)
    net = module["Net"](rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="network"):
        module["load_weights"](net, str(tmp_path / "w.safetensors"))
