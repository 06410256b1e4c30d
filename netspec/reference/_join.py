"""The dispatch by which containers join what their chains give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch

from netspec.errors import BackendError
from netspec.layers import Container
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array

Split = Callable[[Array], list[Array]]


@singledispatch
def join(
    layer: Container, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    """What a container makes of its chains' outputs, and the gradients that each
    output, and the input where it is used itself, gets.
    """
    raise BackendError(
        f"{type(layer).__name__}: the reference does not know this container; register"
        " a function with netspec_numpy.join.register"
    )
