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
from mxnet.gluon import nn

from netspec import init as ni
from netspec import layers as nl
from netspec.conformance import single_layers
from netspec.errors import BackendError
from netspec.init import InitPolicy, InitRule
from netspec.init.sampling import init_params
from netspec.layers import Layer
from netspec.params import save_params
from netspec.spec import Spec
from netspec_gluon import backend

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


def exports() -> Iterator[Export]:
    for i, spec in enumerate(specs()):
        for dtype in ("float32", "float64"):
            try:
                backend.source(spec, dtype=dtype)
            except BackendError:  # test_compile.py lists which and why
                continue
            yield Export(f"net{i}_{dtype}", spec, dtype)


EXPORTS = list(exports())


def draw_input(spec: Spec, dtype: str) -> np.ndarray:
    random = np.random.default_rng(0)
    shape = (5, *spec.input_shape)
    if spec.input_dtype == "int":
        return random.integers(0, 3, shape).astype(np.int32)
    return random.normal(size=shape).astype(dtype)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exported files with inputs."""
    path = tmp_path_factory.mktemp("exported")
    for name, spec, dtype in EXPORTS:
        weights = "float32" in name
        source = backend.source(spec, dtype=dtype, weights=weights)
        (path / f"{name}.py").write_text(source)
        np.save(path / f"{name}.npy", draw_input(spec, dtype))
    return path


@pytest.fixture(scope="module")
def observed(folder: Path) -> Path:
    """The same folder after all files ran in one clean interpreter."""
    command = [sys.executable, "-I", str(CLEAN), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    "export", EXPORTS, ids=[f"{spec.name} {dtype}" for _, spec, dtype in EXPORTS]
)
def test_file_makes_the_same_bits(export: Export, observed: Path) -> None:
    theirs = dict(np.load(observed / f"{export.name}.npz"))
    x = draw_input(export.spec, export.dtype)
    ours = observe(lambda: backend.compile(export.spec, dtype=export.dtype), x)
    assert list(theirs) == list(ours)
    same = {name: np.array_equal(ours[name], theirs[name]) for name in ours}
    assert [name for name in same if not same[name]] == []
    assert all(np.isfinite(a).all() for a in ours.values())
    if export.spec.parameters():
        assert ours["train"].dtype == export.dtype


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
    text = backend.source(spec)
    assert text.startswith(HEAD.replace("DIGEST", spec.digest[:12]))
    assert text.endswith(MLP)


HEAD = '''\
"""Model mlp, exported by netspec (digest DIGEST).

It needs nothing but MXNet.
"""

from contextlib import ExitStack
from importlib import import_module

import numpy as np

# MXNet 1.9.1 reads names that NumPy has since dropped; here they are while it loads
with ExitStack() as dropped:
    for value, names in (
'''

MLP = '''\
            dropped.callback(delattr, np, name)
    import_module("mxnet")

from typing import Any

import mxnet as mx
from mxnet.gluon import nn


class Residual(nn.HybridBlock):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(
        self, body: nn.HybridBlock, shortcut: nn.HybridBlock | None = None
    ) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


def sequential(*blocks: nn.HybridBlock) -> nn.HybridSequential:
    """Blocks, one after another."""
    net = nn.HybridSequential()
    net.add(*blocks)
    return net


def build() -> nn.HybridSequential:
    """Make the network: (batch, 784) float32 to (batch, 10) float32."""
    net = nn.HybridSequential()
    net.add(
        # flatten=False: act on the last axis; by default Dense merges all of them
        nn.Dense(256, in_units=784, flatten=False),
        # momentum (0.9 by default) weighs the old statistics, which move in backward()
        nn.BatchNorm(in_channels=256),
        nn.Activation("relu"),
        nn.Dropout(0.3),
        Residual(
            sequential(
                nn.Dense(256, in_units=256, flatten=False),
                nn.Activation("relu"),
                nn.Dense(256, in_units=256, flatten=False),
            ),
        ),
        nn.Dense(10, in_units=256, flatten=False),
    )
    return net


def initialize(net: nn.HybridSequential) -> None:
    """Draw the first weights in place."""
    net.initialize(mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2))
'''

NORM = "# momentum (0.9 by default) weighs the old statistics, which move in backward()"


def body_of(spec: Spec, function: str, dtype: str = "float32") -> list[str]:
    """The lines of a function of a file, without its docstring."""
    text = backend.source(spec, dtype=dtype).partition(f"def {function}(")[2]
    lines = text.partition("\n\n\n")[0].splitlines()
    return [line.strip() for line in lines[2:]]


def test_names_are_attributes_and_others_are_indices() -> None:
    layers = [
        nl.Dense(3, name="hidden"),
        nl.Tanh(),
        nl.BatchNorm(),
        nl.Dense(2, name="class"),
    ]
    policy = InitPolicy(ni.Normal(0.1), bias=ni.Uniform(0, 1))
    spec = Spec("named", (4,), layers, policy)
    assert body_of(spec, "build", "float64") == [
        "net = nn.HybridSequential()",
        "# flatten=False: act on the last axis; by default Dense merges all of them",
        "net.hidden = nn.Dense(3, in_units=4, flatten=False)",
        NORM,
        'net.add(nn.Activation("tanh"), nn.BatchNorm(in_channels=3))',
        'setattr(net, "class", nn.Dense(2, in_units=3, flatten=False))',
        'net.cast("float64")  # before initialize, which then draws doubles',
        "return net",
    ]
    assert body_of(spec, "initialize") == [
        "net.initialize(mx.init.Normal(0.1))",
        'for layer in (net.hidden, getattr(net, "class")):',
        "layer.bias.initialize(Shifted(mx.init.Uniform(0.5), 0.5), force_reinit=True)",
    ]


def test_only_what_differs_from_most_is_drawn_apart() -> None:
    odd = {"weight": ni.Orthogonal()}
    layers = [nl.Dense(3), nl.Dense(3, init=odd), nl.Dense(3), nl.BatchNorm()]
    assert body_of(Spec("s", (4,), layers), "initialize") == [
        "net.initialize(mx.init.Xavier())",
        "net[1].weight.initialize(Orthogonal(), force_reinit=True)",
    ]
    same = InitPolicy(ni.Normal(0.1), bias=ni.Normal(0.1))
    assert body_of(Spec("s", (4,), [nl.Dense(3)], same), "initialize") == [
        "net.initialize(mx.init.Normal(0.1))",
        "net[0].bias.initialize(mx.init.Normal(0.1), force_reinit=True)",
    ]


def test_files_say_only_what_is_not_the_default() -> None:
    layers = [
        nl.Conv2D(8, kernel_size=(3, 3), stride=1, padding="same"),
        nl.MaxPool2D(2, stride=2),
        nl.BatchNorm(decay=0.99),
        nl.Conv2D(8, kernel_size=(3, 2), groups=2, dilation=(2, 1)),
        nl.LayerNorm(eps=1e-3, center=False),
        nl.AvgPool2D((2, 1), stride=1, count_include_pad=False),
        nl.Pad2D(((1, 2), (3, 4))),
    ]
    assert body_of(Spec("cnn", (4, 12, 12), layers), "build")[2:-2] == [
        "nn.Conv2D(8, kernel_size=3, padding=1, in_channels=4),",
        "nn.MaxPool2D(2),",
        NORM,
        "nn.BatchNorm(momentum=0.99, in_channels=8),",
        "nn.Conv2D(8, kernel_size=(3, 2), dilation=(2, 1), groups=2, in_channels=8),",
        "nn.LayerNorm(epsilon=0.001, center=False, in_channels=5),",
        "nn.AvgPool2D((2, 1), strides=1, count_include_pad=False),",
        "ZeroPad2D(1, 2, 3, 4),",
    ]


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(BackendError, match="dtype must be"):
        backend.source(Spec("mlp", (4,), [nl.Dense(3)]), dtype="float16")


def test_a_built_net_is_a_plain_sequential(folder: Path) -> None:
    module = runpy.run_path(str(folder / f"{EXPORTS[0].name}.py"))
    assert type(module["build"]()) is nn.HybridSequential


def weighted(spec: Spec, folder: Path) -> dict[str, Any]:
    """The module of an exported file that reads weights."""
    path = folder / "net.py"
    path.write_text(backend.source(spec, weights=True))
    assert path.read_text().count("import numpy as np") == 1
    return runpy.run_path(str(path))


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize(
    "spec",
    [
        Spec("resnet", (3, 9, 8), resnet()),
        Spec("norms", (4, 3), [nl.BatchNorm(scale=False), nl.LayerNorm(axes=2)]),
        Spec("slopes", (4, 3), [nl.PReLU(per_channel=True, name="last")]),
    ],
    ids=lambda spec: spec.name,
)
def test_weights_beside_a_file_are_read(
    spec: Spec, drawn: bool, tmp_path: Path
) -> None:
    params, path = init_params(spec, 5), tmp_path / "net.safetensors"
    save_params(path, spec, params)
    module = weighted(spec, tmp_path)
    net = module["build"]()
    if drawn:
        module["initialize"](net)
    module["load_weights"](net, str(path))
    held = backend.params(net, spec)
    assert all(np.array_equal(held[path], params[path]) for path in params)
    x = draw_input(spec, "float32")
    expected = backend.forward(backend.compile(spec, seed=5), spec, x)
    assert np.array_equal(backend.forward(net, spec, x), expected)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    module = weighted(Spec("net", (4,), [nl.Dense(3), nl.Dense(2)]), tmp_path)
    path = tmp_path / "other.safetensors"
    for other in ([nl.Dense(3)], [nl.Dense(3), nl.Dense(2), nl.Dense(2)]):
        spec = Spec("other", (4,), other)
        save_params(path, spec, init_params(spec, 0))
        with pytest.raises(ValueError, match="does not hold the weights"):
            module["load_weights"](module["build"](), str(path))
