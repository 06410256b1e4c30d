"""Hold what a step computes on its way, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netspec.contract._protocol import Array, Step


@dataclass(frozen=True)
class Trace:
    """One forward and one backward pass, layer by layer.

    Attributes:
        step: what `Backend.step` gives.
        outputs: of every layer, by canonical path, containers included, batch first,
            channels first.
        grads: gradients of ``sum(output * cotangent)`` with respect to each of them,
            over all paths from it to the output of the model; shapes as in `outputs`.
    """

    step: Step
    outputs: Mapping[str, Array]
    grads: Mapping[str, Array]
