"""Draw what backends are asked to train: a model, an optimizer, and batches.

Any batch will do: units on a kink matter only where a backend is too far from the
reference. One run serves all backends and dtypes, so every number is representable in
float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from netspec.conformance.cases import draw_case, draw_input
from netspec.conformance.training._recipes import Recipe, draw_target, recipes
from netspec.contract import Array, Arrays
from netspec.spec import Spec


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
    return tuple(
        TrainingRun(
            recipe,
            spec,
            case.params,
            np.stack([draw_input(spec, random, batch, "float32") for _ in range(steps)]),
            np.stack(
                [draw_target(spec, recipe.loss, random, batch) for _ in range(steps)]
            ),
        )
        for recipe in recipes(case, steps, random)
    )
