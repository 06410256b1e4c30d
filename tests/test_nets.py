"""The nets of examples/: published shapes, published parameter counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import nets
from netspec.layers import Shape
from netspec.spec import Spec, load

SPECS = Path(__file__).parents[1] / "examples" / "specs"


class Published(NamedTuple):
    """What a source says of a net.

    Attributes:
        source: who says so.
        trainable: number of trainable parameters.
        running: number of running statistics.
        shapes: output shape by path.
    """

    source: str
    trainable: int
    running: int
    shapes: dict[str, Shape]


TORCHVISION = "torchvision 0.28, counted"
GLUON = "mxnet.gluon.model_zoo.vision 1.9.1, counted"

PUBLISHED = {
    "lenet": Published(
        "LeCun et al. (1998), every map of C3 connected: 156 + 2,416 + 48,120 + 10,164"
        " + 850; shapes: Dive into Deep Learning, 7.6",
        61_706,
        0,
        {
            "conv1": (6, 28, 28),
            "pool1": (6, 14, 14),
            "conv2": (16, 10, 10),
            "pool2": (16, 5, 5),
            "fc1": (120,),
            "fc2": (84,),
            "fc3": (10,),
        },
    ),
    "vgg11": Published(
        TORCHVISION + "; the paper's table 2 says 133 million",
        132_863_336,
        0,
        {
            "stage1": (64, 112, 112),
            "stage2": (128, 56, 56),
            "stage3": (256, 28, 28),
            "stage4": (512, 14, 14),
            "stage5": (512, 7, 7),
            "fc1": (4096,),
            "fc2": (4096,),
            "fc3": (1000,),
        },
    ),
    "nin": Published(
        "Dive into Deep Learning, 8.3: its shapes, and its convolutions summed:"
        " 30,336 + 746,240 + 1,180,800 + 34,790",
        30_336 + 746_240 + 1_180_800 + 34_790,
        0,
        {
            "block1": (96, 54, 54),
            "pool1": (96, 26, 26),
            "block2": (256, 26, 26),
            "pool2": (256, 12, 12),
            "block3": (384, 12, 12),
            "pool3": (384, 5, 5),
            "block4": (10, 5, 5),
        },
    ),
    "googlenet": Published(
        TORCHVISION + " without auxiliary heads; shapes: table 1 of the paper",
        6_624_904,
        14_560,
        {
            "pool1": (64, 56, 56),
            "pool2": (192, 28, 28),
            "stage3.0": (256, 28, 28),
            "stage3.1": (480, 28, 28),
            "pool3": (480, 14, 14),
            "stage4.0": (512, 14, 14),
            "stage4.3": (528, 14, 14),
            "stage4.4": (832, 14, 14),
            "pool4": (832, 7, 7),
            "stage5.0": (832, 7, 7),
            "stage5.1": (1024, 7, 7),
            "fc": (1000,),
        },
    ),
    "resnet18": Published(
        f"{TORCHVISION}, and {GLUON}; shapes: table 1 of the paper",
        11_689_512,
        9_600,
        {
            "0": (64, 112, 112),
            "pool": (64, 56, 56),
            "stage1": (64, 56, 56),
            "stage2": (128, 28, 28),
            "stage3": (256, 14, 14),
            "stage4": (512, 7, 7),
            "fc": (1000,),
        },
    ),
    "resnet18_v2": Published(
        GLUON + "; its documentation says 11,695,796, with the 7,942 running"
        " statistics and 6 constants of the first BatchNorm",
        11_695_796 - 7_942 - 6,
        7_942,
        {
            "pool": (64, 56, 56),
            "stage1": (64, 56, 56),
            "stage2": (128, 28, 28),
            "stage3": (256, 14, 14),
            "stage4": (512, 7, 7),
            "fc": (1000,),
        },
    ),
    "densenet121": Published(
        f"{TORCHVISION}, and {GLUON}; shapes: table 1 of the paper",
        7_978_856,
        83_648,
        {
            "0": (64, 112, 112),
            "pool": (64, 56, 56),
            "block1": (256, 56, 56),
            "transition1": (128, 28, 28),
            "block2": (512, 28, 28),
            "transition2": (256, 14, 14),
            "block3": (1024, 14, 14),
            "transition3": (512, 7, 7),
            "block4": (1024, 7, 7),
            "fc": (1000,),
        },
    ),
    "mobilenet": Published(
        f"{GLUON}, and Keras' MobileNet (4,253,864 in all); shapes: table 1 of the"
        " paper",
        4_231_976,
        21_888,
        {
            "0": (32, 112, 112),
            "block1": (64, 112, 112),
            "block3": (128, 56, 56),
            "block5": (256, 28, 28),
            "block11": (512, 14, 14),
            "block12": (1024, 7, 7),
            "block13": (1024, 7, 7),
            "fc": (1000,),
        },
    ),
}


@pytest.fixture(params=PUBLISHED, scope="module")
def net(request: pytest.FixtureRequest) -> Spec:
    build: Callable[[], Spec] = getattr(nets, request.param)
    return build()


def test_every_net_is_checked() -> None:
    assert set(PUBLISHED) == set(nets.__all__)


def test_parameter_counts_are_the_published_ones(net: Spec) -> None:
    published = PUBLISHED[net.name]
    parameters = net.parameters().values()
    trainable = sum(p.size for p in parameters if p.trainable)
    running = sum(p.size for p in parameters if not p.trainable)
    assert (trainable, running) == (published.trainable, published.running)


def test_shapes_are_the_published_ones(net: Spec) -> None:
    published = PUBLISHED[net.name].shapes
    shapes = net.shapes()
    assert {path: shapes[path] for path in published} == published


def test_nets_are_documents(net: Spec) -> None:
    assert Spec.from_dict(net.to_dict()) == net


@pytest.mark.parametrize("name", ["lenet", "nin", "vgg11"])
def test_the_yaml_file_is_the_same_net(name: str) -> None:
    assert load(SPECS / f"{name}.yaml") == getattr(nets, name)()


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda p: p.stem)
def test_files_are_named_after_their_spec(path: Path) -> None:
    assert load(path).name == path.stem
