"""``netspec export --to all``: one file for each framework, and weights for all."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest

import netspec as ns
from netspec import Spec, backend, init_params
from netspec.contract import writes_alone
from tests.command import Command, check_refused, no_file_beyond
from tests.spec.test_spec import MLP

FRAMEWORKS = ("flax", "gluon", "jax", "torch")
NEEDS = {
    name: found
    for name, found in sorted(ns.backends().items())
    if found.requirement and not found.variant_of
}
UNBIASED = Spec("unbiased", (4,), [ns.BatchNorm(running_variance="unbiased")])

# Follows what the command printed, in the folder, where netspec cannot be imported
READER = """
import sys

import numpy as np


class Blocked:
    def find_spec(self, name, *_):
        if name.startswith("netspec"):
            raise ImportError(name)


sys.meta_path.insert(0, Blocked())
from {module} import *

x = np.load("x.npy")
{steps}
np.save("{module}.npy", y)
"""
STEPS = {
    "flax": "net = Net(rngs=nnx.Rngs(0))\nnet.eval()\n{usage}\ny = net(x)",
    "gluon": "net = build()\n{usage}\ny = net(mx.nd.array(x)).asnumpy()",
    "jax": "{usage}\ny, _ = apply(params, state, x)",
    "torch": "import torch\n"
    "net = build().eval()\n{usage}\ny = net(torch.from_numpy(x)).detach()",
}


@pytest.fixture
def mlp(tmp_path: Path) -> Path:
    path = tmp_path / "mlp.yaml"
    MLP.save(path)
    return path


def sources(spec: Spec, *, weights: bool = False) -> Mapping[str, str]:
    return {
        f"net_{name}.py": backend(name).source(spec, weights=weights)
        for name in FRAMEWORKS
    }


def contents(folder: Path) -> Mapping[str, str]:
    names = sources(MLP)
    return {path.name: path.read_text() for path in map(folder.joinpath, names)}


def file_name(name: str) -> str:
    """What a framework's file is called."""
    return f"net_{name}{getattr(backend(name), 'suffix', '.py')}"


def named(names: Iterable[str]) -> list[str]:
    """The files that are written, in order."""
    return [file_name(name) for name in sorted(names)]


def only(err: str) -> list[str]:
    """The lines about the frameworks that are looked at here."""
    known = tuple(f"net_{name}.py" for name in FRAMEWORKS)
    return [
        line for line in err.splitlines() if Path(line.partition(":")[0]).name in known
    ]


def outputs(x: np.ndarray) -> Mapping[str, np.ndarray]:
    """What the compiled models give, called as the exported ones are."""
    import mxnet as mx
    import torch

    params = init_params(MLP, 3)
    nets = {name: ns.compile(MLP, name, params=params) for name in FRAMEWORKS}
    flax, jax = nets["flax"], nets["jax"]
    flax.eval()
    return {
        "flax": np.asarray(flax(x)),
        "gluon": nets["gluon"](mx.nd.array(x)).asnumpy(),
        "jax": np.asarray(jax.apply(jax.params, jax.state, x)[0]),
        "torch": nets["torch"].eval()(torch.from_numpy(x)).detach().numpy(),
    }


def test_all_writes_a_file_for_each_framework(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "out"
    code, out, err = netspec("export", mlp, "--to", "all", "-o", folder)
    assert (code, out) == (0, "")
    assert err.splitlines() == [str(folder / name) for name in named(NEEDS)]
    assert sorted(os.listdir(folder)) == sorted(named(NEEDS))
    assert contents(folder) == sources(MLP)


@pytest.mark.slow
def test_every_file_reads_its_weights_as_the_command_says(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    folder, weights = tmp_path / "out", tmp_path / "trained.safetensors"
    netspec("init", mlp, "-o", weights, "--seed", 3)
    err = netspec("export", mlp, "--to", "all", "-o", folder, "--weights", weights).err
    assert contents(folder) == sources(MLP, weights=True)
    assert (folder / "net.safetensors").read_bytes() == weights.read_bytes()
    x = np.random.default_rng(0).normal(size=(5, 784)).astype("float32")
    np.save(folder / "x.npy", x)
    expected = outputs(x)
    for name, line in zip(FRAMEWORKS, only(err), strict=True):
        path, _, usage = line.partition(": ")
        steps = STEPS[name].format(usage=usage)
        code = READER.format(module=Path(path).stem, steps=steps)
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, timeout=90)
        assert np.array_equal(np.load(folder / f"net_{name}.npy"), expected[name])


def test_all_prints_every_file_under_its_name(netspec: Command, mlp: Path) -> None:
    code, out, err = netspec("export", mlp, "--to", "all")
    assert (code, err) == (0, "")
    texts = {name: backend(name).source(MLP) for name in NEEDS}
    headed = (f"==> {file_name(name)} <==\n{text}" for name, text in texts.items())
    assert out == "\n".join(headed)


def test_one_refusal_leaves_the_others(netspec: Command, tmp_path: Path) -> None:
    UNBIASED.save(tmp_path / "spec.yaml")
    folder = tmp_path / "out"
    code, out, err = netspec(
        "export", tmp_path / "spec.yaml", "--to", "all", "-o", folder
    )
    assert (code, out) == (2, "")
    *written, refusal = err.splitlines()
    files = named(name for name in NEEDS if name != "gluon")
    assert sorted(os.listdir(folder)) == sorted(files)
    assert written == [str(folder / name) for name in files]
    assert refusal.startswith("error: gluon: 0 BatchNorm: Gluon averages biased")


def hide(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    """Make distributions look as if they were not installed."""
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name in missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)


def test_what_is_not_installed_is_said(
    netspec: Command, mlp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = {name: NEEDS[name].requirement or "" for name in NEEDS if name != "torch"}
    hide(monkeypatch, *gone.values())
    code, _, err = netspec("export", mlp, "--to", "all", "-o", tmp_path / "out")
    assert code == 0
    said = [
        f"{name}: needs {package}, which is not installed; run: pip install"
        f' "netspec[{package}]"'
        for name, package in gone.items()
        if not writes_alone(name)
    ]
    assert said
    assert err.splitlines()[: len(said)] == said
    files = named(name for name in NEEDS if name == "torch" or writes_alone(name))
    assert sorted(os.listdir(tmp_path / "out")) == sorted(files)
    assert contents(tmp_path / "out") == sources(MLP)


def test_sources_are_printed_where_nothing_is_installed(
    netspec: Command, mlp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, *(found.requirement or "" for found in NEEDS.values()))
    for name in FRAMEWORKS:
        assert netspec("export", mlp, "--to", name) == (
            0,
            sources(MLP)[f"net_{name}.py"],
            "",
        )


def test_places_that_do_not_fit(netspec: Command, mlp: Path, tmp_path: Path) -> None:
    refused = {
        ("all", mlp): "is a file; --to all needs a folder",
        ("all", tmp_path / "new.py"): "is a file; --to all needs a folder",
        ("all", mlp / "below"): "cannot be made: Not a directory",
        ("torch", tmp_path): "it is a folder; give a file, or --to all",
        ("torch", tmp_path / "no" / "net.py"): "No such file or directory",
    }
    for (to, output), problem in refused.items():
        check_refused(netspec("export", mlp, "--to", to, "-o", output), problem)
    assert os.listdir(tmp_path) == ["mlp.yaml"]


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits")
def test_a_disk_that_fills_up_leaves_no_file_at_all(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    with no_file_beyond(4096):
        outcome = netspec("export", mlp, "--to", "all", "-o", folder)
    path = folder / "net_jax.py"
    assert outcome == (2, "", f"error: {path}: cannot be written: File too large\n")
    assert os.listdir(folder) == []


def test_fold_makes_a_model_of_evaluation(netspec: Command, tmp_path: Path) -> None:
    spec = Spec("net", (3,), [ns.Dense(4), ns.BatchNorm(), ns.ReLU()])
    spec.save(tmp_path / "net.yaml")
    held = tmp_path / "trained.safetensors"
    params = {path: value + 0.5 for path, value in init_params(spec, 0).items()}
    ns.save_params(held, spec, params)
    given = ("export", tmp_path / "net.yaml", "--to", "torch", "--fold")
    code, _, err = netspec(*given, "--weights", held, "-o", tmp_path / "net.py")
    assert code == 0, err
    folded, weights = ns.load_params(tmp_path / "net.safetensors")
    assert folded == ns.fold(spec, params)[0]
    assert set(weights) == set(folded.parameters())
    assert "BatchNorm" not in (tmp_path / "net.py").read_text()
    replaced = netspec(*given, "--weights", held, "-o", tmp_path / "trained.py")
    check_refused(replaced, "the folded weights would replace these")
    check_refused(netspec(*given, "-o", tmp_path / "net.py"), "give --weights")
