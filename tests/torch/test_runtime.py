"""forward and step: pure, seeded, and equal to autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from netspec import layers as nl
from netspec.backend import Step
from netspec.errors import InputError, NetspecError
from netspec.spec import Spec
from netspec_torch import backend
from netspec_torch.modes import training

SPEC = Spec(
    "net",
    (3, 6, 5),
    [
        nl.Conv2D(4, kernel_size=3),
        nl.BatchNorm(),
        nl.Dropout(0.5),
        nl.Residual([nl.Dense(3)]),
        nl.GlobalAvgPool2D(),
    ],
)
WORDS = Spec("words", (7,), [nl.Embedding(5, dim=3), nl.Dense(2)], input_dtype="int")

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(5, *SPEC.input_shape))
COTANGENT = RANDOM.normal(size=(5, *SPEC.output_shape))


@pytest.fixture
def model() -> nn.Sequential:
    return backend.compile(SPEC, seed=0, dtype="float64")


def step(model: nn.Module, train: bool = True, seed: int | None = 3) -> Step:
    return backend.step(model, SPEC, X, COTANGENT, train=train, seed=seed)


@pytest.mark.parametrize("train", [True, False])
def test_step_is_forward_and_backward(model: nn.Sequential, train: bool) -> None:
    result = step(model, train)
    model.train(train)
    torch.manual_seed(3)
    x = torch.tensor(X, requires_grad=True)
    y = model(x)
    y.backward(torch.tensor(COTANGENT))
    assert x.grad is not None
    assert np.array_equal(result.output, y.detach().numpy())
    assert result.grad_input is not None
    assert np.array_equal(result.grad_input, x.grad.numpy())
    grads = {name: p.grad for name, p in model.named_parameters()}
    assert list(result.grad_params) == list(grads)
    for name, grad in grads.items():
        assert grad is not None
        assert np.array_equal(result.grad_params[name], grad.numpy())
    moved = dict(model.named_buffers())
    assert list(result.state) == ["1.running_mean", "1.running_var"]
    for name, value in result.state.items():
        assert np.array_equal(value, moved[name].numpy())


@pytest.mark.parametrize("train", [True, False])
def test_a_step_leaves_everything_as_it_was(model: nn.Sequential, train: bool) -> None:
    model.train()
    model[1].eval()
    model[0].weight.requires_grad_(False)
    before = {name: t.clone() for name, t in model.state_dict().items()}
    generator, x = torch.get_rng_state(), X.copy()
    step(model, train)
    backend.forward(model, SPEC, X, train=train, seed=1)
    assert torch.equal(torch.get_rng_state(), generator)
    assert all(torch.equal(t, before[n]) for n, t in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    assert [module.training for module in model] == [True, False, True, True, True]
    assert [p.requires_grad for p in model[0].parameters()] == [False, True]
    assert np.array_equal(X, x)


def test_frozen_parameters_have_gradients_too(model: nn.Sequential) -> None:
    wanted = step(model).grad_params
    model.requires_grad_(False)
    held = step(model).grad_params
    assert all(np.array_equal(held[name], grad) for name, grad in wanted.items())


def test_flags_come_back_when_a_model_fails(model: nn.Sequential) -> None:
    model.eval()
    with pytest.raises(RuntimeError), training(model, True):
        model(torch.zeros(1))
    assert not any(module.training for module in model.modules())


def test_a_seed_decides_dropout(model: nn.Sequential) -> None:
    def output(seed: int | None) -> bytes:
        return backend.forward(model, SPEC, X, train=True, seed=seed).tobytes()

    assert output(1) == output(1) != output(2)
    assert output(None) != output(None)
    assert output(2**64 - 1) == output(2**64 - 1)
    assert step(model, seed=1).output.tobytes() == output(1)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "int16"])
def test_indices_of_any_width(dtype: str) -> None:
    model = backend.compile(WORDS, seed=0)
    x = (np.arange(14).reshape(2, 7) % 5).astype(dtype)
    result = backend.step(model, WORDS, x, np.ones((2, 7, 2), np.float32))
    assert result.grad_input is None
    assert np.array_equal(result.output, backend.forward(model, WORDS, x))
    assert np.array_equal(result.output, backend.forward(model, WORDS, x.astype("i8")))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_without_parameters_takes_either_dtype(dtype: str) -> None:
    spec = Spec("tanh", (3,), [nl.Tanh()])
    model = backend.compile(spec, dtype=dtype)
    assert backend.forward(model, spec, np.ones((2, 3), dtype)).dtype == dtype


def test_outputs_share_no_memory() -> None:
    spec = Spec("same", (3,), [nl.Identity()])
    x = np.zeros((2, 3), np.float32)
    backend.forward(backend.compile(spec), spec, x)[:] = 1
    assert not x.any()
    x.flags.writeable = False
    assert not backend.forward(backend.compile(spec), spec, x[:, ::-1]).any()


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
    model: nn.Sequential, x: np.ndarray, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        backend.forward(model, SPEC, x)
    with pytest.raises(InputError, match=message):
        backend.step(model, SPEC, x, COTANGENT)


def test_bad_cotangents_and_indices_are_refused(model: nn.Sequential) -> None:
    with pytest.raises(InputError, match="one row for each example"):
        backend.step(model, SPEC, X, COTANGENT[:2])
    words = backend.compile(WORDS, seed=0)
    with pytest.raises(InputError, match=r"indices must be in 0\.\.4"):
        backend.forward(words, WORDS, np.full((2, 7), 5))


def test_training_on_one_value_for_each_channel_is_refused() -> None:
    spec = Spec("norm", (3,), [nl.BatchNorm()])
    model = backend.compile(spec, seed=0)
    x = np.ones((1, 3), np.float32)
    with pytest.raises(InputError, match="more than one value"):
        backend.forward(model, spec, x, train=True)
    assert backend.forward(model, spec, x).shape == (1, 3)


def test_a_step_where_gradients_are_off(model: nn.Sequential) -> None:
    expected = step(model).grad_params
    with torch.no_grad():
        received = step(model).grad_params
    assert all(np.array_equal(received[path], expected[path]) for path in expected)


def test_a_seed_that_is_none_is_refused(model: nn.Sequential) -> None:
    with pytest.raises(NetspecError, match="seed must be a natural number"):
        step(model, seed=-1)
