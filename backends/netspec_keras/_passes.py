"""What one pass through a model comes to, on whatever Keras runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from netspec.contract import Array

Read: TypeAlias = Mapping[int, Any]
"""Values by ``id(variable)``."""


class Seen(NamedTuple):
    """What a pass through a model with taps comes to, beside a `Pass`.

    Attributes:
        outputs: of the model after the first.
        grads: gradients with respect to the inputs after the first.
    """

    outputs: list[Array]
    grads: list[Array]


class Pass(NamedTuple):
    """One forward and one backward pass.

    Attributes:
        output: of the batch.
        grad_input: gradient with respect to the batch; None if it is of integers.
        grads: gradients with respect to the trainable variables.
        state: values of the other variables after the pass.
    """

    output: Array
    grad_input: Array | None
    grads: Read
    state: Read


def is_float(x: Array) -> bool:
    """Tell whether a batch has a gradient."""
    return x.dtype.kind == "f"
