"""Published nets, each in a few lines: functions that return a `Spec`.

Their layer shapes and parameter counts are those of the papers or of the frameworks'
own model collections (tests/examples/test_nets.py). `width` scales them down for tests.
"""

from nets.alexnet import alexnet
from nets.convnext import convnext_tiny
from nets.densenet import densenet121
from nets.efficientnet import efficientnet_b0
from nets.googlenet import googlenet
from nets.gpt import gpt2
from nets.hrnet import hrnet_w18_small
from nets.lenet import lenet
from nets.llama import llama
from nets.mixer import mixer
from nets.mobilenet import mobilenet
from nets.mobilenet_v3 import mobilenet_v3_small
from nets.nin import nin
from nets.recurrent import bilstm_classifier, lstm_language_model
from nets.resnet import resnet18, resnet18_v2, resnet50
from nets.shufflenet_v2 import shufflenet_v2
from nets.talking_heads import talking_heads
from nets.unet import unet, unet_3d
from nets.unet_plus_plus import unet_plus_plus
from nets.vgg import vgg11
from nets.vit import vit_b16
from nets.wavenet import wavenet

__all__ = [
    "alexnet",
    "bilstm_classifier",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "googlenet",
    "gpt2",
    "hrnet_w18_small",
    "lenet",
    "llama",
    "lstm_language_model",
    "mixer",
    "mobilenet",
    "mobilenet_v3_small",
    "nin",
    "resnet18",
    "resnet18_v2",
    "resnet50",
    "shufflenet_v2",
    "talking_heads",
    "unet",
    "unet_3d",
    "unet_plus_plus",
    "vgg11",
    "vit_b16",
    "wavenet",
]
