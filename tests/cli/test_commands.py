"""The commands: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import netspec as ns
from netspec import Spec, init_params, load_params
from tests.command import Command, check_refused, no_file_beyond
from tests.spec.test_spec import CNN, MLP

COMMANDS = ("show", "schema", "init", "export", "backends")


@pytest.fixture
def mlp(tmp_path: Path) -> Path:
    path = tmp_path / "mlp.yaml"
    MLP.save(path)
    return path


def test_help_lists_every_command(netspec: Command) -> None:
    for arguments in ([], ["-h"], ["--help"]):
        code, out, err = netspec(*arguments)
        assert (code, err) == (0, "")
        assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(netspec: Command, command: str) -> None:
    code, out, _ = netspec(command, "--help")
    assert code == 0
    assert f"netspec {command}" in out


def test_version(netspec: Command) -> None:
    assert netspec("--version") == (0, f"netspec {version('netspec')}\n", "")
    assert ns.__version__ == version("netspec")


def test_show_fits_80_columns(netspec: Command, tmp_path: Path) -> None:
    long = ns.Sequential([ns.Conv2D(512, kernel_size=(3, 5), padding=(1, 2))])
    wide = Spec("wide", (512, 100, 100), [long, ns.Flatten(), ns.Dense(1000)])
    for spec in (MLP, CNN, wide):
        spec.save(tmp_path / "spec.yaml")
        code, out, err = netspec("show", tmp_path / "spec.yaml")
        assert (code, err) == (0, "")
        assert max(map(len, out.splitlines())) <= 80
        assert "\x1b" not in out
        for parameter in spec.parameters():
            assert parameter.rpartition(".")[0] in out
    assert "5,120,001,000" in out  # a number is never cut
    assert "512 x 100 x 100" in out


def test_show_totals(netspec: Command, mlp: Path) -> None:
    out = netspec("show", mlp).out.splitlines()
    assert out[0] == "mlp: input 784"
    assert out[-1] == "335,626 trainable parameters, 512 running statistics"


def test_show_prints_names_as_they_are(netspec: Command, tmp_path: Path) -> None:
    spec = Spec("[bold red]x[/] :smile: {y}", (3,), [ns.Dense(3)])
    spec.save(tmp_path / "spec.yaml")
    assert netspec("show", tmp_path / "spec.yaml").out.startswith(spec.name)


def test_show_json(netspec: Command, mlp: Path) -> None:
    document = json.loads(netspec("show", mlp, "--json").out)
    assert document["digest"] == MLP.digest
    assert document["output_shape"] == [10]
    assert document["trainable_parameters"] == 335_626
    shapes = {
        layer["path"]: tuple(layer["output_shape"]) for layer in document["layers"]
    }
    assert shapes == MLP.shapes()
    weight = document["parameters"]["0.weight"]
    assert weight["shape"] == [256, 784]
    assert weight["initializer"] == {"type": "KaimingNormal"}
    assert weight["std"] == MLP.parameters()["0.weight"].law.std
    assert weight["bounds"] == [None, None]


def test_schema_accepts_specs(netspec: Command) -> None:
    schema = json.loads(netspec("schema").out)
    assert schema == json.loads(json.dumps(ns.json_schema()))
    jsonschema.validate(MLP.to_dict(), schema)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_init_writes_portable_weights(
    netspec: Command, mlp: Path, tmp_path: Path, dtype: str
) -> None:
    path = tmp_path / "weights.safetensors"
    code, out, err = netspec("init", mlp, "-o", path, "--seed", 7, "--dtype", dtype)
    assert (code, out) == (0, "")
    assert err == f"{path}: 336,138 values, {dtype}, seed 7\n"
    spec, params = load_params(path)
    assert spec == MLP
    for name, array in init_params(MLP, 7, dtype).items():
        assert np.array_equal(params[name], array)


def test_init_inspect_compares_laws_with_draws(netspec: Command, mlp: Path) -> None:
    code, out, err = netspec("init", mlp, "--inspect")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    rows = [line.split() for line in out.splitlines()]
    law = next(row for row in rows if row[0] == "0.weight")
    assert law == ["0.weight", "KaimingNormal()", "0", "0.05051", "-inf", "inf"]
    drawn = rows[rows.index(law) + 1]
    assert drawn[:4] == ["256", "x", "784", "drawn"]
    assert float(drawn[5]) == pytest.approx(0.05051, rel=0.01)


def test_init_needs_something_to_do(netspec: Command, mlp: Path) -> None:
    check_refused(netspec("init", mlp), "nothing to do; give -o FILE, --inspect")


def test_export_prints_or_writes_the_source(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    for dtype in ("float32", "float64"):
        source = ns.export(MLP, "torch", dtype=dtype)
        options = ("--to", "torch", "--dtype", dtype)
        assert netspec("export", mlp, *options) == (0, source, "")
        assert netspec("export", mlp, *options, "-o", path) == (0, "", "")
        assert path.read_text() == source


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "netspec", *map(str, arguments)]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command, capture_output=True, check=False, timeout=60, **options
    )


def test_standard_input_is_a_spec(mlp: Path) -> None:
    for content in (mlp.read_bytes(), MLP.to_json().encode()):
        done = run("show", "-", "--json", input=content)
        assert done.returncode == 0
        assert json.loads(done.stdout)["digest"] == MLP.digest


def test_standard_input_that_is_no_spec() -> None:
    for content in (b"", b"\xff\xfe", b"[" * 10**5, b"netspec: 1\nname: a\n"):
        done = run("show", "-", input=content)
        assert done.returncode == 2
        assert done.stderr.startswith(b"error: standard input: ")
        assert done.stderr.count(b"\n") == 1


def test_a_closed_pipe_is_quiet(mlp: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        command = [sys.executable, "-m", "netspec", "show", str(mlp)]
        done = subprocess.run(
            command, stdout=closed, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_an_output_that_was_never_open_is_quiet(mlp: Path) -> None:
    command = [sys.executable, "-m", "netspec", "show", str(mlp)]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command],
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full")
def test_a_full_output_is_an_error(mlp: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "netspec", "show", str(mlp)]
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert done.returncode == 2
    assert (
        done.stderr == b"error: the output cannot be written: No space left on device\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits")
def test_a_write_that_runs_out_of_room_leaves_nothing(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    """The system itself refuses to write more than 4096 bytes."""
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "weights"
    with no_file_beyond(4096):
        outcome = netspec("init", mlp, "-o", path)
    assert outcome == (2, "", f"error: {path}: cannot be written: File too large\n")
    assert os.listdir(folder) == []


def test_names_that_the_terminal_cannot_show(tmp_path: Path) -> None:
    Spec("größe 模型", (3,), [ns.Dense(3)]).save(tmp_path / "spec.yaml")
    plain = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run("show", tmp_path / "spec.yaml", env=plain)
    assert done.returncode == 0
    assert done.stderr == b""


def test_an_interrupt_is_quiet(
    netspec: Command, mlp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Spec, "from_dict", interrupt)
    monkeypatch.setattr("netspec.spec._load.from_document", interrupt)
    assert netspec("show", mlp) == (130, "", "")


def test_export_with_weights(netspec: Command, mlp: Path, tmp_path: Path) -> None:
    weights, path = tmp_path / "trained.safetensors", tmp_path / "model.py"
    netspec("init", mlp, "-o", weights, "--seed", 3)
    outcome = netspec("export", mlp, "--to", "torch", "-o", path, "--weights", weights)
    beside = tmp_path / "model.safetensors"
    said = f'{path}: load_weights(net, "model.safetensors")\n'
    assert outcome == (0, "", said)
    assert beside.read_bytes() == weights.read_bytes()
    check = [sys.executable, "-m", "ruff"]
    subprocess.run([*check, "check", "--isolated", path], check=True, timeout=60)
    subprocess.run([*check, "format", "--diff", path], check=True, timeout=60)
    module = runpy.run_path(str(path))
    net = module["build"]()
    module["load_weights"](net, str(beside))
    for name, array in init_params(MLP, 3).items():
        assert np.array_equal(net.state_dict()[name].numpy(), array)
    other = module["build"]()[:1]
    with pytest.raises(ValueError, match="does not hold the weights of this network"):
        module["load_weights"](other, str(beside))


def test_weights_that_cannot_be_exported(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    weights, other = tmp_path / "weights", tmp_path / "other.yaml"
    netspec("init", mlp, "-o", weights)
    Spec("other", (3,), [ns.Dense(2)]).save(other)
    target = tmp_path / "out" / "model.py"
    target.parent.mkdir()
    options = ("--to", "torch", "--weights")
    refused = {
        (mlp, *options, weights): "--weights are written beside the source; give -o",
        (mlp, *options, weights, "-o", tmp_path): "it is a folder; give a file",
        (mlp, *options, weights, "-o", "/dev/null"): "is no file that weights could",
        (other, *options, weights, "-o", target): "not the parameters of 'other': unkn",
        (
            mlp,
            *options,
            weights,
            "-o",
            target.with_suffix(".safetensors"),
        ): "a .py name",
        (mlp, *options, mlp, "-o", target): "not a whole safetensors file",
        (mlp, *options, tmp_path / "none", "-o", target): "No such file or directory",
    }
    for arguments, problem in refused.items():
        check_refused(netspec("export", *arguments), problem)
    assert os.listdir(target.parent) == []
