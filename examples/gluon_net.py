"""A net as somebody wrote it in Gluon, years ago: nothing here knows about netspec.

It has what converters stumble over: a BatchNorm whose scale is fixed at 1, whatever its
array holds, and a pool that counts the windows at the edge.
"""

from __future__ import annotations

import mxnet as mx
from mxnet.gluon import nn

from data import CLASSES, Dataset
from train_gluon import train
from training import Report, Settings


def trained(data: Dataset, settings: Settings, report: Report) -> nn.HybridSequential:
    """Build the net, and train it.

    Args:
        data: images of shape (1, 28, 28).
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The net, hybridized, which `export` writes to two files.
    """
    mx.random.seed(settings.seed)
    net = built()
    net.initialize(mx.init.Xavier())
    return train(net, data, settings, report)


def built() -> nn.HybridSequential:
    """Build the net, whose parameters have no shape until the first batch."""
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(16, 3, strides=2, padding=1, use_bias=False),
        nn.BatchNorm(scale=False),  # fix_gamma in the file
        nn.Activation("relu"),
        nn.Conv2D(32, 3, padding=1, use_bias=False),
        nn.BatchNorm(),
        nn.Activation("relu"),
        nn.MaxPool2D(3, 2, ceil_mode=True),  # pooling_convention="full" in the file
        nn.Dense(64, activation="relu"),  # which flattens what it reads
        nn.Dropout(0.3),
        nn.Dense(CLASSES),
    )
    return net
