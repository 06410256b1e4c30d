"""The exported file: what it makes is what `compile` makes, to the last bit."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netspec import init as ni
from netspec import layers as nl
from netspec.conformance import single_layers
from netspec.errors import BackendError
from netspec.init import InitPolicy, InitRule
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_torch import backend

CLEAN = Path(__file__).with_name("clean.py")
observe = runpy.run_path(str(CLEAN))["observe"]

INITIALIZERS: tuple[ni.Initializer, ...] = (
    ni.Zeros(),
    ni.Ones(),
    ni.Constant(0.3),
    ni.Uniform(-0.1, 0.3),
    ni.Normal(0.02),
    ni.Normal(1, mean=-2),
    ni.Normal(0, mean=0.5),
    ni.TruncatedNormal(0.3, mean=0.1),
    ni.XavierUniform(),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(),
    ni.KaimingUniform("leaky_relu", slope=0.2),
    ni.KaimingNormal("relu"),
    ni.KaimingNormal("tanh", fan="fan_out"),
    ni.LeCunNormal(),
    ni.VarianceScaling(2, fan="fan_avg", distribution="uniform"),
    ni.Orthogonal(),
    ni.Orthogonal(2),
)


def conv_block(channels: int, **options: Any) -> list[Layer]:
    convolution = nl.Conv2D(channels, kernel_size=3, bias=False, **options)
    return [convolution, nl.BatchNorm(), nl.ReLU()]


def resnet() -> list[Layer]:
    """Long enough that its weights are drawn by class."""
    down = [nl.Conv2D(8, kernel_size=1, stride=2, bias=False), nl.BatchNorm()]
    return [
        *conv_block(4, padding=1),
        nl.Residual([*conv_block(4, padding=1), *conv_block(4, padding=1)]),
        nl.Residual(
            [*conv_block(8, stride=2, padding=1), *conv_block(8, padding=1)],
            shortcut=down,
        ),
        nl.GlobalAvgPool2D(),
        nl.Dense(5),
    ]


def inception() -> list[Layer]:
    towers: list[list[Layer]] = [
        [nl.Conv2D(2, kernel_size=1, name="narrow"), nl.ReLU()],
        [nl.Conv2D(3, kernel_size=1), nl.Conv2D(2, kernel_size=5, padding=2)],
        [nl.MaxPool2D(3, stride=1, padding=1), nl.Conv2D(2, kernel_size=1)],
    ]
    return [
        nl.Conv2D(4, kernel_size=3, name="stem"),
        nl.Parallel(towers, name="tower"),
        nl.Parallel([[nl.Parallel(towers, merge="add")], [nl.Identity()]], axis=-3),
        nl.Flatten(),
        nl.Dropout(0.4),
        nl.Dense(3, name="class"),
    ]


def mlp(initializer: ni.Initializer) -> Spec:
    layers = [nl.Dense(6), nl.BatchNorm(0.8), nl.ReLU(), nl.Dense(5), nl.Dense(5)]
    policy = InitPolicy(initializer, bias=ni.Normal(0.1))
    return Spec(f"mlp {initializer}", (7,), layers, policy)


def specs() -> Iterator[Spec]:
    yield from single_layers().values()
    yield from map(mlp, INITIALIZERS)
    yield from (replace(mlp(ni.Zeros()), name=p, init=p) for p in ni.PRESETS)
    yield Spec("resnet", (3, 9, 8), resnet(), init="he")
    last_scales = InitRule("*.body.4.weight", ni.Zeros())
    zero_init = InitPolicy(ni.KaimingNormal(fan="fan_out"), rules=[last_scales])
    yield Spec("resnet zero", (3, 9, 8), resnet(), init=zero_init)
    yield Spec("inception", (3, 9, 8), inception())
    yield Spec("odd", (4,), [nl.BatchNorm(init={"running_mean": ni.Ones()})])
    yield Spec("scalar", (), [nl.Reshape((1,)), nl.Dense(3), nl.Tanh()])
    yield Spec("scalar flat", (), [nl.Flatten(), nl.ELU(0.7)])
    yield Spec("line", (6,), [nl.Reshape((2, 3)), nl.Permute((2, 1)), nl.Flatten()])
    words = [nl.Embedding(5, dim=5), nl.LayerNorm(axes=2), nl.Dense(2)]
    for initializer in (
        None,
        InitPolicy(ni.KaimingNormal(), embedding=ni.LeCunNormal()),
    ):
        yield Spec(f"words {initializer}", (3,), words, initializer, "int")


class Export(NamedTuple):
    """A spec in a dtype, as a file of the folder."""

    name: str
    spec: Spec
    dtype: str


EXPORTS = [
    Export(f"net{i}_{dtype}", spec, dtype)
    for i, spec in enumerate(specs())
    for dtype in ("float32", "float64")
]


def draw_input(spec: Spec, dtype: str) -> Tensor:
    random = np.random.default_rng(0)
    shape = (5, *spec.input_shape)
    if spec.input_dtype == "int":
        return torch.tensor(random.integers(0, 3, shape))
    return torch.tensor(random.normal(size=shape).astype(dtype))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exported files with inputs."""
    path = tmp_path_factory.mktemp("exported")
    for name, spec, dtype in EXPORTS:
        (path / f"{name}.py").write_text(backend.source(spec, dtype=dtype))
        torch.save(draw_input(spec, dtype), path / f"{name}.in")
    return path


@pytest.fixture(scope="module")
def observed(folder: Path) -> Path:
    """The same folder after all files ran in one clean interpreter."""
    command = [sys.executable, "-I", str(CLEAN), str(folder)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    "export", EXPORTS, ids=[f"{spec.name} {dtype}" for _, spec, dtype in EXPORTS]
)
def test_file_makes_the_same_bits(export: Export, observed: Path) -> None:
    theirs = torch.load(observed / f"{export.name}.out")
    x = draw_input(export.spec, export.dtype)
    ours = observe(lambda: backend.compile(export.spec, dtype=export.dtype), x)
    assert list(theirs) == list(ours)
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []
    assert all(t.isfinite().all() for t in ours.values())
    if export.spec.parameters():
        assert ours["train"].dtype == getattr(torch, export.dtype)


def test_ruff_accepts_every_file(folder: Path) -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    for options in (["--isolated"], ["--config", str(project)]):
        for command in (["check"], ["format", "--diff"]):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *command, *options, str(folder)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr


def test_mlp_reads_as_by_hand() -> None:
    body = [nl.Dense(256), nl.ReLU(), nl.Dense(256)]
    layers = [nl.Dense(256), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    policy = InitPolicy(ni.KaimingNormal("relu"), bias=ni.Zeros())
    spec = Spec("mlp", (784,), [*layers, nl.Residual(body), nl.Dense(10)], policy)
    assert backend.source(spec) == MLP.replace("DIGEST", spec.digest[:12])


MLP = '''\
"""Model mlp, exported by netspec (digest DIGEST).

It needs nothing but PyTorch.
"""

from torch import Tensor, nn


class Residual(nn.Module):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return y + (x if self.shortcut is None else self.shortcut(x))


def build() -> nn.Sequential:
    """Make the network: (batch, 784) float32 to (batch, 10) float32."""
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Dropout(0.3),
        Residual(nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256))),
        nn.Linear(256, 10),
    )


def initialize(net: nn.Sequential) -> None:
    """Draw the first weights in place.

    What is not named here keeps what its constructor drew.
    """
    for layer in (net[0], net[4].body[0], net[4].body[2], net[5]):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
'''


def body_of_initialize(spec: Spec) -> str:
    return backend.source(spec).partition("def initialize")[2]


def test_long_nets_are_drawn_by_class() -> None:
    text = body_of_initialize(Spec("resnet", (3, 9, 8), resnet(), init="he"))
    assert "for layer in net.modules():" in text
    assert "if isinstance(layer, nn.Conv2d):" in text
    assert "elif isinstance(layer, nn.Linear):" in text


def test_constructors_that_draw_the_policy_are_left_to_it() -> None:
    layers = [nl.Dense(3), nl.BatchNorm(), nl.PReLU(), nl.Dense(2)]
    text = body_of_initialize(Spec("mlp", (4,), layers, init="torch"))
    assert "Do nothing" in text
    assert "nn.init" not in text


def test_names_are_attributes_and_others_are_indices() -> None:
    layers = [nl.Dense(3, name="hidden"), nl.ReLU(), nl.Dense(2, name="class")]
    source = backend.source(Spec("named", (4,), layers, InitPolicy(ni.Normal(0.1))))
    assert '("hidden", nn.Linear(4, 3)),' in source
    assert '("1", nn.ReLU()),' in source
    assert 'for layer in (net.hidden, getattr(net, "class")):' in source


def test_files_say_only_what_is_not_the_default() -> None:
    layers = [
        nl.Conv2D(8, kernel_size=(3, 3), stride=1, padding="same"),
        nl.MaxPool2D(2, stride=2),
        nl.BatchNorm(decay=0.99),
        nl.Conv2D(8, kernel_size=(3, 2), groups=2, dilation=(2, 1)),
        nl.LayerNorm(eps=1e-3, center=False),
        nl.AvgPool2D((2, 1), stride=1, count_include_pad=False),
        nl.Pad2D(((1, 2), (3, 4))),
        nl.Pad2D(((2, 2), (2, 2))),
    ]
    lines = backend.source(Spec("cnn", (4, 12, 12), layers)).splitlines()
    start = lines.index("    return nn.Sequential(")
    assert [line.strip() for line in lines[start + 1 : start + 10]] == [
        "nn.Conv2d(4, 8, kernel_size=3, padding=1),",
        "nn.MaxPool2d(2),",
        "# momentum: the weight of the new statistics",
        "nn.BatchNorm2d(8, momentum=0.01),",
        "nn.Conv2d(8, 8, kernel_size=(3, 2), dilation=(2, 1), groups=2),",
        "nn.LayerNorm(5, eps=0.001, bias=False),",
        "nn.AvgPool2d((2, 1), stride=1, count_include_pad=False),",
        "nn.ZeroPad2d((3, 4, 1, 2)),",
        "nn.ZeroPad2d(2),",
    ]


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(BackendError, match="dtype must be"):
        backend.source(Spec("mlp", (4,), [nl.Dense(3)]), dtype="float16")


def test_a_built_net_is_a_plain_sequential(folder: Path) -> None:
    module = runpy.run_path(str(folder / f"{EXPORTS[0].name}.py"))
    assert type(module["build"]()) is nn.Sequential
