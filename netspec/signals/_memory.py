"""Compare what a probe holds at once with the memory of this machine."""

from __future__ import annotations

import math

import numpy as np

from netspec._system import check_fits
from netspec.errors import shorten
from netspec.spec import Spec

DRAWN = 8  # bytes of a number as it is drawn, in float64


def check_activations(spec: Spec, batch: int, steps: int, dtype: str) -> None:
    """Refuse a probe that this machine cannot hold, before anything is drawn.

    A backend holds the output of every layer and the gradient with respect to it; and
    parameters are held drawn, in the model, and as gradients.

    Args:
        spec: the net.
        batch: number of examples.
        steps: number of training steps before, whose batches are all held.
        dtype: of the computation.

    Raises:
        NetspecError: that is more than the physical memory.
    """
    read, given = math.prod(spec.input_shape), math.prod(spec.output_shape)
    activations = batch * (read + sum(map(math.prod, spec.shapes().values())))
    weights = sum(parameter.size for parameter in spec.parameters().values())
    held = np.dtype(dtype).itemsize * (2 * activations + 3 * weights)
    drawn = DRAWN * batch * (max(read, given) + steps * (read + given))
    check_fits(
        held + drawn,
        f"a probe of {shorten(spec.name)} holds {activations:,} activations, as many"
        f" gradients and {weights:,} parameters",
        "take a smaller batch or fewer steps, or make its layers smaller",
    )
