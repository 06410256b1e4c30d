"""The reference as a backend that does something at a step of one model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from netspec import Dense, Spec
from netspec.contract import Step
from netspec_numpy import NumpyBackend

SOUND = "numpy"
FOREVER = 3600.0  # seconds


class Deed(NamedTuple):
    """What a backend does at a step.

    Attributes:
        act: gets the input, the cotangent and the right step; may return another step.
        layers: number of layers of the model at which it acts: 1 for the ReLU alone, 2
            for the net, which comes last.
    """

    act: Callable[..., Any]
    layers: int


class Hostile(NumpyBackend):
    """The reference, but for a deed.

    Args:
        name: of the backend.
        deed: what it does.
    """

    def __init__(self, name: str, deed: Deed) -> None:
        self.name = name
        self.deed = deed

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        right = super().step(model, spec, *given, **how)
        if len(spec.layers) != self.deed.layers or isinstance(spec.layers[-1], Dense):
            return right
        changed = self.deed.act(*given, right)
        return changed if isinstance(changed, Step) else right


Act = Callable[..., Any]


class Deeds(dict[str, Deed]):
    """Deeds by the names of their backends, which are those of functions."""

    def early(self, act: Act) -> Act:
        """Do this at a ReLU alone; then there is more to do."""
        self[act.__name__] = Deed(act, 1)
        return act

    def last(self, act: Act) -> Act:
        """Do this at the last model."""
        self[act.__name__] = Deed(act, 2)
        return act
