"""How far rounding may move a signal by depth, by the rule of conformance.

As the tolerance of conformance has it, the float64 reference is evaluated once
exactly and then with every value rounded at random; a framework may be off by eight
times what that does to the standard deviation of a layer.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from netspec import Spec, init_params
from netspec.conformance.judging import REPLICAS, UNIT_ROUNDOFF, Expected, widen
from netspec.contract import Array
from netspec.reference import Arithmetic, Exact, Perturbed, Run, evaluate
from netspec.signals import Propagation

LARGEST = float(np.finfo(np.float32).max)


def used(spec: Spec, x: Array, found: Iterable[Propagation]) -> float:
    """Return the largest distance of a layer's standard deviation from the reference,
    over what is allowed, in all layers before the first infinite value.

    Args:
        spec: of the net, whose first weights are those of seed 0.
        x: the batch, float32.
        found: what `netspec.probe` found in each backend.
    """
    unit = UNIT_ROUNDOFF["float32"]
    exact, largest = _signal(spec, x, Exact())
    noisy = [_signal(spec, x, Perturbed(unit, seed))[0] for seed in range(REPLICAS)]
    spread = np.sqrt(np.mean((np.array(noisy) - exact) ** 2, axis=0))
    pairs = zip(exact, spread, strict=True)
    allowed = np.array([Expected(*pair, "float32").allowed for pair in pairs])
    finite = np.maximum.accumulate(largest) <= LARGEST
    stds = np.array([[row.output.std for row in one.rows] for one in found])
    return float((abs(stds - exact) / allowed)[:, finite].max())


def overflow(spec: Spec, x: Array) -> int:
    """Find the first layer whose exact output does not fit into float32."""
    return int(np.argmax(_signal(spec, x, Exact())[1] > LARGEST))


def _signal(spec: Spec, x: Array, ops: Arithmetic) -> tuple[Array, Array]:
    """Measure standard deviation and largest magnitude of each output, (layers,)."""
    seen: list[tuple[float, float]] = []

    def watch(path: str, value: Array) -> None:
        seen.append((float(value.std()), float(abs(value).max())))

    wide = {path: widen(value) for path, value in init_params(spec, 0).items()}
    evaluate(spec.graph, widen(x), Run(wide, True, ops=ops, watch=watch))
    stds, largest = np.array(seen).T
    return stds, largest
