"""Ways of a framework's own that the reference can follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netspec.spec import Spec

if TYPE_CHECKING:
    from netspec.contract._training import Optimizer


def nearest_float32(value: float) -> float:
    """A scalar in float32, rounded once."""
    return float(np.float32(value))


@dataclass(frozen=True)
class Numerics:
    """What a framework does in a way of its own, declared to the reference.

    A backend may have an attribute `numerics`; without one it has these defaults.

    Attributes:
        running_variance: what running_variance="native" means there.
        float32_scalars: layer types and fields, such as ``("LayerNorm", "eps")``,
            that the framework keeps in float32 whatever the dtype of the model; those
            of an optimizer are named ``("Optimizer", "lr")``.
        to_float32: what becomes of those: the nearest float32, unless the framework
            rounds more than once, such as where it reads them from text.
        velocity_holds_rate: whether momentum accumulates ``lr * g`` instead of g, which
            shows where the rate changes.
        adam_eps: whether Adam adds eps to the root of the second moment ``"corrected"``
            for its bias or of the ``"raw"`` one.
    """

    running_variance: str = "biased"
    float32_scalars: frozenset[tuple[str, str]] = frozenset()
    to_float32: Callable[[float], float] = nearest_float32
    velocity_holds_rate: bool = False
    adam_eps: str = "corrected"

    def on(self, spec: Spec, optimizer: Optimizer | None = None) -> Numerics:
        """The same, with all that does not matter to a spec, and to its training if
        there is an optimizer, at its default.
        """
        layers = [node.layer for node in spec.graph.walk()]
        native = any(getattr(x, "running_variance", "") == "native" for x in layers)
        types = {type(part).__name__ for part in (*layers, optimizer)}
        moving = optimizer is not None and optimizer.changes_rate
        adam = optimizer is not None and optimizer.method == "adam"
        scalars = frozenset(pair for pair in self.float32_scalars if pair[0] in types)
        neutral = Numerics()
        return Numerics(
            self.running_variance if native else neutral.running_variance,
            scalars,
            self.to_float32 if scalars else neutral.to_float32,
            self.velocity_holds_rate if moving and not adam else False,
            self.adam_eps if adam else neutral.adam_eps,
        )
