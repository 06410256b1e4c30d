"""Runs on a Dask cluster, of which a worker is killed."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import NamedTuple

import pytest

from netspec.conformance import conform
from netspec.conformance.processes import _dask as dask
from netspec.conformance.report import Report, environment
from tests.command import Command, check_refused
from tests.hostile.entry_points import register
from tests.hostile.mischief import ONCE
from tests.hostile.runs import MODULE, SPEC

pytest.importorskip("distributed")

NAME = "kills_its_parent_once"
LOCAL = ("--host", "127.0.0.1", "--no-dashboard")


class Running(NamedTuple):
    """A cluster on this machine.

    Attributes:
        scheduler: its address.
        killed: a file that is there once the backend `NAME` has killed a worker.
    """

    scheduler: str
    killed: Path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A scheduler and two workers, each a process, and a backend that kills one."""
    folder = tmp_path_factory.mktemp("cluster")
    register(folder, {NAME: f"{MODULE}:backends.{NAME}"})
    where, killed = folder / "scheduler.json", folder / "killed"
    file, started = ("--scheduler-file", str(where)), []
    with pytest.MonkeyPatch.context() as here:
        here.syspath_prepend(folder)
        here.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        here.setenv(ONCE, str(killed))
        started += [_start("dask_scheduler", *file, "--port", "0", *LOCAL)]
        try:
            while not where.exists():
                time.sleep(0.1)
            worker = "dask_worker", *file, "--no-nanny", "--nthreads", "1", *LOCAL
            started += [_start(*worker), _start(*worker)]
            yield Running(json.loads(where.read_text())["address"], killed)
        finally:
            for process in started:
                process.kill()
                process.wait()


@pytest.fixture
def net(tmp_path: Path) -> Path:
    SPEC.save(tmp_path / "net.yaml")
    return tmp_path / "net.yaml"


def _start(command: str, *options: str) -> Popen[bytes]:
    module = f"distributed.cli.{command}"
    words = [sys.executable, "-m", module, *options]
    return Popen(words, stdout=DEVNULL, stderr=DEVNULL)


@pytest.mark.slow
def test_a_worker_with_another_netspec_is_refused(
    netspec: Command, net: Path, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "_digest", lambda: "another")
    outcome = netspec("conform", net, "--dask", running.scheduler)
    check_refused(outcome, "has another netspec")
    assert "install the same netspec where the workers run" in outcome.err


@pytest.mark.slow
def test_a_killed_worker_changes_nothing(
    netspec: Command, net: Path, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = environment()
    monkeypatch.setattr(dask, "environment", lambda: here | {"numpy": "0.1"})
    names = "numpy", NAME
    chosen = [word for name in names for word in ("--backend", name)]
    how = "--check", "outputs", "--dask", running.scheduler
    path = net.with_name("report.json")
    outcome = netspec("conform", net, *chosen, *how, "--json", path)
    assert outcome.code == 0, outcome
    assert running.killed.exists()  # so that it does nothing more, in what follows
    report = Report.from_json(path.read_text())
    assert report.rows == conform(SPEC, names, checks="outputs").rows
    assert report.environment["numpy of workers"] == here["numpy"]


def test_a_scheduler_that_is_not_there(netspec: Command, net: Path) -> None:
    outcome = netspec("conform", net, "--dask", "no address:x")
    check_refused(outcome, "no Dask scheduler at 'no address:x'")


def test_jobs_are_not_for_a_cluster(netspec: Command, net: Path) -> None:
    both = "--dask", "tcp://127.0.0.1:1", "--jobs", "2"
    check_refused(netspec("conform", net, *both), "--jobs counts")
