"""Keras on PyTorch: a model is called, and afterwards gets back what a call changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from keras import ops

from netspec.contract import Array, Mode, Training
from netspec.spec import check_seed
from netspec_keras._passes import Pass, Read, Seen, is_float
from netspec_keras._seeds import is_seed, states
from netspec_keras._training import LOSSES, to_keras


@contextmanager
def _kept(model: Any, seed: int | None) -> Iterator[None]:
    """Let a model draw from a seed; give back the values of the variables that are not
    trained, but for generators that draw as they like.
    """
    others = model.non_trainable_variables
    before = [variable.value.detach().clone() for variable in others]
    try:
        with torch.random.fork_rng([], enabled=seed is not None):
            _draw_from(model, seed)
            yield
    finally:
        for variable, value in zip(others, before, strict=True):
            if seed is not None or not is_seed(variable):
                variable.assign(value)


def _draw_from(model: Any, seed: int | None) -> None:
    if seed is not None:
        seeds = [v for v in model.non_trainable_variables if is_seed(v)]
        for variable, state in zip(seeds, states(len(seeds), seed), strict=True):
            variable.assign(state)
        # Keras's Dropout draws from PyTorch's own generator
        torch.default_generator.manual_seed(check_seed(seed))


def _array(tensor: Any) -> Array:
    array: Array = tensor.detach().cpu().numpy().copy()
    return array


def _batch(x: Array) -> Any:
    return ops.convert_to_tensor(x)


def forward(model: Any, x: Array, mode: Mode) -> Array:
    """Compute the output of a batch."""
    with torch.no_grad(), _kept(model, mode.seed):
        return _array(model(_batch(x), training=mode.train))


@torch.enable_grad()
def step(model: Any, x: Array, cotangent: Array, mode: Mode) -> Pass:
    """Make one forward and one backward pass."""
    batch, trained = _batch(x), model.trainable_variables
    wanted = [variable.value for variable in trained]
    if is_float(x):
        wanted.append(batch.requires_grad_())
    with _kept(model, mode.seed):
        y = model(batch, training=mode.train)
        grads = torch.autograd.grad(
            y, wanted, _batch(cotangent), materialize_grads=True
        )
        state = {id(v): _array(v.value) for v in model.non_trainable_variables}
    arrays = [_array(grad) for grad in grads]
    own = arrays.pop() if is_float(x) else None
    found = zip(trained, arrays, strict=True)
    return Pass(_array(y), own, {id(v): grad for v, grad in found}, state)


@torch.enable_grad()
def trace(
    model: Any, x: Array, taps: list[Array], cotangent: Array, mode: Mode
) -> tuple[Pass, Seen]:
    """Make a pass through a model with taps."""
    batch, trained, floats = _batch(x), model.trainable_variables, is_float(x)
    zeros = [_batch(tap).requires_grad_() for tap in taps]
    wanted = [*(variable.value for variable in trained), *zeros]
    wanted += [batch.requires_grad_()] if floats else []
    with _kept(model, mode.seed):
        y, *seen = model([batch, *zeros], training=mode.train)
        grads = torch.autograd.grad(
            y, wanted, _batch(cotangent), materialize_grads=True
        )
        state = {id(v): _array(v.value) for v in model.non_trainable_variables}
    arrays, count = [_array(grad) for grad in grads], len(trained)
    own = {id(v): array for v, array in zip(trained, arrays, strict=False)}
    made = Pass(_array(y), arrays[-1] if floats else None, own, state)
    of_taps = arrays[count : count + len(taps)]
    return made, Seen([_array(tensor) for tensor in seen], of_taps)


@torch.enable_grad()
def train(model: Any, how: Training) -> Iterator[tuple[Array, Read]]:
    """Train in place with an optimizer of Keras; yields the loss of each step and the
    values by variable after it.
    """
    optimizer, loss = to_keras(how.optimizer), LOSSES[how.loss]()
    optimizer.build(model.trainable_variables)
    with torch.random.fork_rng([], enabled=how.seed is not None):
        _draw_from(model, how.seed)
        yield from _steps(model, how, optimizer, loss)


def _steps(
    model: Any, how: Training, optimizer: Any, loss: Any
) -> Iterator[tuple[Array, Read]]:
    trained, decay = model.trainable_variables, how.optimizer.weight_decay
    for x, y, rate in zip(how.xs, how.ys, how.rates, strict=True):
        optimizer.learning_rate = rate
        model.zero_grad()
        value = loss(_batch(y), model(_batch(x), training=True))
        value.backward()
        grads = [variable.value.grad for variable in trained]
        with torch.no_grad():
            pairs = zip(grads, trained, strict=True)
            optimizer.apply([g + decay * v.value for g, v in pairs], trained)
            found = {id(v): _array(v.value) for v in model.variables}
        yield _array(value), found
