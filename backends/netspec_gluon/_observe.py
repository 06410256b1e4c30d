"""Run an exported file without netspec; the script of `GluonBackend.observer`."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


class Lean:
    """An import hook that hides modules which MXNet imports without needing them; they
    take half of the time of its import.
    """

    def find_spec(self, name: str, *_: object) -> None:
        mxnet = sys.modules.get("mxnet")
        importing = mxnet and getattr(mxnet.__spec__, "_initializing", False)
        if importing and name in ("scipy.stats", "sklearn"):
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Lean())


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
            the file does, and to return them, too: first, after the step, and their
            gradients.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: of first weights and of dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    import mxnet as mx  # the file itself has made that possible

    mx.random.seed(seed)
    net = module["build"]()
    if weights is None:
        module["initialize"](net)
    else:
        module["load_weights"](net, weights)
    parameters = net._collect_params_with_prefix()
    first = {f"first {n}": p.data().copy() for n, p in parameters.items()}
    batch, seen = (mx.nd.array(array, dtype=array.dtype) for array in (x, cotangent))
    before = net(batch)
    if x.dtype.kind == "f":
        batch.attach_grad()
    mx.random.seed(seed)
    with mx.autograd.record():
        trained = net(batch)
    trained.backward(seen)
    after = net(batch)
    arrays = {"evaluation": before, "training": trained, "afterwards": after}
    if x.dtype.kind == "f":
        arrays["gradient"] = batch.grad
    if weights is None:
        arrays |= first | {f"after {n}": p.data() for n, p in parameters.items()}
        learned = {n: p for n, p in parameters.items() if p.grad_req != "null"}
        arrays |= {f"grad {n}": p.grad() for n, p in learned.items()}
    return {name: array.asnumpy() for name, array in arrays.items()}
