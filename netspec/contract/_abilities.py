"""State what a backend may do beyond `Backend`; each ability may be missing.

A member that is missing is asked for by its name: what needs it says that it is
unsupported, or does without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from netspec.contract._numerics import Numerics
from netspec.contract._protocol import Array, Arrays
from netspec.contract._trace import Trace
from netspec.contract._training import Loss, Optimizer, Trained, Watcher
from netspec.declare import FrozenDict
from netspec.errors import BackendError, shorten
from netspec.spec import DTYPES, Spec

if TYPE_CHECKING:
    from netspec.program.render import Listing


@runtime_checkable
class NumericsBackend(Protocol):
    """Declares numeric conventions of its framework, which are predicted and checked.

    Attributes:
        numerics: the conventions; a backend without them has the defaults.
    """

    @property
    def numerics(self) -> Numerics: ...


@runtime_checkable
class DeviceBackend(Protocol):
    """Says where it computes.

    Attributes:
        device: the kind of device, such as ``"gpu"``, on which `Backend.compile` puts a
            model where none is asked for; a backend that does not say is on the CPU.
    """

    @property
    def device(self) -> str: ...


@runtime_checkable
class LackingBackend(Protocol):
    """Lacks, by its nature, what other backends have among the members of `Backend`.
    What needs it is then unsupported, as where an ability is missing.

    Attributes:
        lacks: why, by what is lacking: ``"gradients"``: `step` has none;
            ``"training"``: the mode; ``"first_weights"``: weights of its own that it
            would draw.
    """

    @property
    def lacks(self) -> Mapping[str, str]: ...


@runtime_checkable
class FilesBackend(Protocol):
    """Exports files of the framework's own format, which hold the weights.

    Attributes:
        suffix: of the file, such as ``".onnx"``.
    """

    @property
    def suffix(self) -> str: ...

    def files(
        self,
        spec: Spec,
        name: str,
        *,
        params: Arrays | None = None,
        dtype: str = "float32",
        apart: bool = False,
    ) -> dict[str, bytes]:
        """Give the files of a model by their names.

        Args:
            spec: the model.
            name: of the file; others, if there are any, belong beside it.
            params: weights by canonical path; those of seed 0 if None.
            dtype: ``"float32"`` or ``"float64"``.
            apart: put large weights into a file of their own.

        Raises:
            BackendError: the framework cannot have it, or not in one file; with the
                reason.
            ParameterError: `params` do not fit the spec.
        """


@runtime_checkable
class DtypesBackend(Protocol):
    """Says in which dtypes it computes, if it lacks one.

    Attributes:
        dtypes: such as ``("float32",)``; a backend that does not say has them all. In
            others it compiles nothing, and conformance finds them unsupported.
    """

    @property
    def dtypes(self) -> tuple[str, ...]: ...


def dtypes_of(backend: object) -> tuple[str, ...]:
    """Return the dtypes in which a backend computes."""
    return tuple(getattr(backend, "dtypes", DTYPES))


def check_offered(backend: object, dtype: str) -> None:
    """Refuse a dtype in which a backend says it does not compute.

    Raises:
        BackendError: says in which it does.
    """
    offered = dtypes_of(backend)
    if dtype not in offered:
        name = getattr(backend, "name", type(backend).__name__)
        raise BackendError(
            f"the {name} backend computes in {' and '.join(offered)} alone, received"
            f" dtype={shorten(dtype)}; use dtype={shorten(offered[0])}"
        )


@runtime_checkable
class QuickBackend(Protocol):
    """Can compile in a fraction of the time."""

    def quick(self) -> AbstractContextManager[None]:
        """Give a context in which what runs may be compiled with less optimization;
        only rounding differs.
        """


@runtime_checkable
class KeepingBackend(Protocol):
    """Can keep compiled programs for a later process."""

    def kept(self, folder: str | PathLike[str]) -> AbstractContextManager[None]:
        """Give a context in which programs are kept in a folder, and found there."""


@runtime_checkable
class SeededBackend(Protocol):
    """Can draw its framework's own first weights from a seed."""

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Give a context in which `Backend.compile` draws native weights from a seed.

        Raises:
            NetspecError: no natural number below 2^64.
        """


@runtime_checkable
class ListingBackend(Protocol):
    """Can stand beside other backends in ``netspec export --side-by-side``."""

    def listing(self, spec: Spec, *, dtype: str = "float32") -> Listing:
        """Give the text of `Backend.source` layer by layer.

        Raises:
            BackendError: the framework cannot build it; with the reason.
        """


@dataclass(frozen=True)
class Observer:
    """Say how an exported file is run without netspec.

    Attributes:
        script: a file with a function ``observe(module, weights, x, cotangent, seed)``,
            which gives arrays by name. Where `weights` is None, the file draws them.
        environment: variables with which a new process computes as this one does.
        alike: gives a context in which this process computes as a new one with the
            environment does, whatever the model.
    """

    script: Path
    environment: FrozenDict[str, str] = field(default_factory=FrozenDict)
    alike: Callable[[], AbstractContextManager[None]] = nullcontext


@runtime_checkable
class ObserverBackend(Protocol):
    """Has exported files that can be run where netspec is not.

    Attributes:
        observer: how.
    """

    @property
    def observer(self) -> Observer: ...


@runtime_checkable
class TracingBackend(Protocol):
    """Can show activations and gradients by layer, as `netspec.probe` needs them."""

    def trace(
        self,
        model: Any,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Trace:
        """Make one step, and keep what it computes on the way, as the framework itself
        computes it: what overflows there is infinite here.

        Raises:
            InputError: `x` or `cotangent` has the wrong shape, dtype or index range.
        """


@runtime_checkable
class TrainingBackend(Protocol):
    """Can train with its framework's own optimizers, so that they can be compared."""

    def train(
        self,
        model: Any,
        spec: Spec,
        xs: Array,
        ys: Array,
        optimizer: Optimizer,
        loss: Loss,
        *,
        seed: int | None = None,
        watch: Watcher | None = None,
    ) -> Trained:
        """Train in training mode, a step for each batch, as a user of the framework
        would: with its own optimizer, loss and differentiation. Whether the model
        itself moved is unspecified; what became of it is in the result.

        Args:
            model: what `Backend.compile` returned.
            spec: of the model.
            xs: inputs, (steps, batch, *input_shape).
            ys: for mse targets, (steps, batch, *output_shape); for cross_entropy
                labels, (steps, batch), integers.
            optimizer: how to train.
            loss: what to minimize.
            seed: drives dropout.
            watch: called after the update of every step as ``watch(step, params)``,
                with steps from 0, and parameters and running statistics as in
                `Trained.params`. Watching changes nothing, as long as `watch` leaves
                the model and the framework's random numbers alone.

        Raises:
            InputError: `xs` or `ys` has the wrong shape, dtype or range.
            BackendError: the framework lacks an optimizer, or what it comes from is
                not installed.
        """
