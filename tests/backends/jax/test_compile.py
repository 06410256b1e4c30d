"""Compiled models: pure functions, nested dicts by canonical path, given weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from jax import monitoring

from netspec import layers as nl
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree
from netspec.contract import Array
from netspec.errors import BackendError
from netspec.fuzzing.strategies import specs
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_jax import PureModel, backend
from netspec_jax._arrays import by_path
from netspec_jax._modes import enable_x64


def net() -> Spec:
    body: list[nl.Layer] = [nl.Conv2D(4, kernel_size=(3, 2), groups=2), nl.BatchNorm()]
    shortcut = [nl.Conv2D(4, kernel_size=(3, 2), bias=False)]
    layers = [nl.Residual(body, shortcut=shortcut), nl.Dense(4, name="head")]
    return Spec("net", (2, 5, 5), layers)


def test_trees_are_nested_by_path_in_the_layout_of_jax() -> None:
    model = backend.compile(net(), seed=0)
    assert isinstance(model, PureModel)
    assert model._fields == ("init", "apply", "params", "state")
    assert jax.tree.map(lambda leaf: leaf.shape, model.params) == {
        "0": {
            "body": {
                "0": {"weight": (3, 2, 1, 4), "bias": (4,)},
                "1": {"weight": (4,), "bias": (4,)},
            },
            "shortcut": {"0": {"weight": (3, 2, 2, 4)}},
        },
        "head": {"weight": (4, 4), "bias": (4,)},
    }
    assert jax.tree.map(lambda leaf: leaf.shape, model.state) == {
        "0": {"body": {"1": {"running_mean": (4,), "running_var": (4,)}}}
    }


@given(specs())
def test_names_are_the_canonical_ones(spec: Spec) -> None:
    model = backend.compile(spec, seed=0)
    declared = spec.parameters()
    trained = {path for path, parameter in declared.items() if parameter.trainable}
    assert set(by_path(model.params)) == trained
    assert set(by_path(model.state)) == set(declared) - trained


def random_params(spec: Spec, dtype: str = "float32") -> dict[str, Array]:
    random = np.random.default_rng(0)
    return {
        path: random.uniform(0.5, 1.5, parameter.shape).astype(dtype)
        for path, parameter in spec.parameters().items()
    }


@contextmanager
def compilations() -> Iterator[list[str]]:
    """What XLA compiles, as it is compiled."""
    seen: list[str] = []

    def listen(event: str, duration_secs: float, **_: Any) -> None:
        if "compile" in event:
            seen.append(event)

    monitoring.register_event_duration_secs_listener(listen)
    yield seen
    monitoring.clear_event_listeners()


def test_portable_weights_compile_nothing() -> None:
    spec = Spec("odd", (2, 11, 13), [*net().layers, nl.Flatten(), nl.Dense(7)])
    with compilations() as seen:
        jax.block_until_ready(backend.compile(spec, seed=0).params)
        jax.block_until_ready(backend.compile(spec, params=random_params(spec)).params)
    assert seen == []
    with compilations() as seen:
        jax.jit(lambda x: x * 3)(np.ones(17))
    assert seen  # so the listener hears


def test_native_weights_are_those_of_init_with_key_0() -> None:
    spec = Spec("mlp", (3,), [nl.Dense(4), nl.BatchNorm()])
    model = backend.compile(spec)
    params, state = model.init(jax.random.key(0))
    pairs = zip(
        jax.tree.leaves((params, state)),
        jax.tree.leaves((model.params, model.state)),
        strict=True,
    )
    assert all(np.array_equal(a, b) for a, b in pairs)
    other, _ = model.init(jax.random.key(1))
    assert not np.array_equal(other["0"]["weight"], params["0"]["weight"])


def test_every_parameter_is_drawn_with_a_key_of_its_own() -> None:
    twins = [
        nl.Dense(3),
        nl.Dense(3),
        nl.Residual([nl.Dense(3)], shortcut=[nl.Dense(3)]),
    ]
    spec = Spec("twins", (3,), twins, init="torch")
    drawn = backend.params(backend.compile(spec), spec).values()
    assert len({array.tobytes() for array in drawn}) == len(drawn)


@pytest.mark.parametrize("device", [None, "cpu", "cpu:0", "object", "sharding"])
def test_devices(device: str | None) -> None:
    cpu = jax.devices("cpu")[0]
    objects = {"object": cpu, "sharding": jax.sharding.SingleDeviceSharding(cpu)}
    model = backend.compile(net(), seed=0, device=objects.get(str(device), device))
    assert {leaf.device for leaf in jax.tree.leaves(model.params)} == {cpu}
    loaded = backend.load_params(model, net(), random_params(net()))
    committed = {leaf.committed for leaf in jax.tree.leaves(loaded.params)}
    assert committed == {device is not None}


def test_compiling_in_float64_leaves_the_process_in_float32() -> None:
    backend.compile(net(), seed=0, dtype="float64")
    assert jax.numpy.ones(()).dtype == "float32"
    with enable_x64(True):
        backend.compile(net(), seed=0)
        assert jax.numpy.ones(()).dtype == "float64"


@pytest.mark.parametrize("device", ["cpu:99", "cpu:-1"])
def test_devices_that_jax_does_not_have_are_refused(device: str) -> None:
    with pytest.raises(BackendError, match=r"^device .* cannot be used: .*; use 'cpu'"):
        backend.compile(net(), seed=0, device=device)


RESCALED = [nl.Scale(axis=1), nl.Rescale(0.3, offset=0.7)]
ONCE: list[Layer] = [nl.HardSigmoid(offset=0.8)]
MAXIMA: dict[str, list[Layer]] = {
    "max": [*RESCALED, nl.Reduce([1], op="max")],
    "min": [*RESCALED, nl.Reduce([1], op="min")],
    "maximum": [
        nl.Parallel([ONCE, [*ONCE, nl.HardSigmoid()]], merge="maximum"),
        nl.Scale(axis=1),
    ],
}


@pytest.mark.parametrize("layers", MAXIMA.values(), ids=MAXIMA)
def test_gradients_of_maxima_are_right_where_compiling_is_quick(
    layers: list[Layer],
) -> None:
    for seed in range(3):
        spec = Spec("s", (5,), layers)
        case = draw_case(spec, train=False, dtype="float64", seed=seed)
        with backend.quick():
            agreement = agree(backend, case)
        assert agreement.passed, str(agreement)
