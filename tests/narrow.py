"""The nets of examples/nets, narrow and for small images."""

from __future__ import annotations

import nets

NARROW = {
    "lenet": nets.lenet(),
    "vgg11": nets.vgg11((3, 32, 32), 10, 1 / 8),
    "nin": nets.nin((1, 95, 95), 10, 1 / 8),
    "googlenet": nets.googlenet((3, 48, 40), 10, 1 / 16),
    "resnet18": nets.resnet18((3, 40, 33), 10, 1 / 8),
    "resnet18_v2": nets.resnet18_v2((3, 40, 33), 10, 1 / 8),
    "densenet121": nets.densenet121((3, 33, 40), 10, 1 / 8),
    "mobilenet": nets.mobilenet((3, 64, 48), classes=10, width=1 / 8),
}
