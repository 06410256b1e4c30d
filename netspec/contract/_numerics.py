"""Numeric conventions of frameworks that the reference can imitate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from netspec.declare import FrozenDict
from netspec.spec import Spec

if TYPE_CHECKING:
    from netspec.contract._training import Optimizer


def nearest_float32(value: float) -> float:
    """Round a number once, to float32."""
    return float(np.float32(value))


@dataclass(frozen=True)
class Numerics:
    """Numeric conventions of a framework, which the reference imitates when it predicts
    that framework's results.

    A backend may have an attribute `numerics`; without it these defaults hold.

    Attributes:
        running_variance: meaning of running_variance="native" in the framework,
            ``"biased"`` or ``"unbiased"``.
        float32_scalars: layer types and fields, such as ``("LayerNorm", "eps")``,
            whose values the framework keeps in float32 whatever the dtype of the model;
            fields of an optimizer are named ``("Optimizer", "lr")``.
        to_float32: rounds the values of these fields: to the nearest float32, unless
            the framework rounds more than once, for example when it reads text.
        velocity_holds_rate: whether momentum accumulates ``lr * g`` instead of g; the
            results differ if the learning rate changes.
        adam_eps: the second moment to whose root Adam adds eps: ``"corrected"`` for its
            bias, or ``"raw"``.
        devices: by name of a field above, the kinds of devices on which it was seen,
            such as ``("cpu", "gpu")``, or ``("any",)`` where it cannot depend on them.
            What is not listed was seen on the CPU. On other devices, what rests on it
            is left undecided.
    """

    running_variance: str = "biased"
    float32_scalars: frozenset[tuple[str, str]] = frozenset()
    to_float32: Callable[[float], float] = nearest_float32
    velocity_holds_rate: bool = False
    adam_eps: str = "corrected"
    devices: FrozenDict[str, tuple[str, ...]] = field(
        default=FrozenDict(), compare=False
    )

    def seen_on(self, convention: str) -> tuple[str, ...]:
        """Return the kinds of devices on which a convention was seen."""
        return self.devices.get(convention, ("cpu",))

    def on(self, spec: Spec, optimizer: Optimizer | None = None) -> Numerics:
        """Reset the conventions that cannot affect a spec (and its training, if an
        optimizer is given) to their defaults, so that backends that agree share one
        cached prediction.
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
