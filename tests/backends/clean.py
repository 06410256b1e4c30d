"""Runs exported files where nothing of ours can be imported.

python -I clean.py OBSERVER FOLDER: for each NAME.py in the folder, with inputs in
NAME.npy, what the observer, a file with functions `of_file` and `observe`, sees of it
goes to NAME.npz.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np


class Blocked:
    """Finds nothing of ours."""

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition("_")[0].partition(".")[0] == "netspec":
            raise ImportError(f"{name} is blocked")


def names() -> set[str]:
    """What numpy has; submodules aside, which appear once something imports them."""
    return {name for name, v in vars(np).items() if not isinstance(v, ModuleType)}


if __name__ == "__main__":
    sys.meta_path.insert(0, Blocked())
    before = names()
    observer = runpy.run_path(sys.argv[1])
    for path in sorted(Path(sys.argv[2]).glob("*.py")):
        made = observer["of_file"](runpy.run_path(str(path)))
        seen: Any = observer["observe"](made, np.load(path.with_suffix(".npy")))
        np.savez(path.with_suffix(".npz"), **seen)
    if names() != before:
        raise SystemExit("numpy is not as it was")
