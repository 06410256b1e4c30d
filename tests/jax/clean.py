"""Runs exported files where nothing of ours can be imported.

python -I clean.py FOLDER: for each NAME.py in the folder, with an input in NAME.npy,
what `programs` sees goes to NAME.txt and, for names that start with "run", what
`observe` sees to NAME.npz.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np


def programs(init: Callable[..., Any], apply: Callable[..., Any], x: Any) -> str:
    """What JAX is told to compute, in every detail: equal programs give equal bits."""
    key = jax.random.key(0)
    trees = jax.eval_shape(init, key)

    def train(params: Any, state: Any, x: Any, key: Any) -> Any:
        return apply(params, state, x, train=True, key=key)

    traced = (
        jax.make_jaxpr(init)(key),
        jax.make_jaxpr(apply)(*trees, x),
        jax.make_jaxpr(train)(*trees, x, key),
    )
    return "\n".join(f"{made}\n{made.consts}" for made in traced)


def observe(
    init: Callable[..., Any], apply: Callable[..., Any], x: Any
) -> dict[str, Any]:
    """First weights, outputs, gradients and states, by what they are."""
    key = jax.random.key(7)

    @jax.jit
    def run(x: Any, key: Any) -> Any:
        params, state = init(key)

        def loss(params: Any) -> Any:
            y, after = apply(params, state, x, train=True, key=key)
            return (y**2).sum(), (y, after)

        grads, (y, after) = jax.grad(loss, has_aux=True)(params)
        return params, state, grads, y, after, apply(params, after, x)

    leaves, _ = jax.tree_util.tree_flatten_with_path(run(x, key))
    return {jax.tree_util.keystr(path): np.asarray(leaf) for path, leaf in leaves}


def run(path: Path) -> None:
    """Run an exported file in the dtype that it is made for."""
    module = runpy.run_path(str(path))
    functions = module["init"], module["apply"]
    x = np.load(path.with_suffix(".npy"))
    path.with_suffix(".txt").write_text(programs(*functions, x))
    if path.name.startswith("run"):
        np.savez(path.with_suffix(".npz"), **observe(*functions, x))


class Blocked:
    """Finds nothing of ours."""

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition("_")[0].partition(".")[0] == "netspec":
            raise ImportError(f"{name} is blocked")


if __name__ == "__main__":
    sys.meta_path.insert(0, Blocked())
    for exported in sorted(Path(sys.argv[1]).glob("*.py")):
        with jax.enable_x64(exported.stem.endswith("64")):
            run(exported)
