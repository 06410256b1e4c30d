"""Choose the optimizers and losses with which the check of training trains a model.

Rates follow from the parameters and the first gradient of the model, so that a step
moves the parameters by a given part of their size. They are powers of two, which every
format holds. Decays of moments are exact in every format, too, and not those that
frameworks have by default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from netspec.conformance.judging import Case, widen
from netspec.contract import Array, Loss, Optimizer
from netspec.reference import Run, slope
from netspec.spec import Spec

STEPS = 8
MOMENTUM = 0.9
DECAYS = {"beta1": 3 / 4, "beta2": 7 / 8}  # of Adam's moments

# From this rate on, the step size that Adam derives from it is above 1e-4. MXNet reads
# the step size from text, and is off by an ulp of float32 if it has an exponent
LEAST = 2.0**-10


class Recipe(NamedTuple):
    """An optimizer with its rates, and the loss that it minimizes.

    Attributes:
        name: name of the optimizer.
        optimizer: with its rates.
        loss: what is minimized.
    """

    name: str
    optimizer: Optimizer
    loss: Loss


Recipes = Callable[[float], list[Recipe]]


def recipes(case: Case, steps: int, random: np.random.Generator) -> Recipes:
    """List a recipe for every optimizer, and for both losses if the output can have
    labels.

    Momentum has a rate that falls, which shows whether the velocity holds it. The eps
    of Adam is near its gradients, which shows where it is added, and tames the rounding
    noise that Adam would normalize, such as the gradient of a bias before BatchNorm;
    its weight decay shows that it enters the gradient, unlike that of AdamW.

    Args:
        case: a first batch.
        steps: number of steps.
        random: generator that draws targets of the batch.

    Returns:
        A function of the size of a step, relative to the parameters, to the recipes.
    """
    labels = len(case.spec.output_shape) == 1 and case.spec.output_shape[0] > 1
    loss: Loss = "cross_entropy" if labels else "mse"
    size, slope = _scales(case, loss, random)
    decay = _power(slope / size)
    _, square = _scales(case, "mse", random)
    small = {"eps": _power(square / 4), "weight_decay": _power(square / size / 4)}

    def of(reach: float) -> list[Recipe]:
        rate = _power(reach * size / slope)
        falling = (rate,) * (steps // 2) + (rate / 2,) * (steps - steps // 2)
        pace = max(_power(reach * size), LEAST)
        return [
            Recipe("sgd", Optimizer("sgd", rate), loss),
            Recipe("momentum", Optimizer("sgd", falling, MOMENTUM), loss),
            Recipe("weight decay", Optimizer("sgd", rate, MOMENTUM, decay), loss),
            Recipe("adam", Optimizer("adam", pace, **DECAYS, **small), "mse"),
        ]

    return of


def draw_target(
    spec: Spec, loss: Loss, random: np.random.Generator, batch: int
) -> Array:
    """Draw labels for cross_entropy, (batch,), or targets for mse, (batch, *output)."""
    if loss == "cross_entropy":
        return random.integers(0, spec.output_shape[-1], batch)
    return random.normal(size=(batch, *spec.output_shape)).astype(np.float32)


def _scales(case: Case, loss: Loss, random: np.random.Generator) -> tuple[float, float]:
    """Return the root mean squares of the trainable parameters and of their first
    gradient; 1 if all are 0.
    """
    target = draw_target(case.spec, loss, random, len(case.x))
    params = {path: widen(value) for path, value in case.params.items()}
    run = Run(params, train=True)
    grads = slope(case.spec, widen(case.x), widen(target), loss, run).grads
    return _size(params[path] for path in grads), _size(grads.values())


def _size(arrays: Iterable[Array]) -> float:
    values = np.concatenate([np.ravel(array) for array in arrays])
    return float(np.sqrt(np.mean(values.astype(np.float64) ** 2))) or 1.0


def _power(x: float) -> float:
    """Return the largest power of two up to x; 1 if there is none."""
    return 2.0 ** math.floor(math.log2(x)) if 0 < x < math.inf else 1.0
