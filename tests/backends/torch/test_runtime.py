"""forward and step: pure, seeded, and equal to autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from netspec.contract import Step
from netspec_torch import backend
from netspec_torch._arrays import detached
from netspec_torch._modes import training
from tests.backends.cases import COTANGENT, SPEC, X


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


def test_a_step_where_gradients_are_off(model: nn.Sequential) -> None:
    expected = step(model).grad_params
    with torch.no_grad():
        received = step(model).grad_params
    assert all(np.array_equal(received[path], expected[path]) for path in expected)


def test_forward_and_step_draw_alike(model: nn.Sequential) -> None:
    drawn, one, other = (
        backend.forward(model, SPEC, X, train=True, seed=seed)
        for seed in (1, None, None)
    )
    assert np.array_equal(step(model, seed=1).output, drawn)
    assert not np.array_equal(one, other)


def test_what_is_tied_in_a_module_is_tied_in_its_copies() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    held = detached(model)
    assert held["0.weight"] is held["1.weight"] is not model[0].weight
    assert held["0.bias"] is not held["1.bias"]
