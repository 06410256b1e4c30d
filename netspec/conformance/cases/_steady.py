"""Draw cotangents for which the gradients of parameters do not cancel.

The gradient of a bias is a sum over all positions of a batch. Of n random terms a sum
grows with the square root of n, what rounding may do to it with n: from a few thousand
positions on a float32 gradient would be compared to no more than a few digits. A change
of the output that a change of the parameters makes, added to the cotangent, gives every
such sum a part that grows with n, too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netspec.conformance.judging import Case, forecast, widen
from netspec.contract import Array, Arrays
from netspec.reference import Free, Run, evaluate

CHANGE = 0.1  # of the parameters, relative


def steadied(case: Case, seed: int) -> Case:
    """Return a case, with another cotangent where rounding would hide much of the
    gradient of a parameter.

    Args:
        case: of a single layer.
        seed: of the random change of the parameters.
    """
    if not case.spec.parameters():
        return case
    expected = forecast(case).tensors.items()
    if not any(name.startswith("grad ") and of.is_blunt for name, of in expected):
        return case
    params = {path: widen(value) for path, value in case.params.items()}
    random, before = np.random.default_rng(seed), _output(case, params)
    cotangent = widen(case.cotangent)
    for path, parameter in case.spec.parameters().items():
        if parameter.trainable:
            changed = params | {path: _near(random, params[path])}
            cotangent = cotangent + _standard(_output(case, changed) - before)
    return replace(case, cotangent=cotangent.astype(case.dtype))


def _near(random: np.random.Generator, value: Array) -> Array:
    start = value if value.any() else np.ones_like(value)
    return value + CHANGE * start * random.normal(size=value.shape)


def _standard(change: Array) -> Array:
    """Scale a change of the output to the size of a random cotangent."""
    scale = float(np.std(change))
    return change / scale if np.isfinite(scale) and scale else np.zeros_like(change)


def _output(case: Case, params: Arrays) -> Array:
    run = Run(dict(params), case.train, choices=Free())
    output, _ = evaluate(case.spec.graph, widen(case.x), run)
    return output
