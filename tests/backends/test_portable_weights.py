"""Portable weights: the same bits in every backend, and at the end of a way through
all of them and a file after each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import netspec as ns
from netspec import BackendError, Spec
from netspec.contract import Array, Arrays, Backend
from netspec.fuzzing.strategies import CATALOG, KINDS, specs
from netspec.layers import Parametric

# Keras computes in float32 alone: see tests/backends/keras
NAMES = [
    name
    for name, found in ns.backends().items()
    if found.installed and not name.startswith("keras")
]
WAY = [name for name in ("torch", "gluon", "jax", "torch") if name in NAMES]
DTYPES = ["float32", "float64"]

NET = Spec(
    "every",
    (5, 8),
    [
        ns.Embedding(11, dim=6, name="table"),
        ns.Conv2D(6, kernel_size=(3, 2), name="stem"),
        ns.BatchNorm(),
        ns.Residual(
            [ns.Conv2D(6, kernel_size=3, padding="same", groups=2), ns.GroupNorm(2)],
            shortcut=[ns.Conv2D(6, kernel_size=1, bias=False, name="match")],
        ),
        ns.Parallel([[ns.InstanceNorm()], [ns.LayerNorm(axes=2, name="norm")]]),
        ns.PReLU(per_channel=True),
        ns.Reshape((12, 30)),
        ns.Sequential([ns.Conv1D(4, kernel_size=3, dilation=2), ns.PReLU()]),
        ns.Sequential(
            [
                ns.Residual([ns.Dense(26), ns.BatchNorm(scale=False)]),
                ns.Sequential([ns.Dense(3, bias=False, name="last")]),
            ],
            name="head",
        ),
    ],
    input_dtype="int",
)


def with_others(net: Spec) -> Spec:
    """A net, and then the layers with parameters that it lacks, but for those that a
    backend refuses.
    """
    kinds = {type(node.layer) for node in net.graph.walk()}
    others = [
        [*fitted(shape), layer, ns.Flatten()]
        for shape, layer in CATALOG
        if isinstance(layer, Parametric) and type(layer) not in kinds
        if layer.reads != "int" and is_taken(alone(shape, layer))
    ]
    return replace(net, layers=[*net.layers, *map(ns.Sequential, others)])


def alone(shape: ns.Shape, layer: ns.Layer) -> Spec:
    reads = "int" if layer.reads == "int" else "float"
    return Spec("alone", shape, [layer], input_dtype=reads)


def is_taken(spec: Spec) -> bool:
    """Whether every backend here can have a model."""
    try:
        return all(ns.compile(spec, name, seed=0) is not None for name in NAMES)
    except BackendError:
        return False


def fitted(shape: ns.Shape) -> tuple[ns.Layer, ...]:
    """Layers that give a shape, whatever they read."""
    return ns.Flatten(), ns.Dense(math.prod(shape)), ns.Reshape(shape)


EVERY = with_others(NET)


def by_compile(backend: Backend, spec: Spec, params: Arrays, dtype: str) -> Any:
    return backend.compile(spec, params=params, dtype=dtype)


def by_load_params(backend: Backend, spec: Spec, params: Arrays, dtype: str) -> Any:
    model = backend.compile(spec, seed=1, dtype=dtype)
    return backend.load_params(model, spec, params)


ENTRANCES = [by_compile, by_load_params]
Entrance = Callable[[Backend, Spec, Arrays, str], Any]


def test_every_layer_with_parameters_is_among_them() -> None:
    kinds = {type(node.layer) for node in EVERY.graph.walk()}
    for kind in KINDS:
        if issubclass(kind, Parametric) and kind not in kinds:
            cases = [alone(shape, one) for shape, one in CATALOG if type(one) is kind]
            assert cases
            assert not any(map(is_taken, cases)), kind


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_seed_gives_the_same_bits(name: str, dtype: str) -> None:
    backend = ns.backend(name)
    model = backend.compile(EVERY, seed=3, dtype=dtype)
    held = backend.params(model, EVERY)
    assert_same_bits(held, ns.init_params(EVERY, 3, dtype))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("enter", ENTRANCES)
def test_any_bits_come_back(name: str, dtype: str, enter: Entrance) -> None:
    backend, params = ns.backend(name), any_bits(EVERY, dtype)
    model = enter(backend, EVERY, params, dtype)
    assert_same_bits(backend.params(model, EVERY), params)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("enter", ENTRANCES)
def test_files_carry_them_from_one_to_the_next(
    tmp_path: Path, dtype: str, enter: Entrance
) -> None:
    start = loadable(EVERY, any_bits(EVERY, dtype))
    assert_same_bits(travel(tmp_path / "weights", EVERY, start, dtype, enter), start)


@given(specs(depth=2), st.sampled_from(DTYPES), st.integers(0, 2**32))
def test_files_carry_those_of_any_spec(
    tmp_path_factory: pytest.TempPathFactory, spec: Spec, dtype: str, seed: int
) -> None:
    start = loadable(spec, any_bits(spec, dtype, seed))
    path = tmp_path_factory.mktemp("way") / "weights"
    try:
        end = travel(path, spec, start, dtype, by_compile)
    except BackendError:  # what a framework cannot have, tested for each
        reject()
    assert_same_bits(end, start)


def travel(
    path: Path, spec: Spec, params: Arrays, dtype: str, enter: Entrance
) -> Arrays:
    """The parameters at the end of the way."""
    for name in WAY:
        backend = ns.backend(name)
        model = enter(backend, spec, params, dtype)
        ns.save_params(path, spec, backend.params(model, spec))
        spec, params = ns.load_params(path)
    return params


def any_bits(spec: Spec, dtype: str, seed: int = 0) -> dict[str, Array]:
    """Parameters with all that a float can be: subnormal, infinite, NaN of any kind."""
    random = np.random.default_rng(seed)
    width = np.dtype(dtype).itemsize
    return {
        path: np.frombuffer(random.bytes(width * p.size), dtype).reshape(p.shape)
        for path, p in spec.parameters().items()
    }


def loadable(spec: Spec, params: dict[str, Array]) -> dict[str, Array]:
    """Parameters that a file gives back: finite, and no variance negative."""
    declared = spec.parameters()
    finite = {
        path: np.where(np.isfinite(array), array, np.finfo(array.dtype).max)
        for path, array in params.items()
    }
    return {
        path: np.abs(array) if declared[path].nonnegative else array
        for path, array in finite.items()
    }


def assert_same_bits(held: Arrays, wanted: Arrays) -> None:
    assert list(held) == list(wanted)
    for path, array in wanted.items():
        assert (held[path].dtype, held[path].shape) == (array.dtype, array.shape)
        assert held[path].tobytes() == array.tobytes(), path
        assert held[path].flags.c_contiguous
