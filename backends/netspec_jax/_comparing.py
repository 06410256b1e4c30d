"""Nets whose gradient compares values with their maximum.

That of `jnp.max` goes where a value equals the largest. XLA for CPUs may compute a
value once for the maximum and again for the comparison. At optimization level 0 it may
round the two in different ways: then nothing is equal, and the gradient is lost, or
infinite.
"""

from __future__ import annotations

from netspec.spec import Placed, Spec
from netspec_jax._lowering import is_own

EXTREMES = ("max", "min", "maximum")  # as fields `op` and `merge` name them


def compares(spec: Spec) -> bool:
    """Tell whether a spec has such a gradient, or a layer of a user's, which may."""
    return any(not is_own(n.layer) or _compares(n) for n in spec.graph.walk())


def _compares(node: Placed) -> bool:
    named = (getattr(node.layer, name, "") for name in ("op", "merge"))
    return any(name in EXTREMES for name in (*named, *(b.merge for b in node.branches)))
