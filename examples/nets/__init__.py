"""Published nets, each in a few lines: functions that return a `Spec`.

Their layer shapes and parameter counts are those of the papers or of the frameworks'
own model collections (tests/examples/test_nets.py). `width` scales them down for tests.
"""

from nets.densenet import densenet121
from nets.googlenet import googlenet
from nets.lenet import lenet
from nets.mobilenet import mobilenet
from nets.nin import nin
from nets.resnet import resnet18, resnet18_v2
from nets.vgg import vgg11

__all__ = [
    "densenet121",
    "googlenet",
    "lenet",
    "mobilenet",
    "nin",
    "resnet18",
    "resnet18_v2",
    "vgg11",
]
