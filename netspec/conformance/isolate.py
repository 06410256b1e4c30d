"""Each backend of a run in a process of its own, so that a crash, a hang or a kill of
one is a verdict and the run goes on with the next unit.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from subprocess import PIPE
from tempfile import TemporaryFile
from threading import TIMEOUT_MAX, Timer
from typing import IO, Any, NamedTuple

from netspec.conformance.choices import Chosen, list_checks, list_dtypes, list_names
from netspec.conformance.document import decode_localization, decode_row
from netspec.conformance.report import Done, Localization, Row
from netspec.conformance.verdict import failed
from netspec.errors import NetspecError
from netspec.spec import Spec

WORKER = [sys.executable, "-m", "netspec.conformance.worker"]


class Request(NamedTuple):
    """What a worker is asked for; see `netspec.conformance.worker`."""

    specs: list[dict[str, Any]]
    backend: str
    dtypes: list[str]
    checks: list[str]
    seed: int
    skip: int = 0


def isolated(
    specs: list[Spec],
    backends: Chosen,
    dtypes: Any,
    checks: Any,
    seed: int,
    timeout: float,
) -> Iterator[Done | Localization]:
    """What comes of each unit, as `netspec.conformance.run.run_all` gives it.

    Raises:
        NetspecError: a backend is an object, which no other process has, or unknown,
            or not installed; or nothing can wait so long.
    """
    if not 0 < timeout <= TIMEOUT_MAX:
        raise NetspecError(
            f"timeout must be above 0 and at most {TIMEOUT_MAX:.0f} seconds, received"
            f" {timeout:g}"
        )
    names = list_names(backends)
    documents = [spec.to_dict() for spec in specs]
    chosen = list_dtypes(dtypes), list_checks(checks), seed
    for index, name in enumerate(names):
        for event in _one(Request(documents, name, *chosen), timeout):
            if isinstance(event, Done):
                share = (index + event.share) / len(names)
                yield event._replace(share=share)
            else:
                yield event


def _one(request: Request, timeout: float) -> Iterator[Done | Localization]:
    """All units of one backend; after the death of a worker, a new one goes on."""
    units: list[tuple[str, str, str]] = []
    done = 0
    while done <= len(units):
        try:
            for document in _documents(request._replace(skip=done), timeout):
                if isinstance(document, list):
                    units = document
                elif "script" in document:
                    yield decode_localization(document)
                else:
                    done += 1
                    yield _done(document, done / len(units))
        except DeathError as death:
            place = units[done] if done < len(units) else ("", "", "")
            done += 1
            yield _death(request.backend, place, str(death), done / (len(units) or 1))
        else:
            return
        if not units:
            return


def _done(document: dict[str, Any], share: float) -> Done:
    rows = [decode_row(row) for row in document["rows"]]
    return Done(**{**document, "rows": rows, "share": share})


def _death(backend: str, place: tuple[str, str, str], why: str, share: float) -> Done:
    check, spec, dtype = place
    row = Row(check, backend, spec, dtype, "its process", failed(why))
    return Done(backend, check, [row], 0.0, min(share, 1.0))


class DeathError(Exception):
    """A worker ended before its work did."""


def _documents(request: Request, timeout: float) -> Iterator[Any]:
    """What a worker writes.

    Raises:
        DeathError: it crashed, hung or was killed.
    """
    with TemporaryFile("w+") as errors, _start(errors) as worker:
        try:
            _ask(worker, request)
            while line := _line(worker, timeout):
                yield json.loads(line)
            if code := worker.wait():
                raise DeathError(_ending(code, errors))
        finally:
            worker.kill()


def _start(errors: IO[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (our own module)
        WORKER, stdin=PIPE, stdout=PIPE, stderr=errors, text=True
    )


def _ask(worker: subprocess.Popen[str], request: Request) -> None:
    assert worker.stdin is not None
    try:
        json.dump(request._asdict(), worker.stdin)
        worker.stdin.close()
    except BrokenPipeError:
        return  # it died before it listened; how is said where it is read


def _line(worker: subprocess.Popen[str], timeout: float) -> str:
    """The next line; empty at the end, whole or not."""
    assert worker.stdout is not None
    late: list[bool] = []

    def kill() -> None:
        late.append(True)
        worker.kill()

    timer = Timer(timeout, kill)
    timer.start()
    try:
        line = worker.stdout.readline()
    finally:
        timer.cancel()
    if late:
        raise DeathError(f"no answer within {timeout:g} s; it was killed")
    return line if line.endswith("\n") else ""


def _ending(code: int, errors: IO[str]) -> str:
    errors.seek(0)
    last = errors.read().strip().rpartition("\n")[2]
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with {code}" + (f": {last}" if last else "")
