"""What a backend is, and how backends are found.

A backend is an object with the methods of `Backend`, named in the entry-point group
``netspec.backends``; ours are found in the same way as a stranger's. Nothing here
imports a framework: an entry point is loaded when its backend is first asked for. An
entry point whose framework is missing says which extra installs it; one that is
broken, or whose name is taken twice, raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from netspec.declare import FrozenDict
from netspec.spec import Spec

if TYPE_CHECKING:
    from netspec.program.render import Listing

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


@dataclass(frozen=True)
class Observer:
    """How an exported file is run without netspec; the optional `Backend.observer`.

    Attributes:
        script: a file with a function ``observe(module, weights, x, cotangent, seed)``,
            which gives arrays by name. Where `weights` is None, the file draws them.
        environment: variables with which a new process computes as this one does.
    """

    script: Path
    environment: FrozenDict[str, str] = field(default_factory=FrozenDict)


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
        """The native model: with these parameters, with portable ones drawn from
        `seed`, or with what the framework's own initializers draw.

        Raises:
            BackendError: the framework cannot build it, with the reason; or `params`
                and `seed` are both given.
            ParameterError: `params` do not fit the spec.
        """

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """A Python file that builds the same model and needs only the framework.

        With `weights` it also has ``load_weights(net, path)``, which reads a
        safetensors file; its docstring shows a call of it between double backquotes.

        Raises:
            BackendError: the framework cannot build it; with the reason.
        """

    def params(self, model: Any, spec: Spec) -> dict[str, Array]:
        """Copies of all parameters, by canonical path, in canonical layout."""

    def load_params(self, model: Any, spec: Spec, params: Arrays) -> Any:
        """The model with these parameters; it may be the same object.

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
        """Output for a batch; `seed` drives dropout.

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
        """One forward and one backward pass. Whether the model's own state moved is
        unspecified; what it would be is in the result.

        Raises:
            InputError: `x` or `cotangent` has the wrong shape, dtype or index range.
        """


@runtime_checkable
class ListingBackend(Protocol):
    """What a backend may have besides, for frameworks side by side."""

    def listing(self, spec: Spec, *, dtype: str = "float32") -> Listing:
        """The text of `source`, layer by layer.

        Raises:
            BackendError: as `source`.
        """
