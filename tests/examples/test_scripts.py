"""The scripts of examples/, run as a person runs them."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import agreement
import curves
import data
import fashion_mnist
import lockstep
import netspec
from trainers import TRAINERS, Training

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
MLP = EXAMPLES / "specs" / "mlp.yaml"
INSTALLED = next((folder for folder in data.FOLDERS if folder.is_dir()), None)


class Shell:
    """Runs the `main` of a script with a command line, in a folder of its own.

    Attributes:
        out: what it printed.
        err: its errors.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.out = self.err = ""

    def __call__(self, script: Any, *arguments: str | Path) -> int:
        sys.argv = [script.__name__, *map(str, arguments)]
        code = int(script.main())
        self.out, self.err = self.capsys.readouterr()
        return code


@pytest.fixture
def shell(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(data, "FOLDERS", ())
    monkeypatch.delenv(data.VARIABLE, raising=False)
    return Shell(capsys)


def last_accuracy(printed: str) -> float:
    (*_, last) = accuracies(printed)
    return last


def accuracies(printed: str, epoch: str = "") -> list[float]:
    lines = [line for line in printed.splitlines() if "test accuracy" in line]
    return [float(line.split()[-1]) for line in lines if epoch in line]


@pytest.mark.parametrize("backend", TRAINERS)
def test_training_on_digits_learns_and_saves(shell: Shell, backend: str) -> None:
    options = ("--backend", backend, "--epochs", "5", "-o", "a.safetensors")
    assert shell(fashion_mnist, MLP, *options) == 0
    assert "digits: 1,347 images to train on, 450 to test" in shell.out
    assert "make data" in shell.out
    assert last_accuracy(shell.out) > 0.93
    spec, params = netspec.load_params("a.safetensors")
    assert spec == netspec.load(MLP)
    assert set(params) == set(spec.parameters())


@pytest.mark.parametrize("backend", TRAINERS)
def test_training_that_diverges_saves_nothing(shell: Shell, backend: str) -> None:
    options = ("--backend", backend, "--epochs", "1", "--lr", "1e30", "-o", "a")
    assert shell(fashion_mnist, MLP, *options) == 2
    assert f"{backend}: training diverged" in shell.err
    assert not Path("a").exists()


@pytest.mark.parametrize("backend", TRAINERS)
def test_training_is_deterministic(shell: Shell, backend: str) -> None:
    options = ("--backend", backend, "--epochs", "1")
    for name in ("a", "b"):
        shell(fashion_mnist, MLP, *options, "-o", name)
    shell(fashion_mnist, MLP, *options, "--seed", "1", "-o", "c")
    a, b, c = (Path(name).read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_saved_weights_have_the_accuracy_that_was_printed(shell: Shell) -> None:
    shell(fashion_mnist, MLP, "--epochs", "1", "-o", "a")
    printed = last_accuracy(shell.out)
    spec, params = netspec.load_params("a")
    backend = netspec.backend("torch")
    images = data.load()
    model = backend.compile(spec, params=params)
    logits = backend.forward(model, spec, images.test_x)
    measured = (logits.argmax(1) == images.test_y).mean()
    assert f"{measured:.4f}" == f"{printed:.4f}"


def test_images_take_the_shape_of_a_convolutional_spec(shell: Shell) -> None:
    lenet = EXAMPLES / "specs" / "lenet.yaml"
    assert shell(fashion_mnist, lenet, "--epochs", "1") == 0
    assert Path("weights.safetensors").exists()


ALL = ("--backend", "all", "--epochs", "1", "-o", "a.safetensors")


def test_training_in_all_frameworks_compares_saves_and_draws(shell: Shell) -> None:
    assert shell(fashion_mnist, MLP, *ALL) == 0
    assert "gluon " in shell.out
    assert "jax " in shell.out
    names = {path.name for path in Path().iterdir()}
    assert names == {"a.png", *(f"a.{name}.safetensors" for name in TRAINERS)}
    header = Path("a.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(header[16:20]) == 800  # pixels wide
    assert max(len(line) for line in shell.out.splitlines()) <= 88


def without(packages: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packages look as if they were not installed."""
    installed = metadata.version

    def version(name: str) -> str:
        if name in packages:
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)
    netspec.backend.cache_clear()


def test_a_missing_framework_is_left_out(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    without({"mxnet"}, monkeypatch)
    assert shell(fashion_mnist, MLP, *ALL) == 0
    assert "gluon is left out: backend 'gluon' needs mxnet" in shell.out
    names = {path.name for path in Path().iterdir()}
    assert names == {"a.png", "a.torch.safetensors", "a.jax.safetensors"}


def test_one_framework_has_none_to_be_compared_with(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    without({"mxnet", "jax"}, monkeypatch)
    assert shell(fashion_mnist, MLP, *ALL) == 2
    assert shell.err.count("\n") == 1
    assert "two frameworks or more" in shell.err
    assert "--backend torch" in shell.err


@pytest.mark.parametrize(
    ("backend", "module", "package"),
    [("jax", "train_jax", "optax"), ("all", "curves", "matplotlib")],
)
def test_a_missing_package_is_named(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
    module: str,
    package: str,
) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert shell(fashion_mnist, MLP, "--backend", backend) == 2
    assert shell.err.count("\n") == 1
    assert f"needs {package}, which is not installed" in shell.err
    assert not list(Path().iterdir())


def test_a_training_that_diverged_is_drawn(tmp_path: Path) -> None:
    losses = np.full(lockstep.STEPS, np.nan)
    trainings = {name: Training({}, losses, 0.1) for name in TRAINERS}
    runs = {dtype: dict.fromkeys(TRAINERS, losses) for dtype in lockstep.DTYPES}
    curves.write(tmp_path / "a.png", "a net", trainings, runs)
    assert (tmp_path / "a.png").stat().st_size > 0


def other_classes(tmp: Path) -> list[str | Path]:
    netspec.Spec("five", (784,), [netspec.Dense(5)]).save(tmp / "five.yaml")
    return [tmp / "five.yaml"]


def other_images(tmp: Path) -> list[str | Path]:
    netspec.Spec("wide", (100,), [netspec.Dense(10)]).save(tmp / "wide.yaml")
    return [tmp / "wide.yaml"]


BAD = {
    "no spec": (lambda tmp: [tmp / "absent.yaml"], "absent.yaml: cannot be read"),
    "five classes": (
        other_classes,
        "the images have 10 classes, but the spec's output has",
    ),
    "100 pixels": (other_images, "28 x 28 pixels"),
    "no folder for weights": (lambda tmp: [MLP, "-o", "a/b"], "no such folder"),
    "folder for weights": (lambda tmp: [MLP, "-o", tmp], "is a folder"),
    "no data": (lambda tmp: [MLP, "--data", tmp], "make data"),
    "negative seed": (lambda tmp: [MLP, "--seed", "-1"], "seed must be"),
    "large batch": (lambda tmp: [MLP, "--batch", "2000"], "at most 1347"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_code_2(
    shell: Shell, tmp_path: Path, arguments: Any, message: str
) -> None:
    assert shell(fashion_mnist, *arguments(tmp_path)) == 2
    assert shell.err.startswith("error: ")
    assert shell.err.count("\n") == 1
    assert message in shell.err
    assert not list(tmp_path.glob("*.safetensors"))


@pytest.mark.parametrize("option", ["--epochs", "--batch"])
@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_counts_start_at_1(shell: Shell, option: str, value: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        shell(fashion_mnist, MLP, option, value)


@pytest.mark.parametrize("rate", ["0", "-0.1", "nan", "inf", "x"])
def test_the_rate_is_positive(shell: Shell, rate: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        shell(fashion_mnist, MLP, f"--lr={rate}")


def test_trained_weights_agree_with_the_reference(shell: Shell) -> None:
    shell(fashion_mnist, MLP, "-o", "a")
    assert shell(agreement, "a") == 0
    assert "56 of 56 tensors agree" in shell.out
    assert max(len(line) for line in shell.out.splitlines()) <= 80


def test_a_wrong_backend_does_not_agree(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = netspec.backend("torch")

    def step(*args: Any, **options: Any) -> netspec.Step:
        given = right.step(*args, **options)
        given.grad_params["0.weight"] *= 1.001
        return given

    wrong = SimpleNamespace(
        name="wrong",
        compile=right.compile,
        step=step,
        numerics=getattr(right, "numerics", None),
    )
    shell(fashion_mnist, MLP, "--epochs", "1", "-o", "a")
    monkeypatch.setattr(netspec, "backend", lambda name: wrong)
    assert shell(agreement, "a") == 1
    assert "52 of 56 tensors agree" in shell.out
    row = next(line for line in shell.out.splitlines() if "0.weight" in line)
    assert row.count("fail") == 4


def test_agreement_needs_a_weights_file(shell: Shell) -> None:
    assert shell(agreement, "absent") == 2
    assert "absent: cannot be read" in shell.err
