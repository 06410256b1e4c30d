"""Draw what backends are asked to train: a model, an optimizer, and batches.

Any batch will do: units on a kink matter only where a backend is too far from the
reference. One run serves all backends and dtypes, so every number is representable in
float32.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from netspec.conformance.cases import draw_case, draw_input
from netspec.conformance.judging import Case
from netspec.conformance.training._recipes import (
    Recipe,
    Recipes,
    draw_target,
    recipes,
)
from netspec.contract import Array, Arrays
from netspec.reference import Descent, Run, slope
from netspec.spec import Spec

GROWTH = 2.0**8  # of loss and gradient, over the first
REACH = tuple(2.0**-n for n in range(1, 16, 2))  # sizes of a step, over the parameters'


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A run of training with all its numbers.

    Attributes:
        recipe: how the model is trained.
        spec: the model, without dropout.
        params: first values of the parameters, by canonical path.
        xs: inputs, (steps, batch, ...).
        ys: targets or labels, (steps, batch, ...).
    """

    recipe: Recipe
    spec: Spec
    params: Arrays
    xs: Array
    ys: Array

    def of(self, dtype: str) -> TrainingRun:
        """Return the same run in the format under test; integers stay as they are."""
        params = {path: fit(value, dtype) for path, value in self.params.items()}
        xs, ys = fit(self.xs, dtype), fit(self.ys, dtype)
        return TrainingRun(self.recipe, self.spec, params, xs, ys)


def fit(x: Array, dtype: str) -> Array:
    """Convert an array to a dtype; integers stay as they are."""
    return x.astype(dtype) if np.issubdtype(x.dtype, np.floating) else x


@lru_cache(maxsize=4)
def training_runs(
    spec: Spec, seed: int, batch: int, steps: int
) -> tuple[TrainingRun, ...]:
    """Draw a run for every recipe; none for a spec without trainable parameters.

    Rates are as large as they can be without a step that moves the parameters by more
    than their size: where an update is small beside what it moves, the rounding of what
    is stored hides it.

    Args:
        spec: the model, without dropout.
        seed: seed of all random draws.
        batch: number of examples in a step.
        steps: number of steps.
    """
    if not any(parameter.trainable for parameter in spec.parameters().values()):
        return ()
    case = draw_case(spec, train=True, dtype="float32", seed=seed, batch=batch)
    random = np.random.default_rng(seed)
    of = recipes(case, steps, random)
    return tuple(
        _calmest(case, number, of, own, steps)
        for number, own in enumerate(random.spawn(len(of(1.0))))
    )


def _calmest(
    case: Case, number: int, of: Recipes, random: np.random.Generator, steps: int
) -> TrainingRun:
    """Draw the run of a recipe, with the largest rate that suits it."""
    spec, batch, loss = case.spec, len(case.x), of(1.0)[number].loss
    xs = np.stack([draw_input(spec, random, batch, "float32") for _ in range(steps)])
    ys = np.stack([draw_target(spec, loss, random, batch) for _ in range(steps)])
    for reach in REACH:
        run = TrainingRun(of(reach)[number], spec, case.params, xs, ys)
        if _is_calm(run):
            break
    return run


def _is_calm(run: TrainingRun) -> bool:
    """Tell whether no step of the reference moves the parameters by more than their
    size, and neither loss nor gradient grows far beyond the first that is not 0, as
    both may where a net is deep.
    """
    wide, recipe = run.of("float64"), run.recipe
    first: list[float] = []
    params, optimizer = wide.params, Descent(recipe.optimizer)
    rates = recipe.optimizer.rates(len(run.xs))
    for x, y, rate in zip(wide.xs, wide.ys, rates, strict=True):
        with np.errstate(all="ignore"):
            found = slope(run.spec, x, y, recipe.loss, Run(params, train=True))
            optimizer = optimizer.begin(rate)
            moves = {p: optimizer.move(p, params[p], g) for p, g in found.grads.items()}
        size = _length(params[path] for path in moves)
        now = [_length([found.loss]), _length(found.grads.values())]
        first = [old or new for old, new in zip(first or now, now, strict=True)]
        if not _length(moves.values()) <= size or any(
            not new <= GROWTH * old for new, old in zip(now, first, strict=True)
        ):
            return False
        for path, grad in found.grads.items():
            optimizer.keep(path, params[path], grad)
        moved = {path: np.asarray(params[path] - move) for path, move in moves.items()}
        params = {**params, **found.state, **moved}
    return True


def _length(arrays: Iterable[Array]) -> float:
    """Return the 2-norm of all values together, NaN or infinity if one of them is."""
    return math.hypot(*(float(np.linalg.norm(array)) for array in arrays))
