"""Families of torchvision at reduced width, of which training is compared, too.

AlexNet, VGG, GoogLeNet and Inception have no argument of width, nor has the head of
DeepLab and FCN; Swin and MaxViT are not imported. What training draws at random is off:
its law is compared of smaller nets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch

from netspec import importing
from netspec.importing import Imported
from tests.imports import vision
from tests.imports.originals import Live, Original

SIZE = 64  # of images
CLASSES = 10


def names() -> list[str]:
    """List the families.

    Raises:
        Missing: torchvision cannot be imported.
    """
    vision.names()
    return list(BUILDERS)


def original(name: str) -> Original:
    """Build a model.

    Raises:
        Missing: torchvision cannot be imported.
    """
    names()
    torch.manual_seed(0)
    module = BUILDERS[name]().double().eval()
    vision.draw(module)
    shape = (3, SIZE, SIZE)

    def read() -> Imported:
        return importing.torch(module, shape)

    both = "evaluation", "training"
    return Original(shape, read, Live(module), "torch", both)


def _convnext() -> Any:
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt

    blocks = [CNBlockConfig(8, 16, 1), CNBlockConfig(16, 24, 2)]
    blocks.append(CNBlockConfig(24, None, 1))
    return ConvNeXt(blocks, num_classes=CLASSES)


def _densenet() -> Any:
    from torchvision.models import DenseNet

    return DenseNet(4, (2, 2, 2), 8, num_classes=CLASSES)


def _efficientnet(name: str, **widths: float) -> Any:
    from torchvision.models import efficientnet

    blocks, _ = efficientnet._efficientnet_conf(name, **widths)
    return efficientnet.EfficientNet(
        blocks, 0.0, stochastic_depth_prob=0.0, num_classes=CLASSES, last_channel=32
    )


def _lraspp() -> Any:
    from torchvision.models import mobilenet_v3_large
    from torchvision.models.segmentation import lraspp

    backbone = mobilenet_v3_large(width_mult=0.2, dilated=True)
    return lraspp._lraspp_mobilenetv3(backbone, CLASSES)


def _mnasnet() -> Any:
    from torchvision.models import MNASNet

    return MNASNet(0.2, CLASSES, 0.0)


def _mobilenet_v2() -> Any:
    from torchvision.models import MobileNetV2

    return MobileNetV2(CLASSES, 0.2, dropout=0.0)


def _mobilenet_v3() -> Any:
    from torchvision.models import mobilenet_v3_small

    return mobilenet_v3_small(width_mult=0.2, dropout=0.0, num_classes=CLASSES)


def _regnet(se_ratio: float | None) -> Any:
    from torchvision.models.regnet import BlockParams, RegNet

    blocks = BlockParams.from_init_params(
        depth=6, w_0=8, w_a=8.0, w_m=2.0, group_width=8, se_ratio=se_ratio
    )
    return RegNet(blocks, CLASSES, stem_width=8)


def _resnet(groups: int, width: int) -> Any:
    from torchvision.models.resnet import Bottleneck, ResNet

    return ResNet(
        Bottleneck, [1, 2, 1, 1], CLASSES, groups=groups, width_per_group=width
    )


def _shufflenet() -> Any:
    from torchvision.models import ShuffleNetV2

    return ShuffleNetV2([2, 3, 2], [8, 16, 24, 32, 48], CLASSES)


def _vit() -> Any:
    from torchvision.models import VisionTransformer

    return VisionTransformer(SIZE, 16, 2, 2, 16, 32, num_classes=CLASSES)


BUILDERS: Mapping[str, Callable[[], Any]] = {
    "convnext": _convnext,
    "densenet": _densenet,
    "efficientnet": partial(
        _efficientnet, "efficientnet_b0", width_mult=0.2, depth_mult=0.5
    ),
    "lraspp": _lraspp,
    "mnasnet": _mnasnet,
    "mobilenet_v2": _mobilenet_v2,
    "mobilenet_v3": _mobilenet_v3,
    "regnet_x": partial(_regnet, None),
    "regnet_y": partial(_regnet, 0.25),
    "resnet": partial(_resnet, 1, 8),
    "resnext": partial(_resnet, 4, 8),
    "shufflenet": _shufflenet,
    "vit": _vit,
}
