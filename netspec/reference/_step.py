"""One forward and one backward pass of the reference."""

from __future__ import annotations

from netspec.contract import (
    Array,
    Step,
)
from netspec.reference._evaluation import Run
from netspec.reference._interpreter import evaluate
from netspec.spec import Spec


def step(spec: Spec, x: Array, cotangent: Array, run: Run) -> Step:
    """One forward and one backward pass of the reference in the given run."""
    if spec.input_dtype == "float":
        x = run.ops.value(x)
    run.params = {path: run.ops.value(value) for path, value in run.params.items()}
    output, pullback = evaluate(spec.graph, x, run)
    dx = pullback(run.ops.value(cotangent))
    running = [p for p, q in spec.parameters().items() if not q.trainable]
    state = {path: run.state.get(path, run.params[path]).copy() for path in running}
    grads = {path: run.grads[path] for path in spec.parameters() if path in run.grads}
    return Step(output, dx if spec.input_dtype == "float" else None, grads, state)
