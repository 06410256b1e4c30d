"""Runs on a Dask cluster, of which a worker is killed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen

import pytest

from netspec.conformance import conform
from netspec.conformance.report import Report
from tests.command import Command, check_refused
from tests.hostile.entry_points import register
from tests.hostile.mischief import ONCE
from tests.hostile.runs import MODULE, SPEC

pytest.importorskip("distributed")

NAME = "kills_its_parent_once"
LOCAL = ("--host", "127.0.0.1", "--no-dashboard")


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is there once a worker was killed by the backend `NAME`."""
    register(tmp_path, {NAME: f"{MODULE}:backends.{NAME}"})
    monkeypatch.syspath_prepend(tmp_path)
    path = os.pathsep.join(filter(None, sys.path))
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv(ONCE, str(tmp_path / "killed"))
    return tmp_path / "killed"


@pytest.fixture
def scheduler(tmp_path: Path, backend: Path) -> Iterator[str]:
    """A scheduler with two workers, each a process; its address."""
    where = tmp_path / "scheduler.json"
    file = "--scheduler-file", str(where)
    started = [_start("dask_scheduler", *file, "--port", "0", *LOCAL)]
    try:
        while not where.exists():
            time.sleep(0.1)
        worker = "dask_worker", *file, "--no-nanny", "--nthreads", "1", *LOCAL
        started += [_start(*worker), _start(*worker)]
        yield _address(where)
    finally:
        for process in started:
            process.kill()
            process.wait()


def _start(command: str, *options: str) -> Popen[bytes]:
    module = f"distributed.cli.{command}"
    words = [sys.executable, "-m", module, *options]
    return Popen(words, stdout=DEVNULL, stderr=DEVNULL)


def _address(where: Path) -> str:
    import json

    return str(json.loads(where.read_text())["address"])


@pytest.mark.slow
def test_a_killed_worker_changes_nothing(
    netspec: Command, tmp_path: Path, backend: Path, scheduler: str
) -> None:
    SPEC.save(tmp_path / "net.yaml")
    names = "numpy", NAME
    chosen = [word for name in names for word in ("--backend", name)]
    outcome = netspec(
        *("conform", tmp_path / "net.yaml", *chosen, "--check", "outputs"),
        *("--dask", scheduler, "--json", tmp_path / "report.json"),
    )
    assert outcome.code == 0, outcome
    assert backend.exists()  # so that it does nothing more, here
    report = Report.from_json((tmp_path / "report.json").read_text())
    assert report.rows == conform(SPEC, names, checks="outputs").rows


def test_a_scheduler_that_is_not_there(netspec: Command, tmp_path: Path) -> None:
    SPEC.save(tmp_path / "net.yaml")
    outcome = netspec("conform", tmp_path / "net.yaml", "--dask", "no address:x")
    check_refused(outcome, "no Dask scheduler at 'no address:x'")


def test_jobs_are_not_for_a_cluster(netspec: Command, tmp_path: Path) -> None:
    SPEC.save(tmp_path / "net.yaml")
    both = "--dask", "tcp://127.0.0.1:1", "--jobs", "2"
    check_refused(netspec("conform", tmp_path / "net.yaml", *both), "--jobs counts")
