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
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from netspec.declare import nearest
from netspec.errors import BackendError, BackendNotInstalled
from netspec.frozendict import FrozenDict
from netspec.spec import Spec

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from netspec.render import Listing

Array = NDArray[Any]
Arrays = Mapping[str, Array]

GROUP = "netspec.backends"


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
        script: a file with a function ``observe(module, weights, x, cotangent, seed)``.
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


@dataclass(frozen=True)
class Availability:
    """Whether a backend can be used here.

    Attributes:
        name: of the backend.
        requirement: the package that it needs beyond netspec's own; None for none.
        version: the installed version of that package; None if it is missing.
        hint: what to run to install it; None where nothing is missing.
    """

    name: str
    requirement: str | None
    version: str | None
    hint: str | None

    @property
    def installed(self) -> bool:
        return self.hint is None


def backends() -> dict[str, Availability]:
    """Every registered backend, without importing any.

    Raises:
        BackendError: two installed packages register the same name.
    """
    return {name: _availability(point) for name, point in sorted(_points().items())}


@cache
def backend(name: str) -> Backend:
    """The backend of this name; its framework is imported on the first call.

    Raises:
        BackendError: no such backend, or its entry point is broken.
        BackendNotInstalled: its framework is missing; says what to install.
    """
    points = _points()
    if name not in points:
        raise BackendError(f"unknown backend {name!r}{nearest(name, points)}")
    found = _availability(points[name])
    if not found.installed:
        raise BackendNotInstalled(
            f"backend {name!r} needs {found.requirement}, which is not installed;"
            f" run: {found.hint}"
        )
    return _load(points[name])


def _points() -> dict[str, EntryPoint]:
    from importlib import metadata  # a fifth of the time of `import netspec`

    found: dict[str, EntryPoint] = {}
    for point in metadata.entry_points(group=GROUP):
        held = found.setdefault(point.name, point)
        if held.value != point.value:
            raise BackendError(
                f"backend {point.name!r} is registered twice, as {held.value} and"
                f" {point.value}; uninstall one of the packages"
            )
    if not found:
        raise BackendError(
            "no backend is registered; entry points exist only once netspec is"
            " installed: run pip install -e ."
        )
    return found


def _availability(point: EntryPoint) -> Availability:
    from importlib import metadata

    # The extra in `name = "module:object [extra]"` is named after the package that
    # the backend needs, so hint and check come from the registration itself.
    requirement = next(iter(point.extras), None)
    if requirement is None:
        return Availability(point.name, None, None, None)
    try:
        found = metadata.version(requirement)
    except metadata.PackageNotFoundError:
        owner = point.dist.name if point.dist else "netspec"
        hint = f'pip install "{owner}[{requirement}]"'
        return Availability(point.name, requirement, None, hint)
    return Availability(point.name, requirement, found, None)


def _load(point: EntryPoint) -> Backend:
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        raise BackendError(
            f"backend {point.name!r} is broken: {point.value}: {error}; reinstall the"
            " package that registers it"
        ) from error
    if not isinstance(loaded, Backend):
        raise BackendError(
            f"backend {point.name!r} is broken: {point.value} is not a Backend; it"
            " needs name, compile, source, params, load_params, forward and step"
        )
    return loaded
