"""Refuse comparisons that this machine's memory cannot hold, before they begin.

What is counted is what is there at once, in arrays as large as all parameters, or as
all that the layers compute for a batch.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from netspec._system import check_fits
from netspec.spec import Spec


class Copies(NamedTuple):
    """Arrays that a comparison holds at once.

    Attributes:
        own: of parameters, in the dtype of the model: the case's, the backend's, and
            what the backend gives.
        wide: of parameters, in float64: the reference's and its replicas', gradients
            and what optimizers remember.
        layers: of what layers compute, in float64.
    """

    own: int
    wide: int
    layers: int


STEP = Copies(own=4, wide=6, layers=8)
# Adam remembers two arrays, three times; as often a step is kept
TRAINING = Copies(own=8, wide=17, layers=8)


def check_comparison(spec: Spec, dtype: str, batch: int, copies: Copies) -> None:
    """Refuse what does not fit.

    Args:
        spec: the model.
        dtype: the format under test.
        batch: number of examples.
        copies: what the comparison holds.

    Raises:
        NetspecError: names the numbers and a remedy.
    """
    size = sum(parameter.size for parameter in spec.parameters().values())
    passing = sum(math.prod(node.output_shape) for node in spec.graph.walk())
    own = copies.own * np.dtype(dtype).itemsize
    needed = size * (own + 8 * copies.wide) + 8 * copies.layers * batch * passing
    check_fits(
        needed,
        f"a comparison of {size:,} parameters and {batch * passing:,} values"
        f" that layers compute, {copies.wide} and {copies.layers} times in float64",
        "give it a narrower model or a smaller input",
    )
