"""Draw trajectories: a model with the numbers of a whole run of training.

Batches are drawn one after the other, each until it has no ambiguous unit: margins are
measured in every step, along the exact trajectory, with the spread of replicas that
have trained so far with rounding. All conventions that move a trajectory are followed
at once, so that one trajectory serves every backend. To first order rounding moves the
results in proportion to the unit roundoff u, and a convention does not change by how
much: the spread is computed once, in float32 and without conventions.

A step rounds like any other evaluation of the reference; then it rounds the scalars of
the optimizer by u and every parameter by 2 u.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from netspec.conformance.cases import draw_case, draw_input
from netspec.conformance.judging import UNIT_ROUNDOFF, Expected, widen
from netspec.conformance.trajectories._recipes import (
    STEPS,
    Recipe,
    draw_target,
    recipes,
)
from netspec.conformance.trajectories._replicas import Doubts, Replicas, leader
from netspec.conformance.trajectories._sharing import share
from netspec.contract import Array, Arrays, Numerics
from netspec.reference import train
from netspec.spec import Spec

TRIES = 100


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A run of training with all its numbers, and how far rounding moves its results.

    Attributes:
        recipe: how the model is trained.
        spec: the model, without dropout.
        params: first values of the parameters; all numbers are representable in
            float32.
        xs: inputs, (steps, batch, ...).
        ys: targets or labels, (steps, batch, ...).
        spread: by tensor, ``sqrt(mean |T_m - T_0|^2) / u`` over the replicas.
        doubts: number of ambiguous units that no draw could avoid.
    """

    recipe: Recipe
    spec: Spec
    params: Arrays
    xs: Array
    ys: Array
    spread: Mapping[str, float]
    doubts: Doubts


def expected(course: Trajectory, numerics: Numerics, dtype: str) -> dict[str, Expected]:
    """Return what the reference expects for each tensor: ``losses``, and by path each
    parameter and running statistic after the last step.
    """
    unit = UNIT_ROUNDOFF[dtype]
    return {
        name: Expected(value, unit * course.spread[name], dtype)
        for name, value in exact(course, numerics).items()
    }


@lru_cache(maxsize=64)
def exact(course: Trajectory, numerics: Numerics) -> dict[str, Array]:
    """Compute, in float64, ``losses`` and by path each parameter and running statistic
    after the last step.
    """
    learner = leader(course.spec, course.params, course.recipe, numerics)
    rates = course.recipe.optimizer.rates(len(course.xs))
    losses = train(learner, widen(course.xs), widen(course.ys), rates)
    return {"losses": losses, **learner.params}


@lru_cache(maxsize=16)
def trajectories(spec: Spec, seed: int, batch: int) -> tuple[Trajectory, ...]:
    """Draw a trajectory for every recipe; none for a spec without trainable parameters.

    Args:
        spec: the model, without dropout.
        seed: seed of all random draws.
        batch: number of examples in a step.
    """
    if not any(parameter.trainable for parameter in spec.parameters().values()):
        return ()
    case = draw_case(spec, train=True, dtype="float32", seed=seed, batch=batch)
    random = np.random.default_rng(seed)
    found = recipes(case, random)
    draws = [
        partial(_draw, spec, case.params, recipe, own, batch)
        for recipe, own in zip(found, random.spawn(len(found)), strict=True)
    ]
    drawn = share(f"{spec.digest}-{seed}-{batch}", draws)
    return tuple(
        Trajectory(recipe, spec, case.params, *numbers)
        for recipe, numbers in zip(found, drawn, strict=True)
    )


def _draw(
    spec: Spec,
    params: Arrays,
    recipe: Recipe,
    random: np.random.Generator,
    batch: int,
) -> tuple[Array, Array, dict[str, float], Doubts]:
    """Draw the inputs and targets of a trajectory; return them with its spread and
    number of ambiguous units.
    """
    xs, ys, doubts = [], [], Counter[tuple[str, str]]()
    cohort = Replicas(spec, params, recipe)
    for rate in recipe.optimizer.rates(STEPS):
        x, found = _draw_inputs(cohort, spec, random, batch)
        doubts += found
        y = draw_target(spec, recipe.loss, random, batch)
        cohort.learn(y, rate)
        xs.append(x)
        ys.append(y)
    return np.stack(xs), np.stack(ys), cohort.spread(), doubts


def _draw_inputs(
    cohort: Replicas, spec: Spec, random: np.random.Generator, batch: int
) -> tuple[Array, Doubts]:
    """Draw inputs, if possible without ambiguous units, that all learners read."""
    for _ in range(TRIES):
        x = draw_input(spec, random, batch, "float32")
        if cohort.glance(x) and not cohort.look(x):
            return x, Counter()
    return x, cohort.look(x)
