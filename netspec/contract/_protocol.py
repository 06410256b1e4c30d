"""State what a backend is: an object with the seven members of `Backend`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from netspec.spec import Spec

Array = NDArray[Any]
Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Step:
    """One forward and one backward pass.

    Attributes:
        output: what the model gave, batch first.
        grad_input: gradient of ``sum(output * cotangent)`` with respect to the input;
            None for integer input.
        grad_params: the same with respect to every trainable parameter, by canonical
            path, in canonical layout.
        state: the running statistics after the step, by canonical path.
    """

    output: Array
    grad_input: Array | None
    grad_params: dict[str, Array]
    state: dict[str, Array]


@runtime_checkable
class Backend(Protocol):
    """The contract of a backend. `model` is whatever its `compile` returns.

    `forward` and `step` check the shape, dtype and index range of what they are given
    before the framework sees it, and wait for the result, so that errors surface in
    the call that caused them.
    """

    name: str

    def compile(
        self,
        spec: Spec,
        *,
        params: Arrays | None = None,
        seed: int | None = None,
        dtype: str = "float32",
        device: Any = None,
    ) -> Any:
        """Build the native model: with these parameters, with portable ones drawn from
        `seed`, or with what the framework's own initializers draw.

        Raises:
            BackendError: the framework cannot build it, with the reason; or `params`
                and `seed` are both given.
            ParameterError: `params` do not fit the spec.
        """

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """Write a Python file that builds the same model and needs only the framework.

        With `weights` it also has ``load_weights(net, path)``, which reads a
        safetensors file; its docstring shows a call of it between double backquotes.

        Raises:
            BackendError: the framework cannot build it; with the reason.
        """

    def params(self, model: Any, spec: Spec) -> dict[str, Array]:
        """Copy all parameters, by canonical path, in canonical layout."""

    def load_params(self, model: Any, spec: Spec, params: Arrays) -> Any:
        """Return the model with these parameters; it may be the same object.

        Raises:
            ParameterError: they do not fit the spec.
        """

    def forward(
        self,
        model: Any,
        spec: Spec,
        x: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Array:
        """Compute the output for a batch; `seed` drives dropout.

        Raises:
            InputError: `x` has the wrong shape, dtype or index range.
        """

    def step(
        self,
        model: Any,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Step:
        """Make one forward and one backward pass.

        Whether the model's own state moved is unspecified; what it would be is in the
        result.

        Raises:
            InputError: `x` or `cotangent` has the wrong shape, dtype or index range.
        """
