"""Explained flips: what is left where no bias can be nudged off a kink.

A backend may decide the few units on a kink the other way. Which ones it did is solved
by least squares for 0 or 1 flips, from the reference's change with each flip; then the
reference runs again with those flips, and the tolerance stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from netspec.conformance.judging._case import Case
from netspec.conformance.judging._forecast import Forecast, step_of, tensors
from netspec.conformance.judging._tolerance import Expected, is_malformed
from netspec.contract import Array, Numerics
from netspec.reference import Decision, Replay

MOST = 32


class Flip(NamedTuple):
    """One value that may fall on the other piece: its decision and its position."""

    decision: int
    position: tuple[int, ...]


def explain(
    case: Case, numerics: Numerics, forecast: Forecast, received: Mapping[str, Array]
) -> Forecast | None:
    """The forecast with the flips that a backend seems to have made.

    Args:
        case: what was evaluated.
        numerics: the declared ways of the backend.
        forecast: of the case, with contested units.
        received: what the backend gave, by tensor.

    Returns:
        None where more than `MOST` units are contested, or a tensor is malformed, so
        that nothing is decided.
    """
    flips = list(_flips(forecast))
    expected = forecast.tensors
    if len(flips) > MOST or any(
        name not in received or is_malformed(received[name], of_tensor)
        for name, of_tensor in expected.items()
    ):
        return None

    def exact(chosen: Iterable[Flip]) -> dict[str, Array]:
        choices = Replay(_flipped(forecast.decisions, chosen))
        return tensors(step_of(case, numerics, choices))

    columns = [_distances(exact([flip]), expected) for flip in flips]
    solution, *_ = np.linalg.lstsq(
        np.stack(columns, axis=1), _distances(received, expected), rcond=None
    )
    after = exact(f for f, share in zip(flips, solution, strict=True) if share > 0.5)
    return Forecast({n: replace(e, exact=after[n]) for n, e in expected.items()})


def _flips(forecast: Forecast) -> Iterator[Flip]:
    for index, mask in enumerate(forecast.contested):
        for position in np.argwhere(mask):
            yield Flip(index, tuple(map(int, position)))


def _distances(values: Mapping[str, Array], expected: Mapping[str, Expected]) -> Array:
    """All tensors as one vector of distances from the reference, in what is allowed."""
    parts = []
    for name, of_tensor in expected.items():
        finite = np.isfinite(of_tensor.exact)
        distance = values[name][finite].astype(np.float64) - of_tensor.exact[finite]
        parts.append(distance / (of_tensor.allowed or 1.0))
    return np.concatenate(parts)


def _flipped(made: Iterable[Decision], flips: Iterable[Flip]) -> list[Decision]:
    decisions = list(made)
    for index, position in flips:
        decision = decisions[index]
        choice = decision.choice.copy()
        choice[position] = _other(decision, position)
        decisions[index] = decision._replace(choice=choice)
    return decisions


def _other(decision: Decision, position: tuple[int, ...]) -> object:
    """What would be decided just beyond the kink; of a pool, the second largest."""
    if decision.kinks:
        x = decision.x[position]
        kink = min(decision.kinks, key=lambda kink: abs(kink - x))
        beyond = np.nextafter(kink, np.inf) if x == kink else 2 * kink - x
        return decision.decide(np.array([beyond]))[0]
    candidates = np.moveaxis(decision.x, 0, -1)[position].copy()
    candidates[decision.choice[position]] = -np.inf
    return decision.decide(candidates)
