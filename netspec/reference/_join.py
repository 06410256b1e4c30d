"""The function that joins the outputs of a container's chains, for each container."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch

from netspec.errors import BackendError
from netspec.layers import Container
from netspec.reference._arithmetic import Arithmetic, Length
from netspec.reference._evaluation import Array, Scope


class Joint(Scope):
    """The arithmetic of a container, which can decide, too."""

    def value(self, x: Array) -> Array:
        return self.ops.value(x)

    def contract(
        self, function: Callable[..., Array], length: Length, *operands: Array
    ) -> Array:
        return self.ops.contract(function, length, *operands)


Split = Callable[[Array], list[Array]]


@singledispatch
def join(
    layer: Container, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    """Join the outputs of a container's chains.

    Register a function for a custom container with ``@join.register``.

    Args:
        layer: the container.
        x: its input.
        outputs: the output of each chain.
        ops: rounds every result and, with `Joint.pin`, decides.

    Returns:
        The output of the container, and a function from the gradient with respect to it
        to a list: the gradient with respect to the output of each chain and, if the
        container uses x itself, the one with respect to x.

    Raises:
        BackendError: no function is registered for the container.
    """
    raise BackendError(
        f"{type(layer).__name__}: the reference does not know this container; register"
        " a function with netspec_numpy.join.register"
    )
