"""Make one forward and one backward pass of the reference."""

from __future__ import annotations

import numpy as np

from netspec.contract import Array, Step, Trace
from netspec.reference._evaluation import Run
from netspec.reference._interpreter import evaluate
from netspec.spec import Spec


def step(spec: Spec, x: Array, cotangent: Array, run: Run) -> Step:
    """Make one forward and one backward pass in the given run."""
    if spec.input_dtype == "float":
        x = run.ops.value(x)
    run.params = {path: run.ops.value(value) for path, value in run.params.items()}
    output, pullback = evaluate(spec.graph, x, run)
    dx = pullback(run.ops.value(cotangent))
    running = [p for p, q in spec.parameters().items() if not q.trainable]
    state = {path: run.state.get(path, run.params[path]).copy() for path in running}
    grads = {path: run.grads[path] for path in spec.parameters() if path in run.grads}
    return Step(output, dx if spec.input_dtype == "float" else None, grads, state)


def trace(spec: Spec, x: Array, cotangent: Array, run: Run) -> Trace:
    """Make a step and keep every layer's output and gradient; what overflows does so
    without a warning.
    """
    outputs: dict[str, Array] = {}
    grads: dict[str, Array] = {}
    run.watch, run.watch_grad = outputs.__setitem__, grads.__setitem__
    with np.errstate(all="ignore"):
        taken = step(spec, x, cotangent, run)
    return Trace(taken, outputs, grads)
