"""``netspec`` interrupted: by Ctrl-C, a closed terminal, or its death."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from netspec import Dense, ReLU, Spec
from netspec.conformance.report import Report
from tests.hostile.entry_points import register
from tests.interrupts import HEARING, IGNORING

SPEC = Spec("net", (4,), [Dense(3), ReLU()])
TERMINAL = {"TTY_COMPATIBLE": "1", "TERM": "xterm"}
NETSPEC = (sys.executable, "-m", "netspec")

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="lists processes"
)


@contextmanager
def running(
    folder: Path, *backends: str, start: tuple[str, ...] = HEARING
) -> Iterator[Popen[bytes]]:
    """A run that has begun; its processes know the temporary folder."""
    SPEC.save(folder / "net.yaml")
    (folder / "temporary").mkdir()
    register(folder, {"hangs": "tests.hostile.deeds:backends.hangs"})
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    mine = {"PYTHONPATH": path, "TMPDIR": str(folder / "temporary")}
    chosen = [word for name in backends for word in ("--backend", name)]
    with Popen(
        [*start, *NETSPEC, "conform", "net.yaml", "--json", "report.json", *chosen],
        cwd=folder,
        env=os.environ | TERMINAL | mine,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        shown = b""
        while not re.search(rb"hangs|numpy", shown):  # in the progress bar
            shown += os.read(process.stderr.fileno(), 1024) or b"numpy"
        yield process


def processes_of(folder: Path) -> list[str]:
    """The processes that were started with this temporary folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder / "temporary").encode() in environment:
            found.append(process.name)
    return found


def check_nothing_is_left(folder: Path) -> None:
    end = time.monotonic() + 20
    while processes_of(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert not processes_of(folder)
    assert not [*(folder / "temporary").iterdir()]


def interrupt(process: Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGINT)


def hang_up(process: Popen[bytes]) -> None:
    process.send_signal(signal.SIGHUP)


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("end", [interrupt, hang_up, Popen.terminate])
def test_nothing_is_left_of_what_was_interrupted(
    tmp_path: Path, end: Callable[[Popen[bytes]], None]
) -> None:
    with running(tmp_path, "hangs") as process:
        end(process)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"INTERRUPTED:" in out.splitlines()[-1]
    assert not Report.from_json((tmp_path / "report.json").read_text()).complete
    check_nothing_is_left(tmp_path)


@needs_proc
@pytest.mark.slow
def test_nothing_is_left_of_what_was_killed(tmp_path: Path) -> None:
    with running(tmp_path, "hangs") as process:
        process.kill()
    check_nothing_is_left(tmp_path)


@pytest.mark.slow
def test_what_runs_in_the_background_ignores_ctrl_c(tmp_path: Path) -> None:
    with running(tmp_path, "numpy", start=IGNORING) as process:
        interrupt(process)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"PASSED:" in out.splitlines()[-1]


# Imported early by `import netspec`, in place of the real one
SLOW = """
import os
import signal
import time

os.kill(os.getpid(), signal.SIGINT)
time.sleep(60)
"""


def test_ctrl_c_while_it_is_imported_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text(SLOW)
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    ended = subprocess.run(
        [*HEARING, *NETSPEC, "schema"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


FRAMEWORK = """
import atexit
import threading
import time

threading.Thread(target=time.sleep, args=[{seconds}]).start()
atexit.register(time.sleep, {seconds})
"""


def test_what_a_module_leaves_running_does_not_keep_it(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text(FRAMEWORK.format(seconds=600))
    done = subprocess.run(
        [sys.executable, "-c", SHORT, "--import", "leaves", "schema"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"{")


SHORT = "import netspec.__main__ as command; command.PATIENCE = 0.5; command.main()"
