"""Explain flips: ambiguous units that a backend decides differently.

A few units may stay on a kink because no bias can move them away from it. Least squares
finds those that the backend decided differently from the reference, given how each
single flip changes the tensors of the reference. The reference then runs again with
these flips; the tolerance stays the same.
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
    """A value that may fall on the other piece of its function.

    Attributes:
        decision: index of the decision about the value.
        position: index of the value in the array that is decided.
    """

    decision: int
    position: tuple[int, ...]


def explain(
    case: Case, numerics: Numerics, forecast: Forecast, received: Mapping[str, Array]
) -> Forecast | None:
    """Return the forecast with the flips that a backend seems to have made.

    Args:
        case: the model, and the numbers at which it was evaluated.
        numerics: conventions that the backend declares.
        forecast: forecast of the case, with ambiguous units.
        received: tensors that the backend returned, by name.

    Returns:
        None if more than `MOST` units are ambiguous or a tensor is malformed; nothing
        is decided then.
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
    after = exact(f for f, weight in zip(flips, solution, strict=True) if weight > 0.5)
    return Forecast({n: replace(e, exact=after[n]) for n, e in expected.items()})


def _flips(forecast: Forecast) -> Iterator[Flip]:
    for index, mask in enumerate(forecast.contested):
        for position in np.argwhere(mask):
            yield Flip(index, tuple(map(int, position)))


def _distances(values: Mapping[str, Array], expected: Mapping[str, Expected]) -> Array:
    """Concatenate the differences of all tensors from the reference, each divided by
    the allowed distance.
    """
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
    """Decide as just beyond the kink; for a pool, in favor of the second largest."""
    if decision.kinks:
        x = decision.x[position]
        kink = min(decision.kinks, key=lambda kink: abs(kink - x))
        beyond = np.nextafter(kink, np.inf) if x == kink else 2 * kink - x
        return decision.decide(np.array([beyond]))[0]
    candidates = np.moveaxis(decision.x, 0, -1)[position].copy()
    candidates[decision.choice[position]] = -np.inf
    return decision.decide(candidates)
