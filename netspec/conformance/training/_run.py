"""Draw what backends are asked to train: a model, an optimizer, and batches.

Any batch will do: units on a kink matter only where a backend is too far from the
reference. One run serves all backends and dtypes, so every number is representable in
float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from netspec.conformance.cases import draw_case, draw_input
from netspec.conformance.judging import Case, norm
from netspec.conformance.training._recipes import (
    Recipe,
    Recipes,
    draw_target,
    recipes,
)
from netspec.contract import Array, Arrays
from netspec.reference import Descent, Learner
from netspec.spec import Spec

REACH = tuple(2.0**-n for n in (1, 3, 5, 7, 9))  # sizes of a step, over the parameters'


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
    size.
    """
    wide, optimizer = run.of("float64"), run.recipe.optimizer
    learner = Learner(run.spec, wide.params, Descent(optimizer), run.recipe.loss)
    trained = [path for path, p in run.spec.parameters().items() if p.trainable]
    rates = optimizer.rates(len(run.xs))
    for x, y, rate in zip(wide.xs, wide.ys, rates, strict=True):
        before = learner.params
        with np.errstate(all="ignore"):
            learner.learn(x, y, rate)
        moved = [norm(learner.params[path] - before[path]) for path in trained]
        size = [norm(before[path]) for path in trained]
        if not math.hypot(*moved) <= math.hypot(*size):
            return False
    return True
