"""What a built model computes of what exported files are asked for.

Also the script of an observer: where the built model and the exported file differ in
their last bits, the model runs again in a process as new as that of the file.
"""

from __future__ import annotations

from typing import Any

from netspec.contract import Array, Arrays, Backend, handed
from netspec.spec import Spec, load_params

Seen = dict[str, Array]


def built(
    backend: Backend,
    spec: Spec,
    dtype: str,
    params: Arrays,
    x: Array,
    cotangent: Array,
    seed: int,
) -> Seen:
    """Run a model in evaluation mode, for one training step, and in evaluation again.

    Args:
        backend: builds and runs it.
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.
        params: first parameters by canonical path.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: of dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    model = backend.compile(spec, params=params, dtype=dtype)
    before = backend.forward(model, spec, x)
    step = backend.step(model, spec, x, cotangent, train=True, seed=seed)
    moved = backend.load_params(model, spec, {**params, **step.state})
    after = backend.forward(moved, spec, x)
    found = {"evaluation": before, "training": step.output, "afterwards": after}
    return found if step.grad_input is None else found | {"gradient": step.grad_input}


def observe(
    module: dict[str, Any], weights: str, x: Array, cotangent: Array, seed: int
) -> Seen:
    """Run the model that a script defines as ``backend``, ``spec`` and ``dtype``."""
    backend, spec, dtype = (module[name] for name in ("backend", "spec", "dtype"))
    _, params = load_params(weights)
    return built(handed(backend), spec, dtype, params, x, cotangent, seed)
