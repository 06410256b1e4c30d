"""The nets of examples/: published shapes, published parameter counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import nets
from netspec.layers import Shape
from netspec.spec import Spec, load
from tests.examples.counted_nets import COUNTED

SPECS = Path(__file__).parents[2] / "examples" / "specs"


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


def published(source: str, trainable: int, running: int, **rest: Any) -> Published:
    shapes = {path: tuple(shape) for path, shape in rest["shapes"].items()}
    return Published(source, trainable, running, shapes)


DOCUMENT = yaml.safe_load(Path(__file__).with_name("published_nets.yaml").read_text())
PUBLISHED = {name: published(**fields) for name, fields in DOCUMENT.items()}


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


@pytest.mark.parametrize("name", COUNTED)
def test_counts_that_nobody_published_follow_from_sizes(name: str) -> None:
    assert COUNTED[name] == PUBLISHED[name].trainable


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
