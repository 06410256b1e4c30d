"""Tracing: what a backend may do besides, so that a signal can be followed through its
model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from netspec.contract._protocol import Array, Step
from netspec.spec import Spec


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


@runtime_checkable
class TracingBackend(Protocol):
    """What a backend may have besides, for `netspec.probe`."""

    def trace(
        self,
        model: Any,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Trace:
        """`Backend.step`, and what it computes on the way, as the framework itself
        computes it: what overflows there is infinite here.

        Raises:
            InputError: `x` or `cotangent` has the wrong shape, dtype or index range.
        """
