"""Decisions: on which piece of a piecewise function each value falls.

ReLU masks and pooling winners are decisions. A run makes them freely, or repeats those
of another run. A perturbed run must repeat them: else one unit on a kink inflates its
error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

Array = NDArray[Any]
Decide = Callable[[Array], Array]


class Choices(Protocol):
    """The object that makes or repeats the decisions of a run."""

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        """Return the values to continue with, and the decision for each value.

        Args:
            path: canonical path of the layer.
            x: the values to decide on.
            kinks: values of x at which the decision changes; empty if candidates along
                axis 0 of x compete for the largest.
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
    """Decisions made freely, all kept in order."""

    made: list[Decision] = field(default_factory=list)

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        choice = decide(x)
        self.made.append(Decision(path, x, kinks, decide, choice))
        return x, choice


class Replay:
    """Decisions repeated from another run of the same model.

    Args:
        made: decisions of the other run, in order.
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
    """Decisions made freely, none kept."""

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        return x, decide(x)
