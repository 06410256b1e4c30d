"""Run exported files in an interpreter where netspec cannot be imported.

    python -I _without_netspec.py OBSERVER FOLDER

For each NAME.py in the folder, with weights in NAME.safetensors and a batch, a
cotangent and a seed in NAME.npz, the result of the observer's `observe` goes to
NAME.seen.npz, or the exception that it raises to NAME.error.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


class Blocked:
    """An import finder that refuses netspec and its backends."""

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0].partition("_")[0] == "netspec":
            raise ImportError(f"an exported file must not need {name}")


def main(observer: str, folder: str) -> None:
    """Run every exported file in a folder.

    Args:
        observer: path of the script whose `observe` runs a file.
        folder: where the files are.
    """
    sys.meta_path.insert(0, Blocked())
    observe = runpy.run_path(observer)["observe"]
    for net in sorted(Path(folder).glob("*.py")):
        try:
            np.savez(net.with_suffix(".seen.npz"), **_seen(observe, net))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            net.with_suffix(".error").write_text(text, encoding="utf-8")


def _seen(observe: Callable[..., Any], net: Path) -> dict[str, Any]:
    with np.load(net.with_suffix(".npz")) as given:
        x, cotangent, seed = given["x"], given["cotangent"], int(given["seed"])
    weights, module = str(net.with_suffix(".safetensors")), runpy.run_path(str(net))
    seen: dict[str, Any] = observe(module, weights, x, cotangent, seed)
    return seen


if __name__ == "__main__":
    main(*sys.argv[1:])
