"""Compiled models: plain modules with canonical names and exactly the given weights."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from torch import Tensor, nn

from netspec import layers as nl
from netspec.backend import Arrays
from netspec.conformance import single_layers
from netspec.errors import BackendError, NetspecError, ParameterError
from netspec.init.sampling import init_params
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_torch import backend
from netspec_torch.modes import SkipInit
from tests.strategies import specs

SINGLE = single_layers()


def mlp() -> Spec:
    body = [nl.Dense(5), nl.ReLU(), nl.Dense(4)]
    layers = [nl.Dense(4), nl.BatchNorm(), nl.Dropout(0.5), nl.Residual(body)]
    return Spec("mlp", (3,), layers)


def tensors(model: nn.Module) -> dict[str, Tensor]:
    return dict(model.named_parameters()) | dict(model.named_buffers())


@pytest.mark.parametrize("spec", SINGLE.values(), ids=SINGLE)
def test_names_are_the_canonical_ones_in_order(spec: Spec) -> None:
    model = backend.compile(spec, seed=0)
    names = [n for n in model.state_dict() if not n.endswith("num_batches_tracked")]
    assert names == list(spec.parameters())
    trainable = [n for n, p in spec.parameters().items() if p.trainable]
    assert [name for name, _ in model.named_parameters()] == trainable
    assert type(model) is nn.Sequential


@pytest.fixture
def poisoned() -> Iterator[None]:
    """Memory that nothing was written to reads NaN."""
    torch.use_deterministic_algorithms(True)
    assert torch.empty(3).isnan().all()
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("spec", SINGLE.values(), ids=SINGLE)
def test_nothing_is_left_uninitialized(spec: Spec) -> None:
    for dtype in ("float32", "float64"):
        model = backend.compile(spec, seed=0, dtype=dtype)
        assert all(t.isfinite().all() for t in tensors(model).values())
        counts = [t for n, t in tensors(model).items() if n.endswith("tracked")]
        assert all(count == 0 for count in counts)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_seed_gives_the_portable_weights(dtype: str) -> None:
    spec = mlp()
    held = backend.params(backend.compile(spec, seed=3, dtype=dtype), spec)
    wanted = init_params(spec, 3, dtype)
    assert list(held) == list(wanted)
    for path, array in wanted.items():
        assert held[path].dtype == dtype
        assert held[path].tobytes() == array.tobytes()


@given(specs())
def test_given_weights_come_back(spec: Spec) -> None:
    assume(not one_value_groups(spec))
    params = random_params(spec)
    model = backend.compile(spec, params=params)
    held = backend.params(model, spec)
    assert list(held) == list(params)
    assert all(np.array_equal(held[path], params[path]) for path in params)


def one_value_groups(spec: Spec) -> bool:
    """Whether there are groups of one value, which have a test of their own."""
    return any(
        math.prod(node.input_shape)
        == getattr(node.layer, "groups", node.input_shape[0])
        for node in spec.graph.walk()
        if isinstance(node.layer, nl.GroupNorm | nl.InstanceNorm)
    )


def random_params(spec: Spec, dtype: str = "float32") -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        path: random.uniform(0.5, 1.5, parameter.shape).astype(dtype)
        for path, parameter in spec.parameters().items()
    }


def test_given_arrays_are_copied_whatever_their_layout() -> None:
    spec = Spec("dense", (3,), [nl.Dense(2)])
    weight = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    strided = weight[::-1, ::-1].copy()[::-1, ::-1]
    frozen = weight.copy()
    frozen.flags.writeable = False
    for given_weight in (weight, strided, frozen, np.asfortranarray(weight)):
        params = {"0.weight": given_weight, "0.bias": np.zeros(2, np.float32)}
        model = backend.compile(spec, params=params)
        assert np.array_equal(backend.params(model, spec)["0.weight"], weight)
        with torch.no_grad():
            model.get_parameter("0.weight").fill_(9)
        assert not np.any(given_weight == 9)


def test_arrays_take_the_dtype_of_the_model() -> None:
    spec = mlp()
    model = backend.compile(spec, params=random_params(spec, "float64"))
    assert {t.dtype for t in model.parameters()} == {torch.float32}
    assert backend.load_params(model, spec, random_params(spec)) is model


def test_params_are_copies() -> None:
    spec = mlp()
    model = backend.compile(spec, seed=0)
    backend.params(model, spec)["0.weight"][:] = 9
    assert not torch.any(model.get_parameter("0.weight") == 9)


def test_native_weights_follow_the_generator_of_torch() -> None:
    spec = mlp()
    states = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        states.append(backend.compile(spec).get_parameter("0.weight"))
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])


def test_given_weights_leave_the_generator_alone() -> None:
    before = torch.get_rng_state()
    backend.compile(mlp(), seed=0)
    backend.compile(mlp(), params=random_params(mlp()))
    assert torch.equal(torch.get_rng_state(), before)


def test_init_is_skipped_in_one_thread_only() -> None:
    made: list[nn.Linear] = []
    with SkipInit():
        thread = threading.Thread(target=lambda: made.append(nn.Linear(64, 64)))
        thread.start()
        thread.join()
    assert 0 < made[0].weight.abs().max() <= 1 / 8  # U(+-1 / sqrt(64))


def test_a_new_model_trains_as_every_new_module_does() -> None:
    model = backend.compile(mlp(), seed=0)
    assert all(module.training for module in model.modules())
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("device", [None, "cpu", torch.device("cpu")])
def test_devices(device: object) -> None:
    model = backend.compile(mlp(), seed=0, device=device)
    assert {t.device.type for t in tensors(model).values()} == {"cpu"}


@pytest.mark.parametrize("device", ["gpu:99", "cuda:99", "abacus", 1.5, "cpu:x"])
def test_devices_that_are_not_there_are_refused(device: object) -> None:
    with pytest.raises(BackendError, match=r"^device .* cannot be used: .*; use 'cpu'"):
        backend.compile(mlp(), seed=0, device=device)


@pytest.mark.parametrize(
    "name",
    ["type", "forward", "append", "training", "children", "state_dict", "T_dest"],
)
def test_names_of_sequential_itself_are_refused(name: str) -> None:
    spec = Spec("s", (3,), [nl.Residual([nl.Dense(3, name=name)])])
    if not hasattr(nn.Sequential(), name):
        backend.compile(spec, seed=0)
        return
    message = f"^0.body.{name} Dense: .* attribute '{name}' of its own; give the layer"
    with pytest.raises(BackendError, match=message):
        backend.compile(spec, seed=0)
    with pytest.raises(BackendError, match=message):
        backend.source(spec)


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ((4, 1, 1), nl.InstanceNorm()),
        ((4, 1), nl.InstanceNorm()),
        ((4,), nl.GroupNorm(4)),
        ((4, 1, 1), nl.GroupNorm(4)),
    ],
)
def test_groups_of_one_value_are_refused(shape: tuple[int, ...], layer: Layer) -> None:
    with pytest.raises(BackendError, match="more than one value for each group"):
        backend.compile(Spec("s", shape, [layer]), seed=0)


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
    params: Arrays | None, seed: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        backend.compile(mlp(), params=params, seed=seed)


def test_a_model_of_another_spec_is_refused() -> None:
    model = backend.compile(mlp(), seed=0)
    other = Spec("other", (3,), [nl.Dense(4), nl.Dense(2)])
    with pytest.raises(BackendError, match=r"^1\.weight: the spec has a parameter of"):
        backend.params(model, other)
    with pytest.raises(BackendError, match="give the model's own spec"):
        backend.load_params(model, other, random_params(other))


def test_more_than_the_memory_is_refused_before_it_is_taken() -> None:
    spec = Spec("huge", (2**20,), [nl.Dense(2**24), nl.Dense(2**24)])
    with pytest.raises(NetspecError, match="memory of this machine"):
        backend.compile(spec)


@pytest.mark.parametrize("given", ["params", "seed", "neither"])
def test_the_default_dtype_of_torch_does_not_decide(given: str) -> None:
    spec = mlp()
    params = init_params(spec, 0) if given == "params" else None
    torch.set_default_dtype(torch.float64)
    try:
        model = backend.compile(
            spec, params=params, seed=0 if given == "seed" else None
        )
    finally:
        torch.set_default_dtype(torch.float32)
    floats = [t.dtype for t in tensors(model).values() if t.is_floating_point()]
    assert set(floats) == {torch.float32}
