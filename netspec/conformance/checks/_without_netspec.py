"""Run exported files in an interpreter where netspec cannot be imported.

    python -I _without_netspec.py OBSERVER [FOLDER ...]

Each line of standard input names a folder. For each NAME.py in it, with a batch, a
cotangent and a seed in NAME.npz and weights, if there are any, in NAME.safetensors, the
result of the observer's `observe` goes to NAME.seen.npz, or the exception that it
raises to NAME.error. Where processes can be forked, each folder has one of its own,
which finds the framework imported, and its exit code is a line of standard output.

Where folders are given, files import from these, netspec, too.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

FORKS = sys.platform == "linux"  # elsewhere what frameworks load may not survive it

Observe = Callable[..., dict[str, Any]]


class Blocked:
    """An import finder that refuses netspec and its backends."""

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0].partition("_")[0] == "netspec":
            raise ImportError(f"an exported file must not need {name}")


def main(observer: str, *folders: str) -> None:
    """Run the exported files of every folder.

    Args:
        observer: path of the script whose `observe` runs a file.
        folders: the path of imports, with netspec; that of this process, and without
            netspec, if there are none.
    """
    if folders:
        sys.path[:] = folders
    else:
        sys.meta_path.insert(0, Blocked())
    if hasattr(os, "killpg"):
        Thread(target=_follow_parent, args=[os.getppid()], daemon=True).start()
    observe = runpy.run_path(observer)["observe"]
    for line in sys.stdin:
        if FORKS and (child := os.fork()):
            _, status = os.waitpid(child, 0)
            os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))
            continue
        os.dup2(2, 1)  # whatever files print
        _run(observe, Path(line.rstrip("\n")))
        sys.stdout.flush()
        os._exit(0)  # nothing of what was imported has anything to do at exit


def _follow_parent(parent: int) -> None:
    """End, with what was forked, once the process that started this one has ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


def _run(observe: Observe, folder: Path) -> None:
    for net in sorted(folder.glob("*.py")):
        try:
            np.savez(net.with_suffix(".seen.npz"), **_seen(observe, net))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            net.with_suffix(".error").write_text(text, encoding="utf-8")


def _seen(observe: Observe, net: Path) -> dict[str, Any]:
    with np.load(net.with_suffix(".npz")) as given:
        x, cotangent, seed = given["x"], given["cotangent"], int(given["seed"])
    weights, module = net.with_suffix(".safetensors"), runpy.run_path(str(net))
    path = str(weights) if weights.exists() else None
    return observe(module, path, x, cotangent, seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
