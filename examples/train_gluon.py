"""Training as any Gluon script does it: nothing here knows about netspec."""

from __future__ import annotations

import mxnet as mx
import numpy as np
from mxnet import autograd, gluon
from mxnet.gluon import nn

from data import Dataset
from training import Report, Settings

MOMENTUM = 0.9


def train(
    net: nn.HybridSequential, data: Dataset, settings: Settings, report: Report
) -> nn.HybridSequential:
    """Train by SGD with Nesterov momentum and cross-entropy.

    Args:
        net: takes a batch of images, gives one logit for each class.
        data: images in the shape that the net takes.
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The same net, hybridized.
    """
    mx.random.seed(settings.seed)
    random = np.random.default_rng(settings.seed)
    train_x, train_y, test_x, test_y = data.arrays
    steps = len(train_x) // settings.batch
    rates = iter(np.linspace(settings.lr, 0, settings.epochs * steps, endpoint=False))
    trainer = gluon.Trainer(net.collect_params(), "nag", {"momentum": MOMENTUM})
    entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    net.hybridize(static_alloc=True, static_shape=True)
    for _ in range(settings.epochs):
        total = 0.0
        order = random.permutation(len(train_x))[: steps * settings.batch]
        for rows in order.reshape(steps, -1):
            x, y = mx.nd.array(train_x[rows]), mx.nd.array(train_y[rows])
            with autograd.record():
                loss = entropy(net(x), y)  # one for each image
            loss.backward()
            trainer.set_learning_rate(next(rates))
            trainer.step(settings.batch)
            total += loss.mean().asscalar()
            report.step()
        report.epoch(total / steps, accuracy(net, test_x, test_y))
    return net


def accuracy(
    net: nn.HybridSequential, x: np.ndarray, y: np.ndarray, batch: int = 1000
) -> float:
    """Fraction of images whose largest logit is that of their class."""
    right = 0
    for start in range(0, len(y), batch):
        rows = slice(start, start + batch)
        logits = net(mx.nd.array(x[rows])).asnumpy()
        right += int((logits.argmax(axis=1) == y[rows]).sum())
    return right / len(y)
