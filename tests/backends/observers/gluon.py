"""Weights, outputs, gradient and state of a Gluon net, all that its random numbers
decide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Make = Callable[[], Any]


def of_file(module: dict[str, Any]) -> Make:
    def make() -> Any:
        net = module["build"]()
        module["initialize"](net)
        return net

    return make


def of_backend(backend: Any, spec: Any, dtype: str) -> Make:
    return lambda: backend.compile(spec, dtype=dtype)


def observe(make: Make, x: np.ndarray) -> dict[str, np.ndarray]:
    import mxnet as mx  # the exported file has prepared numpy for it

    mx.random.seed(7)
    net, floats = make(), x.dtype.kind == "f"
    batch = mx.nd.array(x, dtype=x.dtype if floats else "int32")
    parameters = net._collect_params_with_prefix()
    first = {f"first {n}": p.data().asnumpy() for n, p in parameters.items()}
    if floats:
        batch.attach_grad()
    with mx.autograd.record():
        trained = net(batch)
    trained.backward()
    seen = {"train": trained.asnumpy(), "test": net(batch).asnumpy()}
    if floats:
        seen["gradient"] = batch.grad.asnumpy()
    after = {f"after {n}": p.data().asnumpy() for n, p in parameters.items()}
    return first | seen | after
