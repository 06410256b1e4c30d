"""Compiled models: plain modules with canonical names and exactly the given weights."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netspec import layers as nl
from netspec.conformance.cases import single_layers
from netspec.errors import BackendError
from netspec.layers import Layer
from netspec.spec import Spec, init_params
from netspec_torch import backend
from netspec_torch._modes import SkipInit

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


def random_params(spec: Spec, dtype: str = "float32") -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        path: random.uniform(0.5, 1.5, parameter.shape).astype(dtype)
        for path, parameter in spec.parameters().items()
    }


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
