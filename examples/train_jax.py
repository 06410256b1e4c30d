"""Training as any JAX script does it: nothing here knows about netspec but the type of
the model, two pure functions and what they start from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from data import Dataset
from netspec_jax import PureModel
from netspec_jax.support.base import Tree
from training import Report, Settings


def train(
    model: PureModel, data: Dataset, settings: Settings, report: Report
) -> PureModel:
    """Train by SGD or Adam, and cross-entropy.

    Args:
        model: takes a batch of images, gives one logit for each class; or of windows of
            text, then for each token.
        data: examples in the shape that the model takes.
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The same functions with trained parameters.
    """
    wide = any(leaf.dtype == np.float64 for leaf in jax.tree.leaves(model.params))
    with jax.enable_x64(wide):
        return _train(model, data, settings, report)


def _train(
    model: PureModel, data: Dataset, settings: Settings, report: Report
) -> PureModel:
    train_x, train_y, test_x, test_y = data.arrays
    schedule = optax.linear_schedule(
        settings.lr,
        settings.lr * settings.end_factor,
        settings.epochs * settings.steps(len(train_x)),
    )
    optimizer = (
        optax.adam(schedule)
        if settings.adam
        else optax.sgd(schedule, momentum=settings.momentum, nesterov=True)
    )
    step = make_step(model.apply, optimizer)
    params, state = model.params, model.state
    moments = optimizer.init(params)
    key = jax.random.key(settings.seed)
    for batches in settings.epochs_of_batches(len(train_x)):
        key, drawn = jax.random.split(key)
        keys = jax.random.split(drawn, len(batches))
        losses = []
        for rows, own in zip(batches, keys, strict=True):
            x, y = train_x[rows], train_y[rows]
            params, state, moments, loss = step(params, state, moments, x, y, own)
            losses.append(loss)
            report.step()
        model = model._replace(params=params, state=state)
        report.epoch(jnp.stack(losses).tolist(), accuracy(model, test_x, test_y))
    return model


def make_step(
    apply: Callable[..., Any], optimizer: optax.GradientTransformation
) -> Callable[..., Any]:
    """Make the compiled step: parameters, state and moments after it, and its loss."""

    @jax.jit
    def step(
        params: Tree, state: Tree, moments: Any, x: jax.Array, y: jax.Array, key: Any
    ) -> Any:
        def loss(params: Tree) -> Any:
            logits, after = apply(params, state, x, train=True, key=key)
            errors = optax.softmax_cross_entropy_with_integer_labels(logits, y)
            return errors.mean(), after

        (value, after), grads = jax.value_and_grad(loss, has_aux=True)(params)
        updates, moments = optimizer.update(grads, moments)
        return optax.apply_updates(params, updates), after, moments, value

    return step


def accuracy(
    model: PureModel, x: np.ndarray, y: np.ndarray, batch: int = 1000
) -> float:
    """Fraction of labels with the largest logit."""
    apply = jax.jit(model.apply)
    right = 0
    for start in range(0, len(y), batch):
        rows = slice(start, start + batch)
        logits, _ = apply(model.params, model.state, x[rows])
        right += int((logits.argmax(-1) == y[rows]).sum())
    return right / y.size
