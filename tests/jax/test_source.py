"""The exported file: what it makes is what `compile` makes, to the last bit."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
import pytest

import nets
from netspec import init as ni
from netspec import layers as nl
from netspec.backend import Array
from netspec.conformance import single_layers
from netspec.init import InitPolicy
from netspec.init.sampling import init_params
from netspec.params import save_params
from netspec.spec import Spec
from netspec_jax import backend
from netspec_jax.modes import enable_x64

CLEAN = Path(__file__).with_name("clean.py")
clean = runpy.run_path(str(CLEAN))

INITIALIZERS: tuple[ni.Initializer, ...] = (
    ni.Zeros(),
    ni.Ones(),
    ni.Constant(0.3),
    ni.Uniform(-0.1, 0.3),
    ni.Normal(0.02),
    ni.Normal(1, mean=-2),
    ni.Normal(0, mean=0.5),
    ni.TruncatedNormal(0.3, mean=0.1),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(),
    ni.KaimingUniform("leaky_relu", slope=0.2),
    ni.KaimingNormal("relu"),
    ni.LeCunNormal(),
    ni.VarianceScaling(2, fan="fan_avg", distribution="uniform"),
    ni.Orthogonal(2),
)


def mlp(initializer: ni.Initializer) -> Spec:
    layers = [nl.Dense(6), nl.BatchNorm(0.8), nl.ReLU(), nl.Dense(5), nl.Dense(5)]
    policy = InitPolicy(initializer, bias=ni.Normal(0.1))
    return Spec(f"mlp {initializer}", (7,), layers, policy)


CNN = Spec(
    "cnn",
    (2, 6, 5),
    [
        nl.Conv2D(4, kernel_size=3, name="stem"),
        nl.BatchNorm(),
        nl.Dropout(0.4),
        nl.Flatten(),
        nl.Dense(3, name="class"),
    ],
)


def specs() -> Iterator[Spec]:
    yield from single_layers().values()
    yield from map(mlp, INITIALIZERS)
    yield from (replace(mlp(ni.Zeros()), name=p, init=p) for p in ni.PRESETS)
    yield from (nets.lenet(), nets.nin(), nets.resnet18(), nets.mobilenet())
    yield from (nets.vgg11((3, 32, 32), 10, 1 / 8), nets.googlenet())
    yield Spec("odd", (4,), [nl.BatchNorm(init={"running_mean": ni.Ones()})])
    yield Spec("scalar", (), [nl.Reshape((1,)), nl.Dense(3), nl.Tanh()])
    words = [nl.Embedding(5, dim=5), nl.LayerNorm(axes=2), nl.Dense(2)]
    yield Spec("words", (3,), words, "torch", "int")


class Export(NamedTuple):
    """A spec in a dtype, as a file of the folder."""

    name: str
    spec: Spec
    dtype: str


EXPORTS = [Export(f"net{i}_float32", spec, "float32") for i, spec in enumerate(specs())]
RUNS = [Export(f"run_{dtype}", CNN, dtype) for dtype in ("float32", "float64")]


def draw_input(spec: Spec, dtype: str) -> Array:
    random = np.random.default_rng(0)
    shape = (5, *spec.input_shape)
    if spec.input_dtype == "int":
        return random.integers(0, 3, shape)
    return random.normal(size=shape).astype(dtype)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exported files with inputs."""
    path = tmp_path_factory.mktemp("exported")
    for name, spec, dtype in (*EXPORTS, *RUNS):
        (path / f"{name}.py").write_text(backend.source(spec, dtype=dtype))
        np.save(path / f"{name}.npy", draw_input(spec, dtype))
    return path


@pytest.fixture(scope="module")
def observed(folder: Path) -> Path:
    """The same folder after all files ran in one clean interpreter."""
    command = [sys.executable, "-I", str(CLEAN), str(folder)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


@pytest.mark.parametrize("export", [*EXPORTS, *RUNS], ids=lambda export: export.name)
def test_file_makes_the_same_program(export: Export, observed: Path) -> None:
    x = draw_input(export.spec, export.dtype)
    with enable_x64(export.dtype == "float64"):
        model = backend.compile(export.spec, seed=0, dtype=export.dtype)
        ours = clean["programs"](model.init, model.apply, x)
    assert (observed / f"{export.name}.txt").read_text() == ours


@pytest.mark.parametrize("export", RUNS, ids=lambda export: export.name)
def test_file_makes_the_same_bits(export: Export, observed: Path) -> None:
    theirs = np.load(observed / f"{export.name}.npz")
    with enable_x64(export.dtype == "float64"):
        model = backend.compile(export.spec, seed=0, dtype=export.dtype)
        x = draw_input(export.spec, export.dtype)
        ours = clean["observe"](model.init, model.apply, x)
    assert list(theirs) == list(ours)
    assert [
        name for name in ours if ours[name].tobytes() != theirs[name].tobytes()
    ] == []
    assert all(np.isfinite(array).all() for array in ours.values())
    assert {array.dtype.name for array in ours.values()} == {export.dtype}


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


MLP = '''\
# he_normal() would cut off the tails of the normal distribution
kaiming_normal = initializers.variance_scaling(2.0, "fan_in", "normal")

net = serial(
    dense(784, 256, weight=kaiming_normal),
    batch_norm(256),
    elementwise(nn.relu),
    dropout(0.3),
    residual(serial(dense(256, 256, weight=kaiming_normal), elementwise(nn.relu))),
    ("head", dense(256, 10, bias=None)),
)


def init(key: Array) -> tuple[Tree, Tree]:
    """Draw parameters and state with a key, such as jax.random.key(0)."""
    return net.init(key, jnp.float32)


def apply(
    params: Tree,
    state: Tree,
    x: Array,
    *,
    train: bool = False,
    key: Array | None = None,
) -> tuple[Array, Tree]:
    """Run the net: (batch, 784) float32 to (batch, 10) float32.

    Args:
        params: what `init` drew, or training made of it.
        state: running statistics; training returns the next ones.
        x: a batch.
        train: static under jit: jax.jit(apply, static_argnames="train").
        key: for what is random in training; each step needs a new one.

    Returns:
        The output, and the state for the next call.
    """
    return net.apply(params, state, x, Mode(train, key))
'''


def test_mlp_reads_as_by_hand() -> None:
    layers = [nl.Dense(256), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    layers += [nl.Residual([nl.Dense(256), nl.ReLU()])]
    head = nl.Dense(10, bias=False, name="head", init={"weight": ni.XavierUniform()})
    spec = Spec("mlp", (784,), [*layers, head], "he")
    source = backend.source(spec)
    assert source[source.index("# he_normal()") :] == MLP


def test_layouts_are_explained_and_options_are_not_repeated() -> None:
    layers = [
        nl.Conv2D(8, kernel_size=(3, 3), stride=1, padding="same"),
        nl.MaxPool2D(2),
        nl.BatchNorm(decay=0.99),
        nl.Conv2D(8, kernel_size=(3, 2), groups=2, dilation=(2, 1)),
        nl.AvgPool2D(3, stride=2, padding=1, ceil_mode=True),
        nl.AvgPool2D(2, padding=1, count_include_pad=False),
        nl.Pad2D(((1, 2), (3, 4))),
        nl.LeakyReLU(0.2),
        nl.GELU(),
        nl.Softmax(1),
        nl.Flatten(),
    ]
    lines = backend.source(Spec("cnn", (4, 12, 12), layers)).splitlines()
    start = lines.index("net = serial(")
    assert [line.strip() for line in lines[start + 1 : start + 14]] == [
        "# channels last, where XLA is fast; the input is channels first",
        "before(channels_last, conv(4, 8, (3, 3), padding=1)),",
        "max_pool((2, 2), stride=2),",
        "batch_norm(8, decay=0.99),",
        "conv(8, 8, (3, 2), dilation=(2, 1), groups=2),",
        "avg_pool((3, 3), stride=2, padding=((1, 2), (1, 1)), counted=1),",
        "avg_pool((2, 2), stride=2, padding=1, counted=0),",
        "pad((1, 2), (3, 4)),",
        "elementwise(leaky_relu, negative_slope=0.2),",
        "elementwise(nn.gelu, approximate=False),",
        "elementwise(nn.softmax, axis=-1),",
        "# channels first again, as the weights of the next layers expect",
        "before(channels_first, flatten),",
    ]


WORDS = [
    nl.Embedding(11, dim=4),
    nl.Permute((2, 1)),
    nl.Conv1D(3, kernel_size=3),
    nl.BatchNorm(),
    nl.LayerNorm(axes=2),
    nl.Dense(5, name="head"),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_file_reads_its_weights(tmp_path: Path, dtype: str) -> None:
    spec = Spec("words", (7,), WORDS, input_dtype="int")
    (tmp_path / "net.py").write_text(backend.source(spec, dtype=dtype, weights=True))
    save_params(tmp_path / "net.safetensors", spec, init_params(spec, 3, dtype))
    with enable_x64(dtype == "float64"):
        module = runpy.run_path(str(tmp_path / "net.py"))
        trees = module["load_weights"](module["net"], str(tmp_path / "net.safetensors"))
        model = backend.compile(spec, seed=3, dtype=dtype)
        same = jax.tree.map(np.array_equal, trees, (model.params, model.state))
    assert jax.tree.all(same)
    assert {leaf.dtype.name for leaf in jax.tree.leaves(trees)} == {dtype}


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        (WORDS[:1], "more than the weights"),
        ([*WORDS, nl.Dense(2)], r"does not hold 6\.(weight|bias)"),
        ([*WORDS[:-1], nl.Dense(4, name="head")], r"head\.(weight|bias) is not that"),
    ],
)
def test_weights_of_another_net_are_refused(
    tmp_path: Path, layers: list[nl.Layer], problem: str
) -> None:
    spec = Spec("words", (7,), WORDS, input_dtype="int")
    other = Spec("other", (7,), layers, input_dtype="int")
    (tmp_path / "net.py").write_text(backend.source(other, weights=True))
    save_params(tmp_path / "net.safetensors", spec, init_params(spec, 3))
    module = runpy.run_path(str(tmp_path / "net.py"))
    with pytest.raises(ValueError, match=problem):
        module["load_weights"](module["net"], str(tmp_path / "net.safetensors"))
