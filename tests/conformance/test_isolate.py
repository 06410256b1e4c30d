"""Backends in processes of their own: whatever one does to its process is a verdict."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from netspec import BatchNorm, Dense, Dropout, ReLU, Spec
from netspec.conformance import conform
from netspec.conformance.processes import _workers as workers
from netspec.conformance.report import Done, Report
from tests.interrupts import HEARING, IGNORING, handled

SPEC = Spec("net", (4,), [Dense(3), ReLU()])
STEP = ("outputs", "gradients")
TERMINAL = {"TTY_COMPATIBLE": "1", "TERM": "xterm"}
NETSPEC = (sys.executable, "-m", "netspec", "conform")

Isolated = Callable[..., Report]

HOSTILE = """
import os
import re
import signal
import sys
import time

from netspec_numpy import NumpyBackend


class Hostile(NumpyBackend):
    def __init__(self, name):
        self.name = name

    def step(self, model, spec, *given, **how):
        if type(spec.layers[0]).__name__ == "ReLU":
            {deed}
        return super().step(model, spec, *given, **how)


hostile, other = Hostile("hostile"), Hostile("other")
"""


@pytest.fixture
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Isolated:
    """A run with a backend, registered by a package of its own, that does something to
    its process where it is given a ReLU; it is there twice, as hostile and as other.
    """
    info = tmp_path / "hostile-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0")
    points = [f"{name} = hostile_backend:{name}" for name in ("hostile", "other")]
    (info / "entry_points.txt").write_text("\n".join(["[netspec.backends]", *points]))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)

    def run(
        deed: str,
        first: str = "",
        names: tuple[str, ...] = ("hostile",),
        jobs: int = 0,
        timeout: float = 60.0,
        spec: Spec = SPEC,
        checks: tuple[str, ...] = STEP,
    ) -> Report:
        code = first + HOSTILE.format(deed=deed)
        (tmp_path / "hostile_backend.py").write_text(code)
        how: Any = {"jobs": jobs} if jobs else {"isolate": True}
        return conform(spec, names, "float64", checks, timeout=timeout, **how)

    return run


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "killed by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL"),
        ("os._exit(7)", "ended with 7"),
        ("sys.exit(7)", "raised SystemExit: 7"),
        ("print('noise'); raise ValueError('bad')", "raised ValueError: bad"),
    ],
)
def test_the_end_of_a_process_is_a_verdict(
    isolated: Isolated, deed: str, reason: str
) -> None:
    report = isolated(deed, names=("hostile", "numpy"))
    assert report.complete
    assert not report.passed
    bad = {(row.backend, row.spec) for row in report.bad}
    assert bad == {("hostile", "ReLU on 3")}
    assert all(reason in row.verdict.reason for row in report.bad)
    sound = {(row.backend, row.spec) for row in report.rows if row.verdict.good}
    assert sound == {
        ("hostile", "Dense(3) on 4"),
        ("hostile", "net"),
        *(("numpy", name) for name in ("Dense(3) on 4", "ReLU on 3", "net")),
    }


def test_a_hang_is_a_verdict(
    isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    once = "if not os.path.exists('hung'): open('hung', 'w').close(); time.sleep(600)"
    (row,) = isolated(once, timeout=10.0).bad
    assert row.verdict.reason == "no answer within 10 s; it was killed"


def test_a_backend_that_dies_on_import_is_one_verdict(isolated: Isolated) -> None:
    both = "hostile", "numpy"
    report = isolated("pass", first="import os\nos._exit(9)\n", names=both)
    (row,) = report.bad
    assert row.backend == "hostile"
    assert row.verdict.reason.startswith("ended with 9")
    assert report.select(backend="numpy")


def test_isolated_runs_find_the_same() -> None:
    spec = Spec("norm", (3,), [BatchNorm()])
    shares: list[float] = []

    def watch(done: Done) -> None:
        shares.append(done.share)

    apart = conform(spec, ["numpy", "torch"], checks=STEP, isolate=True, watch=watch)
    together = conform(spec, ["numpy", "torch"], checks=STEP)
    assert set(apart.rows) == set(together.rows)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("jobs", [2, 9])
def test_jobs_find_the_same_in_the_same_order(isolated: Isolated, jobs: int) -> None:
    names, checks = ("numpy", "other", "hostile"), ("state", "dropout")
    spec = Spec("norm", (3,), [BatchNorm(), Dropout(0.5)])
    report = isolated("pass", names=names, jobs=jobs, spec=spec, checks=checks)
    assert report.rows == conform(spec, names, "float64", checks).rows


def test_a_divergence_is_found_in_isolation_too(isolated: Isolated) -> None:
    report = isolated("return super().step(model, spec, -given[0], given[1])")
    assert {found.spec for found in report.divergences} == {"ReLU on 3"}


def test_a_divergence_is_found_although_the_process_dies_later(
    isolated: Isolated,
) -> None:
    wrong, dead = "given = (-given[0], given[1])", "os._exit(7)"
    report = isolated(f"{wrong}\n        elif len(spec.layers) == 2: {dead}")
    assert {row.spec for row in report.bad} == {"ReLU on 3", "net"}
    assert {found.spec for found in report.divergences} == {"ReLU on 3"}


@contextmanager
def running(
    folder: Path, *options: str, start: tuple[str, ...] = HEARING
) -> Iterator[Popen[bytes]]:
    """A run that has begun; its processes are a group."""
    SPEC.save(folder / "net.yaml")
    with Popen(
        [*start, *NETSPEC, "net.yaml", "--json", "report.json", *options],
        cwd=folder,
        env=os.environ | TERMINAL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        shown = b""
        while not re.search(rb"gluon|jax|numpy|torch", shown):  # in the progress bar
            shown += os.read(process.stderr.fileno(), 1024) or b"torch"
        yield process
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def interrupt(process: Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.parametrize("end", [interrupt, Popen.terminate])
def test_ctrl_c_ends_all_processes(
    tmp_path: Path, end: Callable[[Popen[bytes]], None]
) -> None:
    two = "--backend", "numpy", "--backend", "jax", "--jobs", "2"
    with running(tmp_path, *two) as process:
        end(process)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"INTERRUPTED:" in out.splitlines()[-1]
    assert not Report.from_json((tmp_path / "report.json").read_text()).complete


def test_what_runs_in_the_background_ignores_ctrl_c(tmp_path: Path) -> None:
    alone = "--backend", "numpy", "--isolate"
    with running(tmp_path, *alone, start=IGNORING) as process:
        interrupt(process)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"PASSED:" in out.splitlines()[-1]


def test_a_worker_in_the_background_ignores_ctrl_c_as_its_children_do(
    isolated: Isolated,
) -> None:
    deed = "raise RuntimeError(signal.getsignal(signal.SIGINT).name)"
    with handled(signal.SIGINT, signal.SIG_IGN):
        report = isolated(deed)
    assert {row.verdict.reason for row in report.bad} == {
        "raised RuntimeError: SIG_IGN"
    }


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("os.kill(os.getpid(), 40)", "killed by signal 40"),
        ("os.write(2, b'\\xff bad'); os._exit(7)", "ended with 7: \ufffd bad"),
        ("if not os.fork(): time.sleep(30)\n            os._exit(7)", "ended with 7"),
    ],
    ids=["nameless signal", "no text", "a child is left"],
)
def test_strange_ends_are_verdicts_too(
    isolated: Isolated, deed: str, reason: str
) -> None:
    report = isolated(deed, timeout=20.0)
    assert {row.verdict.reason for row in report.bad} == {reason}
    assert len(report.bad) == len(STEP)


def test_a_worker_that_never_listens_is_a_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "WORK", "raise SystemExit(3) # {}")
    more_than_a_pipe_holds = Spec("net", (4,), [Dense(4)] * 3000)
    report = conform(more_than_a_pipe_holds, "numpy", "float64", STEP, isolate=True)
    assert [row.verdict.reason for row in report.rows] == ["ended with 3"]


def test_a_death_on_import_does_not_take_others_with_it(isolated: Isolated) -> None:
    names = "numpy", "torch", "hostile"  # the first and the last share a process
    report = isolated("pass", first="import os\nos._exit(9)\n", names=names, jobs=2)
    assert [row.backend for row in report.bad] == ["hostile"]
    assert report.unproved == ["hostile"]


def test_a_killed_process_leaves_no_files(
    isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "temporary"
    here.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(here))
    monkeypatch.setenv("TMPDIR", str(here))
    deed = "import tempfile; tempfile.mkdtemp(); os.kill(os.getpid(), signal.SIGKILL)"
    assert {row.verdict.reason for row in isolated(deed).bad} == {"killed by SIGKILL"}
    assert not list(here.iterdir())


def test_modules_of_this_folder_are_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not this one')")
    assert conform(SPEC, "numpy", "float64", STEP, isolate=True).passed


def test_a_path_that_python_ignores_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, Path()])
    assert conform(SPEC, "numpy", "float64", "outputs", isolate=True).passed
