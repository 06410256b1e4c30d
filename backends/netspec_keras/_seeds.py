"""Seeds of a model's random layers, and of first weights."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from netspec.spec import check_seed


def is_seed(variable: Any) -> bool:
    """Tell whether a variable is the state of a `keras.random.SeedGenerator`."""
    return str(variable.name) == "seed_generator_state"


def states(count: int, seed: int) -> list[np.ndarray]:
    """Make the states of so many generators from one seed."""
    drawn = np.random.SeedSequence(seed).generate_state(count) >> 1  # 31 bits
    return [np.array([own, 0]) for own in drawn]


@contextmanager
def drawing_from(seed: int) -> Iterator[None]:
    """Give a context in which Keras's initializers, which ask Python for their seeds,
    draw from a seed; afterwards Python's generator is where it was.

    Raises:
        NetspecError: `check_seed` refuses the seed.
    """
    before = random.getstate()
    random.seed(check_seed(seed))
    try:
        yield
    finally:
        random.setstate(before)
