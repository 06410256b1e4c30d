"""Runs exported files where nothing of ours can be imported.

python -I clean.py FOLDER: for each NAME.py in the folder, with inputs in NAME.npy, what
`observe` sees goes to NAME.npz.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

SEED = 7


def observe(make: Callable[[], Any], x: np.ndarray) -> dict[str, np.ndarray]:
    """Weights, outputs and state of a net, all that its random numbers decide."""
    import mxnet as mx

    mx.random.seed(SEED)
    net = make()
    batch = mx.nd.array(x, dtype=x.dtype)
    parameters = net._collect_params_with_prefix()
    first = {f"first {n}": p.data().asnumpy() for n, p in parameters.items()}
    if x.dtype.kind == "f":
        batch.attach_grad()
    with mx.autograd.record():
        trained = net(batch)
    trained.backward()
    seen = {"train": trained.asnumpy(), "evaluate": net(batch).asnumpy()}
    if x.dtype.kind == "f":
        seen["gradient"] = batch.grad.asnumpy()
    return (
        first | seen | {f"after {n}": p.data().asnumpy() for n, p in parameters.items()}
    )


def run(path: Path) -> dict[str, np.ndarray]:
    """What an exported file gives."""
    module = runpy.run_path(str(path))

    def make() -> Any:
        net = module["build"]()
        module["initialize"](net)
        return net

    return observe(make, np.load(path.with_suffix(".npy")))


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
    for exported in sorted(Path(sys.argv[1]).glob("*.py")):
        observed: Any = run(exported)
        np.savez(exported.with_suffix(".npz"), **observed)
    if names() != before:
        raise SystemExit("numpy is not as it was")
