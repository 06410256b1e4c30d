"""Training as any Gluon script does it: nothing here knows about netspec."""

from __future__ import annotations

import mxnet as mx
import numpy as np
from mxnet import autograd, gluon
from mxnet.gluon import nn

from data import Dataset
from training import Report, Settings


def train(
    net: nn.HybridSequential, data: Dataset, settings: Settings, report: Report
) -> nn.HybridSequential:
    """Train by SGD or Adam, and cross-entropy.

    Gluon's velocity holds the learning rate, that of PyTorch and Optax does not: with
    momentum and a rate that falls, the same settings mean slightly different steps. So
    they do with Adam, where Gluon adds epsilon before it corrects the second moment.

    Args:
        net: takes a batch of images, gives one logit for each class; or of windows of
            text, then for each token.
        data: examples in the shape that the net takes.
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The same net, hybridized.
    """
    mx.random.seed(settings.seed)
    train_x, train_y, test_x, test_y = data.arrays
    # Set by hand: Gluon's schedulers count from 1, a step ahead of the others'
    steps = settings.epochs * settings.steps(len(train_x))
    final_lr = settings.lr * settings.end_factor
    rates = iter(np.linspace(settings.lr, final_lr, steps, endpoint=False))
    method = ("adam", {}) if settings.adam else ("nag", {"momentum": settings.momentum})
    trainer = gluon.Trainer(net.collect_params(), *method)
    entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    net.hybridize(static_alloc=True, static_shape=True)
    for batches in settings.epochs_of_batches(len(train_x)):
        losses = []
        for rows in batches:
            x, y = (
                mx.nd.array(train_x[rows], dtype=train_x.dtype),
                mx.nd.array(train_y[rows]),
            )
            with autograd.record():
                loss = entropy(net(x), y)  # one for each example
            loss.backward()
            trainer.set_learning_rate(next(rates))
            trainer.step(settings.batch)  # divides the gradients by the batch size
            losses.append(loss.mean().asscalar())
            report.step()
        report.epoch(losses, accuracy(net, test_x, test_y))
    return net


def accuracy(
    net: nn.HybridSequential, x: np.ndarray, y: np.ndarray, batch: int = 1000
) -> float:
    """Fraction of labels with the largest logit."""
    right = 0
    for start in range(0, len(y), batch):
        rows = slice(start, start + batch)
        logits = net(mx.nd.array(x[rows], dtype=x.dtype)).asnumpy()
        right += int((logits.argmax(axis=-1) == y[rows]).sum())
    return right / y.size
