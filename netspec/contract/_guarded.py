"""Guard a backend: check every argument once, and leave its author small hooks.

A backend derives from `GuardedBackend`, and from one more class for each ability that
it has: `GuardedFiles`, `GuardedListing`, `GuardedTracing`, `GuardedTraining`. An
ability whose class is left out is missing, as where a backend derives from nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from netspec.contract._abilities import (
    FilesBackend,
    ListingBackend,
    TracingBackend,
    TrainingBackend,
    check_offered,
)
from netspec.contract._fit import (
    Mode,
    ModelHooks,
    check_output,
    check_pass,
    dtype_of,
    fitting,
)
from netspec.contract._guards import (
    check_arguments,
    check_cotangent,
    check_flag,
    check_spec,
)
from netspec.contract._protocol import Array, Arrays, Backend, Step
from netspec.contract._trace import Trace
from netspec.contract._training import (
    Loss,
    Optimizer,
    Trained,
    Training,
    Watcher,
    check_optimizer,
    check_training,
    check_watcher,
)
from netspec.errors import BackendError
from netspec.spec import (
    Spec,
    check_dtype,
    check_memory,
    check_params,
    check_seed,
    init_params,
)

if TYPE_CHECKING:
    from netspec.program.render import Listing

Model = TypeVar("Model")


class GuardedBackend(ModelHooks, Backend, Generic[Model]):
    """A backend whose arguments are checked before a hook sees them.

    Its author gives it a `name` and these hooks, of which two have defaults:

        _compile          the native model, from given or from native parameters
        _compile_seeded   the same from portable ones; by default it calls `_compile`
        _source           a file that builds it; by default none can be exported
        _params           copies of all parameters
        _load_params      the model with other parameters
        _dtype            the dtype of a model
        _forward          output for a batch
        _step             one forward and one backward pass

    A hook owns the batch and the cotangent that it is given: both are copies, so that
    what it returns shares no memory with what its caller holds. Parameters are the
    caller's own arrays, which a hook copies.
    """

    def compile(
        self,
        spec: Spec,
        *,
        params: Arrays | None = None,
        seed: int | None = None,
        dtype: str = "float32",
        device: Any = None,
    ) -> Model:
        check_spec(spec)
        check_arguments(dtype, params, seed)
        check_offered(self, dtype)
        check_memory(spec, dtype)
        if params is not None:
            check_params(spec, params)
        if seed is not None:
            return self._compile_seeded(spec, int(seed), dtype, device)
        return self._compile(spec, params, dtype, device)

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        check_spec(spec)
        check_dtype(dtype)
        check_offered(self, dtype)
        check_flag("weights", weights)
        return self._source(spec, dtype, weights)

    def params(self, model: Any, spec: Spec) -> dict[str, Array]:
        check_spec(spec)
        with fitting(self, model, spec):
            return self._params(model, spec)

    def load_params(self, model: Any, spec: Spec, params: Arrays) -> Model:
        check_spec(spec)
        check_params(spec, params)
        with fitting(self, model, spec):
            return self._load_params(model, spec, params)

    def forward(
        self,
        model: Any,
        spec: Spec,
        x: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Array:
        mode = check_pass(self, model, spec, x, train, seed)
        with fitting(self, model, spec):
            output = self._forward(model, spec, np.array(x), mode)
        check_output(self, model, spec, x, output)
        return output

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
        mode = check_pass(self, model, spec, x, train, seed)
        check_cotangent(spec, x, cotangent, mode.dtype)
        with fitting(self, model, spec):
            step = self._step(model, spec, np.array(x), np.array(cotangent), mode)
        check_output(self, model, spec, x, step.output)
        return step

    @abstractmethod
    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> Model:
        """Build the native model.

        Args:
            spec: what to build.
            params: parameters by canonical path, to be copied; None for those that the
                framework's own initializers draw.
            dtype: ``"float32"`` or ``"float64"``.
            device: as it was asked for, unchecked; None for the framework's default.

        Raises:
            BackendError: the framework cannot build it, has no such device or draws no
                parameters; with the path and the reason.
        """

    def _compile_seeded(self, spec: Spec, seed: int, dtype: str, device: Any) -> Model:
        """Build the native model with portable parameters; override it where these can
        be drawn in place.
        """
        return self._compile(spec, init_params(spec, seed, dtype), dtype, device)

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        """Write a file that builds the model, as `Backend.source` says."""
        raise BackendError(f"the {self.name} backend exports no source")

    @abstractmethod
    def _load_params(self, model: Any, spec: Spec, params: Arrays) -> Model:
        """Give the model with copies of these parameters, in its own dtype; it may be
        the same object.
        """

    @abstractmethod
    def _forward(self, model: Any, spec: Spec, x: Array, mode: Mode) -> Array:
        """Compute the output for a batch."""

    @abstractmethod
    def _step(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        """Make one forward and one backward pass."""


class GuardedFiles(FilesBackend):
    """The ability to export files of the framework's own, with arguments checked."""

    def files(
        self,
        spec: Spec,
        name: str,
        *,
        params: Arrays | None = None,
        dtype: str = "float32",
        apart: bool = False,
    ) -> dict[str, bytes]:
        check_spec(spec)
        check_arguments(dtype, params, None)
        check_flag("apart", apart)
        if params is not None:
            check_params(spec, params)
        return self._files(spec, name, params, dtype, apart)

    @abstractmethod
    def _files(
        self, spec: Spec, name: str, params: Arrays | None, dtype: str, apart: bool
    ) -> dict[str, bytes]:
        """Give the files of a model, as `FilesBackend.files` says."""


class GuardedListing(ListingBackend):
    """The ability to list source layer by layer, with arguments checked."""

    def listing(self, spec: Spec, *, dtype: str = "float32") -> Listing:
        check_spec(spec)
        check_dtype(dtype)
        check_offered(self, dtype)
        return self._listing(spec, dtype)

    @abstractmethod
    def _listing(self, spec: Spec, dtype: str) -> Listing:
        """Give the text of `_source` layer by layer."""


class GuardedTracing(ModelHooks, TracingBackend):
    """The ability to trace a step, with arguments checked."""

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
        mode = check_pass(self, model, spec, x, train, seed)
        check_cotangent(spec, x, cotangent, mode.dtype)
        with fitting(self, model, spec):
            trace = self._trace(model, spec, np.array(x), np.array(cotangent), mode)
        check_output(self, model, spec, x, trace.step.output)
        return trace

    @abstractmethod
    def _trace(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        """Make a step and keep what it computes on the way; the arrays are copies."""


class GuardedTraining(ModelHooks, TrainingBackend):
    """The ability to train, with arguments checked."""

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
        check_spec(spec)
        check_optimizer(optimizer)
        with fitting(self, model, spec):
            dtype = self._dtype(model) or dtype_of(xs)
        check_training(spec, xs, ys, loss, dtype)
        check_watcher(watch)
        rates = optimizer.rates(len(xs))
        own = None if seed is None else check_seed(seed)
        how = Training(xs, ys, optimizer, loss, rates, dtype, own, watch)
        with fitting(self, model, spec):
            return self._train(model, spec, how)

    @abstractmethod
    def _train(self, model: Any, spec: Spec, how: Training) -> Trained:
        """Make a step for each batch, and call `Training.tell` after each. The batches
        are the caller's own arrays, to be left as they are.
        """
