"""Choices: which piece of a piecewise function each value falls on.

ReLU masks and pooling winners are decisions. A run makes them freely, or repeats
those of another run: a perturbed run must, else one unit on a kink inflates its error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

Array = NDArray[Any]
Decide = Callable[[Array], Array]


class Choices(Protocol):
    """Makes, repeats or watches decisions."""

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        """The values to go on with, and the decision for each.

        Args:
            path: canonical path of the layer.
            x: what is decided on.
            kinks: values of x at which the decision changes; none where candidates
                along axis 0 of x compete for the largest.
            decide: makes the decision.
        """


class Decision(NamedTuple):
    """One decision as it was made; the fields are those of `Choices.pin`."""

    path: str
    x: Array
    kinks: tuple[float, ...]
    decide: Decide
    choice: Array


@dataclass
class Record:
    """Decides freely and keeps every decision, in order."""

    made: list[Decision] = field(default_factory=list)

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        choice = decide(x)
        self.made.append(Decision(path, x, kinks, decide, choice))
        return x, choice


class Replay:
    """Repeats decisions that another run of the same model made.

    Args:
        made: those decisions, in order.
    """

    def __init__(self, made: Iterable[Decision]) -> None:
        self.seen: list[Decision] = []
        self._made = iter(made)

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        choice = next(self._made).choice
        self.seen.append(Decision(path, x, kinks, decide, choice))
        return x, choice


class Free:
    """Decides and forgets."""

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        return x, decide(x)
