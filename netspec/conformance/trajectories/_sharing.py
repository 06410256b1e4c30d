"""What the processes of a run need: each value is made by whoever begins it first."""

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
    """What all make, here or in another process of the run.

    What another is making is left for last, so that several make values at once. If it
    dies, another makes what it began.

    Args:
        name: by which all processes know these values, which pickle takes.
        makers: of one value each.
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
