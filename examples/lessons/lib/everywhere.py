"""One case in every framework that is installed, beside the float64 reference."""

from __future__ import annotations

import math

import netspec
from lessons.lib import FRAMEWORKS
from netspec import Step
from netspec.conformance.judging import Case, agree


def steps(case: Case) -> dict[str, Step]:
    """Run one forward and one backward pass in each framework, by its name."""
    found = {}
    for name in FRAMEWORKS:
        backend = netspec.backend(name)
        model = backend.compile(case.spec, params=case.params, dtype=case.dtype)
        found[name] = backend.step(
            model, case.spec, case.x, case.cotangent, train=case.train
        )
    return found


def worst(case: Case) -> float:
    """Return the largest distance of any tensor of any framework from the reference,
    over what rounding alone may explain: at most 1 where all agree, infinite where one
    fails for another reason.
    """
    found = [agree(netspec.backend(name), case) for name in FRAMEWORKS]
    return max(agreed.worst if agreed.passed else math.inf for agreed in found)
