"""Training as any JAX script does it: nothing here knows about netspec but the type of
the model, two pure functions and what they start from.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from data import Dataset
from netspec_jax import PureModel, Tree
from training import Report, Settings

MOMENTUM = 0.9


def train(
    model: PureModel, data: Dataset, settings: Settings, report: Report
) -> PureModel:
    """Train by SGD with Nesterov momentum and cross-entropy.

    Args:
        model: takes a batch of images, gives one logit for each class.
        data: images in the shape that the model takes.
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The same functions with trained parameters.
    """
    train_x, train_y, test_x, test_y = map(jnp.asarray, data.arrays)
    steps = len(train_x) // settings.batch
    schedule = optax.linear_schedule(settings.lr, 0, settings.epochs * steps)
    optimizer = optax.sgd(schedule, momentum=MOMENTUM, nesterov=True)

    @jax.jit
    def step(
        params: Tree, state: Tree, moments: Any, x: jax.Array, y: jax.Array, key: Any
    ) -> Any:
        def loss(params: Tree) -> Any:
            logits, after = model.apply(params, state, x, train=True, key=key)
            errors = optax.softmax_cross_entropy_with_integer_labels(logits, y)
            return errors.mean(), after

        (value, after), grads = jax.value_and_grad(loss, has_aux=True)(params)
        updates, moments = optimizer.update(grads, moments)
        return optax.apply_updates(params, updates), after, moments, value

    params, state = model.params, model.state
    moments = optimizer.init(params)
    random, key = np.random.default_rng(settings.seed), jax.random.key(settings.seed)
    for epoch in range(settings.epochs):
        order = random.permutation(len(train_x))[: steps * settings.batch]
        keys = jax.random.split(jax.random.fold_in(key, epoch), steps)
        losses = []
        for rows, own in zip(order.reshape(steps, -1), keys, strict=True):
            x, y = train_x[rows], train_y[rows]
            params, state, moments, loss = step(params, state, moments, x, y, own)
            losses.append(loss)
            report.step()
        model = model._replace(params=params, state=state)
        report.epoch(
            float(jnp.mean(jnp.stack(losses))), accuracy(model, test_x, test_y)
        )
    return model


def accuracy(model: PureModel, x: jax.Array, y: jax.Array, batch: int = 1000) -> float:
    """Fraction of images whose largest logit is that of their class."""
    apply = jax.jit(model.apply)
    right = 0
    for start in range(0, len(y), batch):
        rows = slice(start, start + batch)
        logits, _ = apply(model.params, model.state, x[rows])
        right += int((logits.argmax(1) == y[rows]).sum())
    return right / len(y)
