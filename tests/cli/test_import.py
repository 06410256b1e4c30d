"""``netspec --import``: layers of one's own on the command line."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import custom_layers
from netspec import Dense, NetspecError, Spec, backend
from netspec.conformance import Subject, conform, script
from netspec.conformance.report import Report
from netspec.init import InitPolicy
from netspec.layers import LAYERS
from tests.command import Command, check_refused

FOLDER = Path(custom_layers.__file__).parent

DOUBLE = """
import netspec


@netspec.layer
class {name}(netspec.Layer):
    def output_shape(self, shape):
        return (*shape[:-1], 2 * shape[-1])
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])


def test_a_module_of_this_folder_brings_its_layers(netspec: Command) -> None:
    Path("doubles_here.py").write_text(DOUBLE.format(name="DoubledHere"))
    Path("net.yaml").write_text(
        "netspec: 1\nname: net\ninput_shape: [3]\nlayers: [{type: DoubledHere}]\n"
    )
    code, out, err = netspec("--import", "doubles_here", "show", "net.yaml")
    assert (code, err) == (0, "")
    assert "DoubledHere   6" in out


def test_without_it_the_layer_is_unknown(netspec: Command) -> None:
    Path("net.yaml").write_text(
        "netspec: 1\nname: net\ninput_shape: [3]\nlayers: [{type: NobodysLayer}]\n"
    )
    check_refused(netspec("show", "net.yaml"), "unknown layer 'NobodysLayer'")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (None, "No module named 'not_a_module'"),
        ("1 / 0", "ZeroDivisionError"),
        ("def", "SyntaxError"),
        ("import sys; sys.exit('no licence')", "SystemExit: no licence"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("raise GeneratorExit('odd')", "GeneratorExit: odd"),
        ("class Odd(BaseException): pass\nraise Odd('x' * 10**7)", "Odd: xxx"),
        ("class Mute(Exception):\n    __str__ = None\nraise Mute", "Mute: Mute"),
    ],
)
def test_a_module_that_cannot_be_imported(
    netspec: Command, code: str | None, problem: str
) -> None:
    if code is not None:
        Path("not_a_module.py").write_text(code)
    outcome = netspec("--import", "not_a_module", "show", "net.yaml")
    check_refused(outcome, f"--import not_a_module: {problem.partition(':')[0]}"[:22])
    assert problem in outcome.err
    assert len(outcome.err) < 600


def test_ctrl_c_while_a_module_is_imported(netspec: Command) -> None:
    Path("stopped.py").write_text("raise KeyboardInterrupt")
    assert netspec("--import", "stopped", "show", "net.yaml").code == 130


def test_a_folder_that_is_gone(
    netspec: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    refused = netspec("--import", "anything", "show", "net.yaml")
    check_refused(refused, "--import looks in the current folder, which cannot be read")


def test_code_that_exits_later_is_no_closed_pipe(netspec: Command) -> None:
    declared = DOUBLE.format(name="Quitting").replace("return (", "exit(3); return (")
    Path("quitting.py").write_text(declared)
    Path("net.yaml").write_text(
        "netspec: 1\nname: net\ninput_shape: [3]\nlayers: [{type: Quitting}]\n"
    )
    refused = netspec("--import", "quitting", "show", "net.yaml")
    check_refused(refused, "code of yours called sys.exit(3)")


def test_what_a_module_prints_is_not_output(netspec: Command) -> None:
    Path("prints_here.py").write_text("print('noise')")
    code, out, err = netspec("--import", "prints_here", "schema")
    assert (code, err) == (0, "noise\n")
    assert out == netspec("schema").out


@pytest.mark.parametrize("command", ["export", "probe", "conform"])
def test_examples_of_layers(netspec: Command, command: str) -> None:
    options = {
        "export": ["--to", "torch"],
        "probe": ["--backend", "torch"],
        "conform": ["--check", "outputs", "--backend", "numpy"],
    }
    given = (FOLDER / "net.yaml", *options[command])
    code, _, err = netspec("--import", "custom_layers", command, *given)
    assert (code, err) == (0, "")


def test_a_layer_of_a_script_stays_in_its_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exec(DOUBLE.format(name="DoubledInAScript"), {"__name__": "__main__"})
    spec = Spec("net", (3,), [LAYERS["DoubledInAScript"]()])
    with pytest.raises(NetspecError, match="DoubledInAScript is declared in a script"):
        conform(spec, ["numpy", "torch"], jobs=2)


LOWERED = """
import netspec_numpy
from declared_apart import DeclaredApart


@netspec_numpy.forward.register
def _(layer: DeclaredApart, x, scope):
    return scope.ops.value(-x), lambda dy: scope.ops.value(-dy)
"""


def test_a_module_of_lowerings_is_imported_by_every_process(netspec: Command) -> None:
    declared = DOUBLE.format(name="DeclaredApart").replace("2 * ", "")
    Path("declared_apart.py").write_text(declared)
    Path("lowered_apart.py").write_text(LOWERED)
    Path("net.yaml").write_text(
        "netspec: 1\nname: net\ninput_shape: [3]\nlayers: [{type: DeclaredApart}]\n"
    )
    modules = "--import", "declared_apart", "--import", "lowered_apart"
    given = "conform", "net.yaml", "--backend", "numpy", "--check", "outputs"
    outcome = netspec(*modules, *given, "--json", "report.json")
    assert outcome[::2] == (0, "")
    report = Report.from_json(Path("report.json").read_text())
    assert report.command == " ".join(["netspec", *modules, *given, "--seed", "0"])


INITIALIZER = """
import netspec
from netspec.init import distributions


@netspec.initializer
class DrawnApart(netspec.Initializer):
    def law(self, parameter):
        return distributions.Normal(0.0, 0.5)
"""


def test_a_script_that_reproduces_imports_initializers_too() -> None:
    Path("drawn_apart.py").write_text(INITIALIZER)
    sys.path.insert(0, "")
    initializer: Any = import_module("drawn_apart").DrawnApart()
    spec = Spec("net", (3,), [Dense(2)], init=InitPolicy(weight=initializer))
    subject = Subject(backend("numpy"), spec, "float64", 0, alone=True)
    assert "\nimport drawn_apart\n" in script(subject, "training")
