"""Compiled models: exactly the given weights, in arrays of their own, or a refusal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject

import netspec
from netspec import layers as nl
from netspec.contract import Array, Arrays, Backend, Optimizer
from netspec.errors import BackendError, InputError, NetspecError, ParameterError
from netspec.fuzzing.strategies import specs
from netspec.spec import Spec
from tests.backends.conftest import NAMES


def net() -> Spec:
    body = [nl.Conv2D(4, kernel_size=(3, 2), groups=2), nl.BatchNorm()]
    shortcut = [nl.Conv2D(4, kernel_size=(3, 2), bias=False)]
    layers = [nl.Residual(body, shortcut=shortcut), nl.Dropout(0.5)]
    return Spec("net", (2, 5, 5), [*layers, nl.Dense(4, name="head")])


def random_params(spec: Spec, dtype: str = "float32") -> dict[str, Array]:
    random = np.random.default_rng(0)
    return {
        path: random.uniform(0.5, 1.5, parameter.shape).astype(dtype)
        for path, parameter in spec.parameters().items()
    }


def one_value_groups(spec: Spec) -> bool:
    """Whether there are groups of one value, which PyTorch does not normalize."""
    return any(
        math.prod(node.input_shape)
        == getattr(node.layer, "groups", node.input_shape[0])
        for node in spec.graph.walk()
        if isinstance(node.layer, nl.GroupNorm | nl.InstanceNorm)
    )


# What a backend may refuse; gluon/test_compile.py lists what Gluon cannot have
REFUSED: dict[str, Callable[[Spec], bool]] = {
    "torch": one_value_groups,
    "gluon": lambda spec: True,
    "jax": lambda spec: False,
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(spec=specs())
def test_given_weights_come_back(dtype: str, spec: Spec) -> None:
    params = random_params(spec, dtype)
    for name in NAMES:
        backend = netspec.backend(name)
        try:
            model = backend.compile(spec, params=params, dtype=dtype)
        except BackendError:
            assert REFUSED[name](spec), name
            reject()
        for loaded in (model, backend.load_params(model, spec, params)):
            held = backend.params(loaded, spec)
            assert list(held) == list(params), name
            assert all(np.array_equal(held[path], params[path]) for path in params)


def layouts(weight: Array) -> Iterator[Array]:
    """Equal values in memory of their own: as they are, frozen, and strided."""
    yield weight.copy()
    frozen = weight.copy()
    frozen.flags.writeable = False
    yield frozen
    yield np.array(weight, order="F")
    yield weight[::-1, ::-1].copy()[::-1, ::-1]
    yield np.repeat(weight, 2, axis=1)[:, ::2]


# The transpose of (64, 1) is the same memory
@pytest.mark.parametrize(("units", "inputs"), [(2, 3), (64, 1)])
def test_given_arrays_are_copied_whatever_their_layout(
    backend: Backend, units: int, inputs: int
) -> None:
    spec = Spec("dense", (inputs,), [nl.Dense(units)])
    weight = np.arange(units * inputs, dtype=np.float32).reshape(units, inputs)
    nines = {"0.weight": weight * 0 + 9, "0.bias": np.full(units, 9, np.float32)}
    for array in layouts(weight):
        params = {"0.weight": array, "0.bias": np.zeros(units, np.float32)}
        model = backend.compile(spec, params=params)
        backend.load_params(model, spec, nines)  # may write into the model
        assert np.array_equal(array, weight)
        assert not params["0.bias"].any()
        model = backend.compile(spec, params=params)
        if array.flags.writeable:
            array[:] = 9
        params["0.bias"][:] = 9
        held = backend.params(model, spec)
        assert np.array_equal(held["0.weight"], weight)
        assert not held["0.bias"].any()


def test_params_are_copies(backend: Backend) -> None:
    spec = net()
    model = backend.compile(spec, seed=0)
    backend.params(model, spec)["head.weight"][:] = 9
    assert not np.any(backend.params(model, spec)["head.weight"] == 9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("given_dtype", ["float32", "float64"])
def test_arrays_take_the_dtype_of_the_model(
    backend: Backend, dtype: str, given_dtype: str
) -> None:
    spec = net()
    params = random_params(spec, given_dtype)
    model = backend.compile(spec, params=params, dtype=dtype)
    for made in (model, backend.load_params(model, spec, params)):
        held = backend.params(made, spec).values()
        assert {array.dtype.name for array in held} == {dtype}


@pytest.mark.parametrize("device", ["gpu:99", "cuda:99", "abacus", "cpu:x", "", 1.5])
def test_devices_that_are_not_there_are_refused(
    backend: Backend, device: object
) -> None:
    with pytest.raises(BackendError, match=r"^device .* cannot be used: .*; use 'cpu'"):
        backend.compile(net(), seed=0, device=device)


@pytest.mark.parametrize(
    ("params", "seed", "error"),
    [
        ({}, None, ParameterError),
        ({"0.weight": np.zeros((2, 2), np.float32)}, None, ParameterError),
        ({}, 1, BackendError),
        (None, -1, NetspecError),
        (None, True, NetspecError),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    backend: Backend, params: Arrays | None, seed: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        backend.compile(net(), params=params, seed=seed)


@pytest.mark.parametrize(
    "other",
    [
        Spec("more", (3,), [nl.Dense(4), nl.Dense(2)]),
        Spec("wider", (4,), [nl.Dense(4)]),
        Spec("less", (3,), [nl.Dense(4), nl.BatchNorm(center=False)]),
    ],
    ids=lambda spec: spec.name,
)
def test_a_model_of_another_spec_is_refused(backend: Backend, other: Spec) -> None:
    spec = Spec("net", (3,), [nl.Dense(4), nl.BatchNorm(), nl.Dense(4)])
    model = backend.compile(spec, seed=0)
    with pytest.raises(InputError, match="the spec has a parameter of shape"):
        backend.params(model, other)
    with pytest.raises(InputError, match="give what compile returned, and its own"):
        backend.load_params(model, other, random_params(other))


@pytest.mark.parametrize("kind", ["no model", "another spec", "fewer outputs"])
def test_every_call_refuses_a_model_that_does_not_fit(backend: Any, kind: str) -> None:
    spec = Spec("net", (3,), [nl.Dense(4), nl.BatchNorm()])
    other = {
        "no model": spec,
        "another spec": Spec("wide", (5,), [nl.Dense(4), nl.BatchNorm()]),
        "fewer outputs": Spec("narrow", (3,), [nl.Dense(2)]),
    }[kind]
    model = None if kind == "no model" else backend.compile(spec, seed=0)
    x = np.ones((2, *other.input_shape), "f4")
    y = np.ones((2, *other.output_shape), "f4")
    sgd = Optimizer("sgd", 0.5)
    calls: tuple[Callable[[], object], ...] = (
        lambda: backend.forward(model, other, x),
        lambda: backend.step(model, other, x, y, train=True),
        lambda: backend.trace(model, other, x, y),
        lambda: backend.train(model, other, x[None], y[None], sgd, "mse"),
        lambda: backend.params(model, other),
        lambda: backend.load_params(model, other, random_params(other)),
    )
    for call in calls:
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value).startswith(
            f"the model is not one that was compiled from '{other.name}': "
        )


def test_more_than_the_memory_is_refused_before_it_is_taken(backend: Backend) -> None:
    spec = Spec("huge", (2**20,), [nl.Dense(2**24), nl.Dense(2**24)])
    with pytest.raises(NetspecError, match="memory of this machine"):
        backend.compile(spec)


def test_what_pytorch_counts_beside_running_statistics_is_left_out(
    backend: Backend,
) -> None:
    params = random_params(net())
    counted = {**params, "0.body.1.num_batches_tracked": np.array(7)}
    model = backend.compile(net(), params=counted)
    assert backend.params(model, net()).keys() == params.keys()
    assert backend.load_params(model, net(), counted) is not None
