"""What a wide random net does to a signal, computed instead of drawn.

In the limit of wide layers the values before an activation f are normal, N(0, q) in
one layer and N(0, g^2 E f(sqrt(q) z)^2) in the next, where z is N(0, 1) and
g / sqrt(n) the standard deviation of the weights; and the squared gradient grows
by g^2 E f'(sqrt(q) z)^2 (Schoenholz et al., "Deep information propagation", 2017,
equations 3 and 8).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netspec.contract import Array

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(100)  # Gauss-Hermite quadrature

Function = Callable[[Array], Array]


def expectation(f: Function, q: float = 1.0) -> float:
    """Compute E f(x) for x of N(0, q)."""
    return float(WEIGHTS @ f(np.sqrt(q) * NODES) / WEIGHTS.sum())


def squared(f: Function, q: float = 1.0) -> float:
    """Compute E f(x)^2 for x of N(0, q)."""
    return expectation(lambda x: f(x) ** 2, q)


def after(f: Function, gain: float, layers: int, q: float = 1.0) -> float:
    """Compute the q of the values before an activation, this many layers later."""
    for _ in range(layers):
        q = gain**2 * squared(f, q)
    return q


def fixed_point(f: Function, gain: float) -> float:
    """Compute the q that a deep net settles at."""
    return after(f, gain, 1000)
