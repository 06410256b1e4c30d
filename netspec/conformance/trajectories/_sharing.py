"""A cache on disk for the processes of one run: the first that needs a value computes
it, the others wait and load it.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from netspec._system import write_atomically

T = TypeVar("T")

FOLDER = "NETSPEC_SHARED"  # names the folder that the processes of a run share


def share(name: str, makers: Sequence[Callable[[], T]]) -> list[T]:
    """Compute values, or load those that another process of the run has computed.

    Values that another process is computing are left for last, so that several
    processes compute at once. If a process dies, another computes the value that it
    began.

    Args:
        name: by which all processes know these values.
        makers: functions that compute one value each, which can be pickled.
    """
    folder = os.environ.get(FOLDER)
    if folder is None:
        return [make() for make in makers]
    values: dict[int, T] = {}
    for patiently in (False, True):
        for index in set(range(len(makers))) - values.keys():
            path = Path(folder, f"{name}-{index}")
            with suppress(Timeout), FileLock(f"{path}.lock", blocking=patiently):
                values[index] = _kept(path, makers[index])
    return [values[index] for index in range(len(makers))]


def _kept(path: Path, make: Callable[[], T]) -> T:
    if path.exists():
        found: T = pickle.loads(path.read_bytes())  # noqa: S301 (of this run)
        return found
    value = make()
    write_atomically(path, pickle.dumps(value))
    return value
