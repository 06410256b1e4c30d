"""Backends that do something to the process that they are in.

Each is the reference under the name of its deed, but for a step of one model:
`tests.hostile.deeds:backends.crashes` is one that crashes there. The workers of the
command import this module.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import pickle
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from netspec import Dense, Spec
from netspec.conformance import checks, judging
from netspec.conformance.processes import _answer as answers
from netspec.contract import Step
from netspec_numpy import NumpyBackend

SOUND = "numpy"
FOREVER = 3600.0
MOMENT = 1.0
HIGHEST = 64  # above any descriptor of a worker


class Deed(NamedTuple):
    """What a backend does at a step.

    Attributes:
        act: gets the input, the cotangent and the right step; may return another step.
        layers: number of layers of the model at which it acts: 1 for the ReLU alone, 2
            for the net, which comes last.
    """

    act: Callable[..., Any]
    layers: int


class Hostile(NumpyBackend):
    """The reference, but for a deed.

    Args:
        name: of the backend.
        deed: what it does.
    """

    def __init__(self, name: str, deed: Deed) -> None:
        self.name = name
        self.deed = deed

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        right = super().step(model, spec, *given, **how)
        if len(spec.layers) != self.deed.layers or isinstance(spec.layers[-1], Dense):
            return right
        changed = self.deed.act(*given, right)
        return changed if isinstance(changed, Step) else right


DEEDS: dict[str, Deed] = {}  # by the names of their backends


def deed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Do this at a ReLU alone; then there is more to do."""
    DEEDS[function.__name__] = Deed(function, 1)
    return function


def last(function: Callable[..., Any]) -> Callable[..., Any]:
    """Do this at the last model."""
    DEEDS[function.__name__] = Deed(function, 2)
    return function


class Backends:
    """All hostile backends, by name."""

    def __getattr__(self, name: str) -> Hostile:
        if name == "exits_on_import":
            os._exit(0)
        if name == "raises_on_import":
            sys.exit("no licence")
        if name == "lies_about_its_name":
            return Hostile(SOUND, DEEDS["is_wrong"])
        if name not in DEEDS:
            raise AttributeError(name)
        return Hostile(name, DEEDS[name])


backends = Backends()


# The end of the process


@last
def crashes(*_: Any) -> None:
    ctypes.string_at(0)


@last
def aborts(*_: Any) -> None:
    os.abort()


@last
def exits_with_0(*_: Any) -> None:
    os._exit(0)


@last
def exits_with_3(*_: Any) -> None:
    os._exit(3)


@last
def exits_in_a_thread(*_: Any) -> None:
    Thread(target=os._exit, args=[0]).start()
    time.sleep(FOREVER)


@last
def exits_as_python_does(*_: Any) -> None:
    sys.exit(0)


@last
def kills_itself(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@last
def terminates_itself(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@last
def forks_in_c(*_: Any) -> None:
    """The child holds all pipes open; the hooks of Python do not see it."""
    if not ctypes.CDLL(None).fork():
        time.sleep(FOREVER)
    os._exit(5)


@last
def is_out_of_memory(*_: Any) -> None:
    raise MemoryError


# Exceptions


class Unpicklable(Exception):
    def __init__(self) -> None:
        super().__init__("bad")
        self.function = lambda: None


class Speechless(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


@last
def raises_what_cannot_be_pickled(*_: Any) -> None:
    raise Unpicklable


@last
def raises_what_has_no_text(*_: Any) -> None:
    raise Speechless


@last
def raises_an_interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


# Hangs


@deed
def hangs(*_: Any) -> None:
    while True:
        pass


@deed
def hangs_in_c(*_: Any) -> None:
    """Nothing else of Python runs meanwhile, no thread either."""
    ctypes.PyDLL(None).sleep(int(FOREVER))


@deed
def stops_itself(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


# Nonsense in the pipes


def write_everywhere(content: bytes) -> None:
    for descriptor in range(HIGHEST):
        try:
            if select.select([], [descriptor], [], 0)[1]:
                os.write(descriptor, content)
        except OSError:
            continue
    time.sleep(MOMENT)  # the answer itself comes after the command has read this


@last
def writes_null_everywhere(*_: Any) -> None:
    write_everywhere(b"null\n")


@last
def writes_framed_garbage_everywhere(*_: Any) -> None:
    write_everywhere(struct.pack("!i", 7) + b"garbage")


@last
def writes_a_number_everywhere(*_: Any) -> None:
    content = pickle.dumps(5)
    write_everywhere(struct.pack("!i", len(content)) + content)


@last
def closes_everything(*_: Any) -> None:
    os.closerange(0, HIGHEST)
    time.sleep(MOMENT)


@deed
def answers_for_another(*_: Any) -> None:
    """Gives rows that say that another backend passed."""
    run = answers.run
    answers.run = lambda unit: [replace(row, backend="numpy") for row in run(unit)]


@deed
def gives_no_rows(*_: Any) -> None:
    checks.CHECKS["outputs"] = lambda subject: iter(())


# What must not matter to anybody


@deed
def makes_noise(*_: Any) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.write("noise\n")
        stream.flush()
    for descriptor in (1, 2):
        os.write(descriptor, b"\xff\x00 noise\n")


@deed
def has_no_stdout(*_: Any) -> None:
    sys.stdout = sys.stderr = None  # type: ignore[assignment]


@deed
def leaves_a_thread(*_: Any) -> None:
    Thread(target=time.sleep, args=[FOREVER]).start()


@deed
def never_ends_its_exit(*_: Any) -> None:
    atexit.register(time.sleep, FOREVER)


@deed
def ignores_signals(*_: Any) -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue


@deed
def removes_its_files(*_: Any) -> None:
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)


# Its own judge: within its process nothing is safe from it, beyond it all is


@deed
def judges_itself(*given: Any) -> Step:
    good = judging.decided(True, "")
    for module in [*sys.modules.values()]:
        if hasattr(module, "judge") and module.__name__.startswith("netspec."):
            module.judge = lambda *_: good  # type: ignore[attr-defined]
    return replace(given[-1], output=given[-1].output + 100)


@deed
def is_wrong(*given: Any) -> Step:
    return replace(given[-1], output=given[-1].output + 100)


ONCE = "NETSPEC_TESTS_KILLED_ONCE"  # names a file that is there once it has been done


@deed
def kills_its_parent_once(*_: Any) -> None:
    """Kill the process that asks, such as a worker of Dask."""
    done = Path(os.environ[ONCE])
    if not done.exists():
        done.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(FOREVER)
