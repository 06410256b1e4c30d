"""Run an exported file without netspec; the script of `FlaxBackend.observer`."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from flax import nnx

try:
    from jax import enable_x64
except ImportError:  # before jax 0.8
    from jax.experimental import enable_x64  # type: ignore[attr-defined, no-redef]


def observe(
    module: dict[str, Any],
    weights: str | None,
    x: np.ndarray,
    cotangent: np.ndarray,
    seed: int,
) -> dict[str, np.ndarray]:
    """Run a net in evaluation mode, for one training step, and in evaluation again.

    Args:
        module: the names that the exported file defines.
        weights: path of the safetensors file with the parameters. None to draw them as
            the file does, and to return them, too.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: of first weights and of dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    wide = cotangent.dtype == np.float64
    with enable_x64(wide), jax.default_matmul_precision("highest"):
        net = module["Net"](rngs=nnx.Rngs(seed))
        if weights is not None:
            module["load_weights"](net, weights)
        seen = _run(net, x, cotangent, seed)
        if weights is None:
            held = jax.tree.leaves_with_path(nnx.state(net, (nnx.Param, nnx.BatchStat)))
            seen |= {jax.tree_util.keystr(path): leaf for path, leaf in held}
        return {name: np.asarray(array) for name, array in seen.items()}


def _reseed(net: Any, key: jax.Array) -> None:
    """Give streams of random numbers keys, as the backend does."""
    streams = [s for _, s in nnx.iter_graph(net) if isinstance(s, nnx.RngStream)]
    for index, stream in enumerate(streams):
        stream.key.set_value(jax.random.fold_in(key, index))
        stream.count.set_value(jax.numpy.zeros((), jax.numpy.uint32))


def _run(net: Any, x: np.ndarray, cotangent: np.ndarray, seed: int) -> dict[str, Any]:
    split: Any = nnx.split
    graph, params, stats, rest = split(net, nnx.Param, nnx.BatchStat, ...)
    floats = x.dtype.kind == "f"
    with enable_x64(False):
        key = jax.random.fold_in(jax.random.key(seed), 0)  # as the backend makes it

    def applied(params: Any, stats: Any, x: Any, train: bool) -> Any:
        merge: Any = nnx.merge
        own = merge(graph, params, stats, rest, copy=True)
        own.train() if train else own.eval()
        if train:
            _reseed(own, key)
        return own(x), nnx.state(own, nnx.BatchStat)

    @jax.jit
    def evaluate(params: Any, stats: Any, x: Any) -> Any:
        return applied(params, stats, x, False)[0]

    @jax.jit
    def step(params: Any, stats: Any, x: Any, cotangent: Any) -> Any:
        def forward(params: Any, batch: Any = x) -> Any:
            return applied(params, stats, batch, True)

        inputs = (params, x) if floats else (params,)
        y, pullback, after = jax.vjp(forward, *inputs, has_aux=True)
        return y, pullback(cotangent), after

    before = evaluate(params, stats, x)
    trained, grads, after = step(params, stats, x, cotangent)
    seen = {"evaluation": before, "training": trained}
    seen["afterwards"] = evaluate(params, after, x)
    return {**seen, "gradient": grads[1]} if floats else seen
