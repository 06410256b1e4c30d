"""The example of a stranger's backend: it passes the kit, it is found and isolated as
ours are, and one changed line of it is refused with the layer named.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import equinox as eqx
import pytest

import netspec as ns
from custom_backend import netspec_equinox
from netspec import BackendError, Dense, Dropout, LayerNorm, PReLU, Residual, Spec, Tanh
from netspec.conformance import conform
from netspec.contract import Backend
from netspec_jax._modes import quick_environment
from tests.command import Command

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/custom_backend"
SOURCE = (EXAMPLE / "netspec_equinox.py").read_text(encoding="utf-8")
MLP = ROOT / "examples/specs/dropout_mlp.yaml"
LINES = 200


def test_it_is_short() -> None:
    assert len(SOURCE.splitlines()) < LINES


def test_the_page_names_every_member() -> None:
    page = (ROOT / "backends/README.md").read_text(encoding="utf-8")
    members = {"name"} | {name for name in vars(Backend) if not name.startswith("_")}
    assert {name for name in members if f"| `{name}` |" in page} == members
    assert "step" in members


def test_what_it_lacks_is_refused_with_the_path() -> None:
    body = [Tanh(), PReLU()]
    spec = Spec("net", (6,), [Residual(body)])
    with pytest.raises(BackendError, match=r"^0\.body\.1 PReLU: .*lacks it"):
        netspec_equinox.backend.compile(spec, seed=0)


# One changed line


RESIDUAL = "return self.body(x, key=keys[0]) + self.shortcut(x, key=keys[1])"
CHANGES = {
    "eps": ("layer.eps, *affine", "1.1 * layer.eps, *affine", "LayerNorm"),
    "gelu": (", approximate=layer.approximate", "", "GELU"),
    "skip": (RESIDUAL, "return self.body(x, key=keys[0])", "Residual"),
    "rate": ("Dropout(layer.rate)", "Dropout(1 - layer.rate)", "Dropout"),
}
NET = Spec(
    "net",
    (6,),
    [Dense(8), LayerNorm(), ns.GELU(), Residual([Tanh()]), Dropout(0.3), Dense(3)],
)
KINDS = ("Dense", "LayerNorm", "GELU", "Residual", "Tanh", "Dropout")
CHECKS = ("outputs", "gradients", "dropout")


def changed(old: str, new: str, folder: Path) -> Backend:
    """The example with one line changed."""
    assert SOURCE.count(old) == 1
    path = folder / "changed_equinox.py"
    path.write_text(SOURCE.replace(old, new), encoding="utf-8")
    found = spec_from_file_location(path.stem, path)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    backend: Backend = module.backend
    return backend


def test_unchanged_it_passes() -> None:
    report = conform(NET, netspec_equinox.backend, "float64", CHECKS)
    assert report.passed, report.bad


@pytest.mark.parametrize(("old", "new", "layer"), CHANGES.values(), ids=CHANGES)
def test_a_changed_line_is_refused_with_the_layer_named(
    old: str, new: str, layer: str, tmp_path: Path
) -> None:
    report = conform(NET, changed(old, new, tmp_path), "float64", CHECKS)
    assert not report.passed
    texts = [f"{row.spec} {row.what}" for row in report.bad]
    texts += [suspect for found in report.divergences for suspect in found.suspects]
    assert {kind for kind in KINDS for text in texts if kind in text} == {layer}


def test_the_net_is_refused_at_the_place_of_the_layer(tmp_path: Path) -> None:
    old, new, _ = CHANGES["skip"]
    report = conform(NET, changed(old, new, tmp_path), "float64", "outputs")
    (found,) = report.divergences
    forward, backward = found.suspects
    assert forward.startswith("forward: diverges at 3 Residual, ")
    assert backward.startswith("backward: diverges at 3 Residual, ")


# Found by its name, as where it is installed


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``pip install -e examples/custom_backend`` leaves."""
    text = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    info = tmp_path / "netspec_equinox-0.1.0.dist-info"
    info.mkdir()
    name, version = project["name"], project["version"]
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata)
    points = project["entry-points"]["netspec.backends"].items()
    lines = ["[netspec.backends]", *(f"{name} = {value}" for name, value in points)]
    (info / "entry_points.txt").write_text("\n".join(lines))
    for folder in (tmp_path, EXAMPLE):
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)


@pytest.mark.usefixtures("installed")
def test_its_model_is_equinox_own() -> None:
    assert ns.backends()["equinox"].requirement == "equinox"
    net = ns.compile(NET, "equinox", seed=0)
    assert type(net) is eqx.nn.Sequential
    assert type(net.layers[1].layer) is eqx.nn.LayerNorm


@pytest.mark.usefixtures("installed")
def test_the_command_line_knows_it(netspec: Command) -> None:
    chosen = ("--backend", "equinox", "--dtype", "float32", "--check", "init_values")
    code, out, _ = netspec("conform", MLP, *chosen)
    assert code == 0
    assert "PASSED: " in out


@pytest.mark.slow
@pytest.mark.usefixtures("installed")
def test_its_own_driver_passes() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command,
        cwd=EXAMPLE,
        env=os.environ | quick_environment(),  # XLA takes a third of the time
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " skipped" in done.stdout  # what it lacks
