"""What exported files compute, seen where netspec cannot be imported."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryFile
from threading import Timer
from typing import TypeAlias

import numpy as np

from netspec.conformance.checks import _without_netspec as without_netspec
from netspec.contract import Array, Observer

TIMEOUT = 300.0  # seconds for one folder

Seen: TypeAlias = dict[str, Array]
"""What an observer sees of a net, by name."""


def run_exported(
    observer: Observer, folder: Path, path: tuple[str, ...] = ()
) -> dict[str, Seen | str]:
    """Run all exported files of a folder in one process that cannot import netspec.

    Args:
        observer: of the backend that exported them.
        folder: of each NAME.py, with its inputs in NAME.npz: a batch ``x``, a
            ``cotangent`` and a ``seed`` below 2^31. Weights are those in
            NAME.safetensors; where there is no such file, they are drawn with the seed
            as the exported file does it, and are seen, too.
        path: folders from which the files may import everything, netspec, too; an
            isolated interpreter without netspec if empty.

    Returns:
        What was seen of each NAME, or why nothing was.
    """
    ended = _ask(observer, folder, path)
    stems = [path.with_suffix("") for path in sorted(folder.glob("*.py"))]
    return {stem.name: _read(stem) or ended for stem in stems}


def _read(stem: Path) -> Seen | str | None:
    error, seen = stem.with_suffix(".error"), stem.with_suffix(".seen.npz")
    if error.exists():
        return error.read_text(encoding="utf-8")
    if not seen.exists():
        return None
    with np.load(seen) as arrays:
        return dict(arrays)


def _ask(observer: Observer, folder: Path, path: tuple[str, ...]) -> str:
    """Let files run; how their process ended."""
    runner = _WAITING.pop((observer, path), None) or Runner(observer, path)
    try:
        return runner.run(folder)
    finally:
        if runner.waits:
            _WAITING[observer, path] = runner
        else:
            runner.end()


class Runner:
    """A process that has imported a framework, and runs one folder after the other.

    Args:
        observer: of the backend that exports the files.
        path: from which they may import everything.

    Attributes:
        waits: whether it is ready for another folder.
    """

    def __init__(self, observer: Observer, path: tuple[str, ...]) -> None:
        self.waits = False
        self._errors = TemporaryFile("w+", errors="replace")  # noqa: SIM115 (see end)
        self._process = subprocess.Popen(  # noqa: S603 (our own script)
            [*PYTHON, without_netspec.__file__, str(observer.script), *path],
            stdin=PIPE,
            stdout=PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, **observer.environment},
            start_new_session=True,  # a group, to be killed with all that it starts
        )
        atexit.register(self.end)

    def run(self, folder: Path) -> str:
        """Run the files of a folder; how their process ended."""
        assert self._process.stdin is not None
        self.waits, before = False, self._errors.seek(0, os.SEEK_END)
        with suppress(BrokenPipeError):  # how it died is said where it is read
            print(folder, file=self._process.stdin, flush=True)
        line = self._line()
        if line is None:
            return f"no result after {TIMEOUT:g} s"
        self.waits = bool(line)
        code = int(line) if line else self._process.wait()
        self._errors.seek(before)
        last = self._errors.read().strip().rpartition("\n")[2]
        return f"the process ended with {code}: {last}"

    def _line(self) -> str | None:
        """Read the next line of output, empty if it ended; None if there is none."""
        assert self._process.stdout is not None
        late: list[bool] = []

        def kill() -> None:
            late.append(True)
            self._kill()

        timer = Timer(TIMEOUT, kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        return None if late else line

    def _kill(self) -> None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def end(self) -> None:
        """Kill it, and leave nothing of it."""
        atexit.unregister(self.end)
        self._kill()
        with suppress(BrokenPipeError), self._process:
            pass
        self._errors.close()


PYTHON = sys.executable, "-I"
_WAITING: dict[tuple[Observer, tuple[str, ...]], Runner] = {}
