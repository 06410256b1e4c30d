"""The nets of examples/nets, narrow and for small images."""

from __future__ import annotations

from dataclasses import replace

import nets
from nets.efficientnet import STAGES
from nets.mobilenet_v3 import BLOCKS
from netspec import InitPolicy, Normal, Spec


def louder(net: Spec) -> Spec:
    """Draw wider first weights: at 16 channels, products of queries and keys that begin
    at 0.02 have gradients that are rounding in float32.
    """
    return replace(net, init=InitPolicy(Normal(0.2)))


NARROW = {
    "lenet": nets.lenet(),
    "vgg11": nets.vgg11((3, 32, 32), 10, 1 / 8),
    "nin": nets.nin((1, 95, 95), 10, 1 / 8),
    "googlenet": nets.googlenet((3, 48, 40), 10, 1 / 16),
    "resnet18": nets.resnet18((3, 40, 33), 10, 1 / 8),
    "resnet18_v2": nets.resnet18_v2((3, 40, 33), 10, 1 / 8),
    "densenet121": nets.densenet121((3, 33, 40), 10, 1 / 8),
    "mobilenet": nets.mobilenet((3, 64, 48), classes=10, width=1 / 8),
    "alexnet": nets.alexnet((3, 67, 67), 10, 1 / 16),
    "resnet50": nets.resnet50((3, 40, 33), 10, 1 / 8, (2, 1, 1, 1)),
    "mobilenet_v3_small": nets.mobilenet_v3_small((3, 48, 40), 10, 1 / 4, BLOCKS[:5]),
    "shufflenet_v2": nets.shufflenet_v2((3, 48, 40), 10, 1 / 4, ((116, 3), (232, 1))),
    "efficientnet_b0": nets.efficientnet_b0((3, 48, 40), 10, 1 / 8, STAGES[:3]),
    "convnext_tiny": nets.convnext_tiny((3, 40, 32), 10, 1 / 12, ((96, 1), (192, 2))),
    "unet": nets.unet((1, 44, 48), 2, 1 / 32, depth=2),
    "unet_3d": nets.unet_3d((3, 18, 18, 20), 3, 1 / 16, depth=1),
    "mixer": nets.mixer((3, 12, 8), 10, 1 / 32, patch=4, blocks=2),
    "wavenet": nets.wavenet((4, 20), 4, 1 / 16, (1, 2, 4, 1)),
    "unet_plus_plus": nets.unet_plus_plus((2, 4, 8), 2, 1 / 16, depth=2),
    "hrnet_w18_small": nets.hrnet_w18_small((3, 24, 16), 5, 1 / 8, sizes=2, depth=1),
    "vit_b16": louder(nets.vit_b16((3, 4, 6), 5, 1 / 48, patch=2, heads=2, blocks=2)),
    "talking_heads": nets.talking_heads((3, 4, 6), 5, 1 / 24, 2, heads=2, blocks=1),
    "gpt2": louder(nets.gpt2((6,), 11, 1 / 48, heads=2, blocks=2, positions=8)),
    "llama": louder(nets.llama((6,), 11, 1 / 36, heads=(4, 2), blocks=2)),
    "bilstm_classifier": nets.bilstm_classifier(4, 7, 3, 1 / 16),
    "lstm_language_model": nets.lstm_language_model(4, 5, 1 / 200),
}
