"""``netspec conform``: what it prints, writes and exits with."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from netspec import BackendError, BatchNorm, Dense, Dropout, ReLU, Spec
from netspec import backend as find
from netspec.conformance import conform
from netspec.conformance.report import Report
from tests.command import Command, check_refused
from tests.interrupts import handled

NET = Spec("net", (4,), [Dense(3), BatchNorm(), ReLU(), Dropout(0.5), Dense(2)])
QUICK = ("--backend", "numpy", "--dtype", "float32", "--check", "outputs")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let backends stay in this process; tests/hostile/ runs them as users do."""

    def stay(*given: Any, jobs: int, isolate: bool, **how: Any) -> Report:
        assert (jobs >= 1, isolate) == (True, True)
        return conform(*given, **how)

    monkeypatch.setattr("netspec.conformance.conform", stay)


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    NET.save(path)
    return path


def test_a_sound_backend_passes(netspec: Command, net: Path) -> None:
    code, out, err = netspec("conform", net, *QUICK)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "outputs" in lines
    assert any(line.startswith("  numpy    float32  ") for line in lines)
    assert lines[-1].startswith("PASSED: ")
    assert lines[-1].endswith(" pass")


def test_a_terminal_sees_progress_and_color(
    netspec: Command, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    code, out, err = netspec("conform", net, *QUICK)
    assert code == 0
    assert "100% numpy outputs" in re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", err)
    assert "\x1b[1;32mPASSED:" in out


def test_it_fits_80_columns(netspec: Command, net: Path) -> None:
    chosen = ("--backend", "torch", "--check", "state", "--check", "errors")
    code, out, _ = netspec("conform", net, *chosen, "--timings")
    assert code == 0
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert all(line == line.rstrip() for line in out.splitlines())
    assert "batchnorm-running-variance" in out  # a declared difference
    assert "share" in out


def test_options_choose_what_runs(netspec: Command, net: Path, tmp_path: Path) -> None:
    both = ("--backend", "numpy", "--backend", "torch")
    chosen = (*both, "--dtype", "float64", "--check", "state")
    path = tmp_path / "report.json"
    other = tmp_path / "other.json"
    Spec("other", (3,), [BatchNorm()]).save(other)
    assert (
        netspec("conform", net, other, *chosen, "--seed", 3, "--json", path).code == 0
    )
    report = Report.from_json(path.read_text())
    again = conform(
        [NET, Spec("other", (3,), [BatchNorm()])],
        ("numpy", "torch"),
        "float64",
        "state",
        3,
    )
    assert report.rows == again.rows
    assert report.specs == again.specs
    assert report.seed == 3


def test_the_page_is_that_of_the_run(
    netspec: Command, net: Path, tmp_path: Path
) -> None:
    html, document = tmp_path / "report.html", tmp_path / "report.json"
    code, _, err = netspec("conform", net, *QUICK, "--html", html, "--json", document)
    assert (code, err) == (0, "")
    Report.from_json(document.read_text()).to_html(tmp_path / "again.html")
    assert html.read_bytes() == (tmp_path / "again.html").read_bytes()
    assert f"netspec conform {net}" in html.read_text()


def test_the_report_for_programs_can_be_piped(netspec: Command, net: Path) -> None:
    code, out, err = netspec("conform", net, *QUICK, "--json", "-")
    assert code == 0
    assert Report.from_json(out).passed
    assert err.splitlines()[-1].startswith("PASSED: ")
    assert not Path("-").exists()


def wrong(*_: Any, **__: Any) -> Any:
    raise RuntimeError("out of luck")


def interrupted(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


def deaf(*_: Any, **__: Any) -> Any:
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    raise RuntimeError("what was that?")


def test_a_failure_is_exit_code_1(
    netspec: Command, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(find("numpy")), "step", wrong)
    code, out, err = netspec("conform", net, *QUICK)
    assert (code, err) == (1, "")
    assert "raised RuntimeError: out of luck" in out
    assert out.splitlines()[-1].startswith("FAILED: ")


def refusing(*_: Any, **__: Any) -> Any:
    raise BackendError("not built here")


def test_what_is_undecided_is_exit_code_3(
    netspec: Command, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(find("numpy")), "step", refusing)
    code, out, err = netspec("conform", net, *QUICK)
    assert (code, err) == (3, "")
    assert "numpy: refused: not built here" in out
    assert out.splitlines()[-1].startswith("UNDECIDED: ")


def test_a_quick_look_says_so(netspec: Command, net: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    code, out, _ = netspec(
        "conform", net, "--backend", "numpy", "--quick", "--json", path
    )
    assert code == 0
    assert "no proof" in out
    assert out.splitlines()[-1].startswith("PASSED (quick): ")
    report = Report.from_json(path.read_text())
    assert {row.dtype for row in report.rows} == {"float32"}
    assert report.command.endswith("--quick")


def test_rows_are_listed_on_demand(
    netspec: Command, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(find("numpy")), "step", wrong)
    listed = "outputs numpy float32 net training: step: fail"
    assert listed not in netspec("conform", net, *QUICK).out
    assert listed in netspec("conform", net, *QUICK, "--rows").out


def test_ctrl_c_leaves_what_was_found(
    netspec: Command, net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(find("torch")), "step", interrupted)
    path = tmp_path / "report.json"
    both = (*QUICK, "--backend", "torch", "--jobs", 1)
    code, out, _ = netspec("conform", net, *both, "--json", path)
    assert code == 130
    assert out.splitlines()[-1].startswith("INTERRUPTED: ")
    report = Report.from_json(path.read_text())
    assert not report.complete
    assert {row.backend for row in report.rows} == {"numpy"}


def test_ctrl_c_that_a_framework_drops_counts_too(
    netspec: Command, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(find("numpy")), "step", deaf)
    with handled(signal.SIGINT):
        code, out, _ = netspec("conform", net, *QUICK)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert code == 130
    assert out.splitlines()[-1] == "INTERRUPTED: 0 comparisons"


def test_the_command_is_that_of_the_run(
    netspec: Command, net: Path, tmp_path: Path
) -> None:
    path, spaced = tmp_path / "report.json", tmp_path / "a net.yaml"
    net.rename(spaced)
    assert netspec("conform", spaced, *QUICK, "--json", path).code == 0
    command = json.loads(path.read_text())["command"]
    assert shlex.split(command) == [
        *("netspec", "conform", str(spaced), *QUICK, "--seed", "0")
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--backend", "trch"], "did you mean 'torch'"),
        (["--dtype", "float16"], "float32"),
        (["--check", "output"], "did you mean 'outputs'"),
        (["--seed", "-1"], "seed"),
        (["--jobs", "0"], "--jobs"),
        (["--json", "no/such/folder/report.json"], "cannot be written"),
        (["--html", "no/such/folder/report.html"], "cannot be written"),
        (["--html", "."], "cannot be written"),
        (["--html", f"{__file__}/report.html"], "name a file in a folder of yours"),
        (["--html", "report", "--json", "./report"], "is the same file as report"),
    ],
)
def test_bad_input(
    netspec: Command, net: Path, arguments: list[str], problem: str
) -> None:
    check_refused(netspec("conform", net, *arguments), problem)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_does_not_cost_what_was_found(netspec: Command, net: Path) -> None:
    code, out, err = netspec("conform", net, *QUICK, "--json", "/dev/full")
    assert out.splitlines()[-1].startswith("PASSED:")
    assert err.startswith("error: /dev/full: cannot be written")
    assert code == 2


def test_a_spec_that_is_not_there(netspec: Command, tmp_path: Path) -> None:
    check_refused(netspec("conform", tmp_path / "no.yaml"), "cannot be read")
    check_refused(netspec("conform"), "SPEC")


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&-"])
def test_it_runs_with_closed_streams(net: Path, closed: str) -> None:
    """Then pipes to processes could get the numbers of the streams."""
    report = net.with_name("report.json")
    run = [sys.executable, "-m", "netspec", "conform", str(net), *QUICK]
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *run, "--json", str(report)]
    assert subprocess.run(shell, check=False).returncode == 0
    assert Report.from_json(report.read_text()).passed
