"""Nets whose signal is known, and the reference's forecast of a trace."""

from __future__ import annotations

import numpy as np

from netspec import Dense, Initializer, InitPolicy, Layer, Residual, Spec
from netspec.conformance.judging import REPLICAS, UNIT_ROUNDOFF, Case, Expected, widen
from netspec.contract import Array, Trace
from netspec.reference import Choices, Exact, Perturbed, Record, Replay, Run, step

BACKENDS = ("numpy", "torch", "gluon", "jax")


def deep(
    depth: int,
    width: int,
    activation: type[Layer] | None = None,
    weight: Initializer | None = None,
) -> Spec:
    """Dense layers without bias, each with an activation."""
    chosen = [] if activation is None else [activation]
    layers = [
        part
        for _ in range(depth)
        for part in (Dense(width, bias=False), *(kind() for kind in chosen))
    ]
    policy = None if weight is None else InitPolicy(weight)
    return Spec("deep", (width,), layers, policy)


def residual(spec: Spec) -> Spec:
    """Its layers in pairs, each pair with a way around it."""
    pairs = zip(spec.layers[::2], spec.layers[1::2], strict=True)
    blocks = [Residual([dense, activation]) for dense, activation in pairs]
    return Spec("residual", spec.input_shape, blocks, spec.init)


def named(trace: Trace) -> dict[str, Array]:
    """Everything in a trace by name."""
    outputs = {f"output {path}": array for path, array in trace.outputs.items()}
    grads = {f"grad {path}": array for path, array in trace.grads.items()}
    params = {f"grad {path}": array for path, array in trace.step.grad_params.items()}
    return outputs | grads | params


def forecast(case: Case) -> dict[str, Expected]:
    """What the reference says of a trace, by the rule of all tolerances."""
    record = Record()
    exact = _trace(case, None, record)
    squares = dict.fromkeys(exact, 0.0)
    for seed in range(REPLICAS):
        for name, value in _trace(case, seed, Replay(record.made)).items():
            squares[name] += float(np.sum((value - exact[name]) ** 2))
    return {
        name: Expected(value, (squares[name] / REPLICAS) ** 0.5, case.dtype)
        for name, value in exact.items()
    }


def _trace(case: Case, replica: int | None, choices: Choices) -> dict[str, Array]:
    unit = UNIT_ROUNDOFF[case.dtype]
    outputs: dict[str, Array] = {}
    grads: dict[str, Array] = {}
    run = Run(
        {path: widen(value) for path, value in case.params.items()},
        case.train,
        ops=Exact() if replica is None else Perturbed(unit, replica),
        choices=choices,
        watch=outputs.__setitem__,
        watch_grad=grads.__setitem__,
    )
    taken = step(case.spec, widen(case.x), widen(case.cotangent), run)
    return named(Trace(taken, outputs, grads))
