"""Draw inputs and cotangents for which the outputs and gradients of a layer do not
cancel.

The gradient of a bias is a sum over all positions of a batch, an output one over all
that a kernel reads. Of n random terms a sum grows with the square root of n, what
rounding may do to it with n: from a few thousand terms on a float32 tensor would be
compared to no more than a few digits. A change of the output that a change of the
parameters makes, added to the cotangent, gives every such gradient a part that grows
with n, too; and so does the gradient of the input, added to the input, for outputs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netspec.conformance.judging import Case, forecast, widen
from netspec.contract import Array, Arrays
from netspec.reference import Free, Run, evaluate

CHANGE = 0.1  # of the parameters, relative


def steadied(case: Case, seed: int) -> Case:
    """Return a case, with another input where rounding would hide much of the output,
    and another cotangent where it would hide much of the gradient of a parameter.

    Args:
        case: of a single layer.
        seed: of the random change of the parameters.
    """
    if not case.spec.parameters():
        return case
    if _hides(case, "output") and case.spec.input_dtype == "float":
        toward = forecast(case).tensors["grad_input"].exact
        x = widen(case.x) + _standard(toward)
        case = replace(case, x=x.astype(case.dtype))
    return _with_cotangent(case, seed) if _hides(case, "grad ") else case


def _hides(case: Case, kind: str) -> bool:
    """Tell whether rounding would hide much of a tensor of a kind."""
    expected = forecast(case).tensors.items()
    return any(name.startswith(kind) and of.is_blunt for name, of in expected)


def _with_cotangent(case: Case, seed: int) -> Case:
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
