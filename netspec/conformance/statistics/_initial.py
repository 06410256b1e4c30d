"""Test the first values of a parameter, as its law demands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from netspec.conformance.judging import Verdict, decided, measured, unsupported
from netspec.conformance.statistics import _sample as of
from netspec.conformance.statistics._common import ALPHA, worst
from netspec.conformance.statistics._sample import Sample
from netspec.contract import Array
from netspec.init import distributions

# Tests whose limits hold for any number of values, and those that need many
ANY = {"Kolmogorov-Smirnov": of.kolmogorov_smirnov, "support": of.support}
MANY = {
    "mean": of.mean,
    "second moment": of.second_moment,
    "slices": of.slices,
    "independence": of.independence,
}

U = 2.0**-24  # unit roundoff of float32
FACTOR = 8
ENOUGH = 2**16


def examine(
    values: Array, law: distributions.Law, *, many: bool
) -> Iterator[tuple[str, Verdict]]:
    """Test the first values of a parameter; yield each test's name and verdict.

    Args:
        values: finite, of the shape of the parameter.
        law: law that each of the values should follow.
        many: True if there are at least 2^16 values.
    """
    if isinstance(law, distributions.Stacked):
        parts = zip(law.parts, np.split(values, len(law.parts)), strict=True)
        for index, (own, part) in enumerate(parts):
            found = examine(part, own, many=many and part.size >= ENOUGH)
            yield from ((f"gate {index}: {name}", said) for name, said in found)
        return
    if isinstance(law, distributions.Point):
        yield "constant", constant(values, law)
        return
    if isinstance(law, distributions.Orthogonal):
        yield "orthogonality", orthogonality(values, law)
    elif law.whole:
        yield "law", unsupported(f"no test for {type(law).__name__}")
        return
    sample = independent(values, law) if many else thinned(values, law)
    for name, test in (ANY | MANY if many else ANY).items():
        yield name, test(sample)


def constant(values: Array, law: distributions.Point) -> Verdict:
    """Test whether all values are the constant, in their own format or in float32."""
    wanted = np.array(law.value, values.dtype), np.array(law.value, np.float32)
    same = any((values == value).all() for value in wanted)
    return decided(same, f"other values than {law.value}")


def orthogonality(values: Array, law: distributions.Orthogonal) -> Verdict:
    """Test whether rows or columns, the fewer of them, are orthonormal up to the gain.

    The factor Q of a QR decomposition, n x k in float32, is as far from the exact one
    as ``sqrt(k)`` times its columns (Higham, "Accuracy and Stability of Numerical
    Algorithms", 2002, theorem 19.4), with the probable ``sqrt(n k) u`` for each.
    """
    tall = _tall(values, law)
    n, k = tall.shape
    used = np.linalg.norm(tall.T @ tall - np.eye(k))
    allowed = FACTOR * U * math.sqrt(k) * math.sqrt(n * k)
    return measured(float(used), allowed, "rows or columns are not orthonormal")


def independent(values: Array, law: distributions.Law) -> Sample:
    """Return the values as a sample of independent ones.

    Values of an orthogonal matrix depend on each other. The matrix times R, the other
    factor of the QR decomposition of normal draws, is normal draws (Bartlett, 1933). On
    its diagonal R has the root of chi-square with n, n - 1, ... degrees of freedom,
    above it normal draws.
    """
    if not isinstance(law, distributions.Orthogonal):
        return Sample(values.astype(np.float64), law)
    tall = _tall(values, law)
    n, k = tall.shape
    random = np.random.default_rng(0)
    r = np.triu(random.standard_normal((k, k)), 1)
    r += np.diag(np.sqrt(random.chisquare(n - np.arange(k))))
    return Sample(tall @ r, distributions.Normal(0.0, 1.0))


def thinned(values: Array, law: distributions.Law) -> Sample:
    """Return a sample of independent values, evenly spread over a parameter that has
    many more than `ENOUGH`.
    """
    step = 1 if law.whole else max(1, values.size // ENOUGH)
    return independent(values if step == 1 else values.ravel()[::step], law)


def drawn_apart(samples: Sequence[Sample]) -> Verdict:
    """Test whether parameters of one shape are drawn independently of each other."""
    pairs = list(pairwise(samples))
    found = (
        of.likeness(a.uniform, b.uniform, ALPHA / len(pairs), a.slack + b.slack)
        for a, b in pairs
    )
    return worst(found)


def _tall(values: Array, law: distributions.Orthogonal) -> Array:
    matrix = values.reshape(law.rows, law.columns).astype(np.float64) / law.gain
    return matrix if law.rows >= law.columns else matrix.T
