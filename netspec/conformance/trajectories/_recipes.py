"""Recipes: the optimizers that the check of training tries, and on which loss.

Rates follow from the parameters and the first gradient of the model, so that a step
moves the parameters by about a hundredth of their size: in every model something
happens, and in none it explodes. They are powers of two, which every format holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from netspec.conformance.judging import Case
from netspec.contract import Array, Loss, Optimizer
from netspec.reference import Descent, Learner
from netspec.spec import Spec

STEPS = 20
REACH = 2.0**-7  # of the parameters' size, in a step
MOMENTUM = 0.9

# From here on what Adam makes of the rate stays above 1e-4. MXNet reads it from text,
# and what Python writes with an exponent it misses by an ulp of float32
LEAST = 2.0**-10


class Recipe(NamedTuple):
    """One way of training.

    Attributes:
        name: of the optimizer.
        optimizer: with its rates.
        loss: what is minimized.
    """

    name: str
    optimizer: Optimizer
    loss: Loss


def recipes(case: Case, random: np.random.Generator) -> list[Recipe]:
    """Every optimizer, and both losses where the output can have labels.

    Momentum has a rate that falls, which shows whether the velocity holds it. The eps
    of Adam is near its gradients, which shows where it is added, and tames the rounding
    noise that Adam would normalize, such as the gradient of a bias before BatchNorm;
    its weight decay shows that it enters the gradient, unlike that of AdamW.

    Args:
        case: a first batch.
        random: draws its targets.
    """
    labels = len(case.spec.output_shape) == 1 and case.spec.output_shape[0] > 1
    loss: Loss = "cross_entropy" if labels else "mse"
    size, slope = _scales(case, loss, random)
    rate = _power(REACH * size / slope)
    slow = rate * _power(1 - MOMENTUM)
    falling = (slow,) * (STEPS // 2) + (slow / 2,) * (STEPS - STEPS // 2)
    decay = _power(slope / size)
    _, slope = _scales(case, "mse", random)
    pace = max(_power(REACH * size), LEAST)
    small = {"eps": _power(slope / 4), "weight_decay": _power(slope / size / 4)}
    return [
        Recipe("sgd", Optimizer("sgd", rate), loss),
        Recipe("momentum", Optimizer("sgd", falling, MOMENTUM), loss),
        Recipe("weight decay", Optimizer("sgd", slow, MOMENTUM, decay), loss),
        Recipe("adam", Optimizer("adam", pace, **small), "mse"),
    ]


def draw_target(
    spec: Spec, loss: Loss, random: np.random.Generator, batch: int
) -> Array:
    """Labels for cross_entropy, (batch,); targets for mse, (batch, *output_shape)."""
    if loss == "cross_entropy":
        return random.integers(0, spec.output_shape[-1], batch)
    return random.normal(size=(batch, *spec.output_shape)).astype(np.float32)


def _scales(case: Case, loss: Loss, random: np.random.Generator) -> tuple[float, float]:
    """Root mean squares of the trainable parameters and of their first gradient; 1
    where all are 0.
    """
    target = draw_target(case.spec, loss, random, len(case.x))
    idle = Descent(Optimizer("sgd", 0.0))
    learner = Learner(case.spec, case.params, idle, loss)
    learner.look(case.x)
    _, grads = learner.gradients(target)
    return _size(case.params[path] for path in grads), _size(grads.values())


def _size(arrays: Iterable[Array]) -> float:
    values = np.concatenate([np.ravel(array) for array in arrays])
    return float(np.sqrt(np.mean(values.astype(np.float64) ** 2))) or 1.0


def _power(x: float) -> float:
    """The largest power of two up to x; 1 where there is none."""
    return 2.0 ** math.floor(math.log2(x)) if 0 < x < math.inf else 1.0
