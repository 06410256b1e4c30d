"""Backends in processes of their own; `test_hostile.py` has what they may do there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from netspec import BatchNorm, Dense, Dropout, NetspecError, ReLU, Spec
from netspec.conformance import conform
from netspec.conformance.report import Done, Report
from tests.conformance.wrapped import Wrapped
from tests.hostile.entry_points import register
from tests.interrupts import handled

SPEC = Spec("net", (4,), [Dense(3), ReLU()])
STEP = ("outputs", "gradients")

Isolated = Callable[..., Report]

BACKEND = """
import os
import signal

from netspec_numpy import NumpyBackend


class Hostile(NumpyBackend):
    def __init__(self, name):
        self.name = name

    def step(self, model, spec, *given, **how):
        {deed}
        return super().step(model, spec, *given, **how)


mine, other = Hostile("mine"), Hostile("other")
"""


@pytest.fixture
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Isolated:
    """A run with a backend, registered by a package of its own, that does something at
    each step; it is there twice, as mine and as other.
    """
    register(tmp_path, {name: f"mine_backend:{name}" for name in ("mine", "other")})
    monkeypatch.syspath_prepend(tmp_path)

    def run(
        deed: str = "pass", spec: Spec = SPEC, checks: Any = "outputs", **how: Any
    ) -> Report:
        (tmp_path / "mine_backend.py").write_text(BACKEND.format(deed=deed))
        names = how.pop("names", "mine")
        return conform(spec, names, "float64", checks, **({"isolate": True} | how))

    return run


def test_jobs_find_the_same_in_the_same_order(isolated: Isolated) -> None:
    shares: list[float] = []

    def watch(done: Done) -> None:
        shares.append(done.share)

    names, checks = ("numpy", "other", "mine"), ("state", "dropout")
    spec = Spec("norm", (3,), [BatchNorm(), Dropout(0.5)])
    given = {"names": names, "spec": spec, "checks": checks}
    report = isolated(**given, jobs=2, isolate=False, watch=watch)
    assert report.rows == conform(spec, names, "float64", checks).rows
    assert report.passed
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_divergence_is_found_although_the_process_dies_later(
    isolated: Isolated,
) -> None:
    report = isolated(
        "if type(spec.layers[0]).__name__ == 'ReLU': given = (-given[0], given[1])\n"
        "        elif len(spec.layers) == 2: os._exit(7)"
    )
    assert {row.spec for row in report.bad} == {"ReLU on 3", "net"}
    first, second = report.divergences
    assert first.spec == "ReLU on 3"
    assert first.suspects
    assert (second.spec, second.check) == ("net", "outputs")  # shows the end again


def test_a_death_while_the_layer_is_searched_is_a_row(
    isolated: Isolated, tmp_path: Path
) -> None:
    report = isolated(
        "if type(spec.layers[0]).__name__ == 'ReLU': given = (-given[0], given[1])\n"
        "        self.steps = getattr(self, 'steps', 0) + 1\n"
        "        if self.steps > 6: os._exit(7)"  # two for each model
    )
    assert not report.divergences
    last = report.rows[-1]
    assert (last.check, last.spec) == ("localize", "ReLU on 3")
    assert (last.verdict.status, last.verdict.reason) == ("fail", "ended with 7")
    assert Report.from_json(report.to_json()).rows == report.rows
    report.to_html(tmp_path / "report.html")


def test_objects_stay_in_this_process() -> None:
    report = conform(SPEC, [Wrapped("numpy"), "numpy"], "float64", isolate=True)
    assert [row.backend for row in report.rows] == sorted(
        row.backend for row in report.rows
    )
    assert {row.backend for row in report.rows} == {"numpy", "wrapped numpy"}
    assert report.complete


def test_what_cannot_run_is_refused_before_anything_runs() -> None:
    def watch(done: Done) -> None:
        raise AssertionError(done)

    both: list[Any] = [Wrapped("numpy"), "nmpy"]
    with pytest.raises(NetspecError, match="did you mean 'numpy'"):
        conform(SPEC, both, isolate=True, watch=watch)


def test_an_interrupt_leaves_no_process() -> None:
    def interrupt(done: Done) -> None:
        raise KeyboardInterrupt

    report = conform(SPEC, "numpy", "float64", "outputs", isolate=True, watch=interrupt)
    assert not report.complete
    assert not active_children()


def test_a_process_that_does_not_start_is_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    report = conform(SPEC, "numpy", "float64", "outputs", isolate=True)
    first, *others = (row.verdict for row in report.rows)
    assert (first.status, first.reason) == ("fail", "ended with 3")
    assert [verdict.status for verdict in others] == ["inconclusive"] * 3
    assert {verdict.reason for verdict in others} == {"not asked: it did not start"}


def test_a_worker_in_the_background_ignores_ctrl_c_as_its_children_do(
    isolated: Isolated,
) -> None:
    with handled(signal.SIGINT, signal.SIG_IGN):
        report = isolated("raise RuntimeError(signal.getsignal(signal.SIGINT).name)")
    assert {row.verdict.reason for row in report.bad} == {
        "raised RuntimeError: SIG_IGN"
    }


def test_what_is_in_the_way_on_the_path_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("numpy", "queue", "selectors"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('not this one')")
    monkeypatch.setattr(sys, "path", [*sys.path, Path()])
    assert conform(SPEC, "numpy", "float64", "outputs", isolate=True).passed


SCRIPT = """
import netspec

spec = netspec.Spec("net", (4,), [netspec.Dense(3)])
print(netspec.conform(spec, "numpy", "float64", "outputs", isolate=True).passed)
"""


def test_a_script_is_not_run_again_by_its_processes(tmp_path: Path) -> None:
    script = tmp_path / "script.py"  # without `if __name__ == "__main__"`
    script.write_text(SCRIPT)
    path = os.pathsep.join(filter(None, sys.path))
    shown = subprocess.run(
        [sys.executable, script],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (shown.stdout, shown.stderr) == ("True\n", "")
