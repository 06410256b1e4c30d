"""Runs of the command with hostile backends, and a sound one after them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from netspec import Dense, ReLU, Spec
from netspec.conformance.report import Report, Row
from tests.hostile.backend import SOUND
from tests.hostile.entry_points import register

MODULE = "tests.hostile.deeds"
SPEC = Spec("net", (4,), [Dense(3), ReLU()])


class Run(NamedTuple):
    """A run of the command.

    Attributes:
        code: its exit code.
        deeds: the backends before the sound one.
        checks: names of the checks.
        timeout: seconds that a check may take.
        sound: the backend after them.
    """

    code: int
    deeds: tuple[str, ...]
    checks: tuple[str, ...] = ("outputs",)
    timeout: int = 60
    sound: tuple[str, ...] = (SOUND,)

    @property
    def backends(self) -> tuple[str, ...]:
        """All backends, in the order of the command line."""
        return *self.deeds, *self.sound


RUNS = (
    Run(
        1,
        (
            "crashes",
            "aborts",
            "exits_with_0",
            "exits_in_a_thread",
            "exits_as_python_does",
            "terminates_itself",
            "ends_with_a_nameless_signal",
            "says_why_it_ends",
            "forks_in_c",
            "is_out_of_memory",
            "raises_what_cannot_be_pickled",
            "raises_what_has_no_text",
            "raises_an_interrupt",
            "writes_null_everywhere",
            "writes_framed_garbage_everywhere",
            "writes_a_number_everywhere",
            "closes_everything",
            "answers_for_another",
            "gives_no_rows",
            "exits_on_import",
            "raises_on_import",
            "lies_about_its_name",
            "writes_into_its_input",
            "writes_into_the_cotangent",
            "writes_into_its_input_by_force",
            "gives_arrays_that_judge_themselves",
            "judges_itself",
            "is_wrong",
        ),
    ),
    Run(1, ("exits_with_0",), sound=()),
    Run(1, ("hangs", "hangs_in_c", "stops_itself"), ("outputs", "state"), timeout=4),
    Run(
        0,
        (
            "makes_noise",
            "has_no_stdout",
            "leaves_a_thread",
            "never_ends_its_exit",
            "ignores_signals",
            "removes_its_files",
        ),
    ),
)


class Outcome(NamedTuple):
    """What a run came to.

    Attributes:
        code: exit code.
        rows: by backend, of the report on stdout.
        left: names of the temporary files that are left.
    """

    code: int
    rows: dict[str, list[Row]]
    left: list[str]


def carry_out(run: Run) -> Outcome:
    """Run the command."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        temporary = folder / "temporary"
        temporary.mkdir()
        register(folder, {one: f"{MODULE}:backends.{one}" for one in run.deeds})
        SPEC.save(folder / "net.yaml")
        done = subprocess.run(
            [sys.executable, "-m", "netspec", "conform", "net.yaml", *_options(run)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": _path(folder), "TMPDIR": str(temporary)},
            capture_output=True,
            check=False,
        )
        left = [path.name for path in temporary.iterdir()]
    report = Report.from_json(done.stdout.decode())
    rows = {one: report.select(backend=one) for one in run.backends}
    return Outcome(done.returncode, rows, left)


def _options(run: Run) -> list[str]:
    backends = [word for name in run.backends for word in ("--backend", name)]
    checks = [word for name in run.checks for word in ("--check", name)]
    how = ["--dtype", "float64", "--timeout", str(run.timeout), "--json", "-"]
    return [*backends, *checks, *how]


def _path(folder: Path) -> str:
    return os.pathsep.join([str(folder), *filter(None, sys.path)])
