"""Subjects of checks: one model of one backend, in one dtype."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from netspec.conformance._fits import STEP, Copies, check_comparison
from netspec.conformance.cases import BATCH, draw_case, draw_single
from netspec.conformance.judging import (
    Agreement,
    Case,
    Forecast,
    compare,
    forecast,
    numerics_of,
    step_with,
)
from netspec.contract import Backend, Numerics, has_dtype
from netspec.errors import BackendError, NetspecError
from netspec.spec import Spec

POSITIONS = 4096  # positions in a batch: more of them add rounding, not evidence


class UnsupportedError(Exception):
    """A backend says that it cannot do what a check needs."""


class Subject:
    """One model of one backend, in one dtype.

    Attributes:
        backend: the backend under test.
        spec: the model, as given.
        dtype: ``"float32"`` or ``"float64"``.
        seed: seed of all random draws.
        alone: True if the spec is a single layer, whose case is drawn to expose bugs.
    """

    def __init__(
        self,
        backend: Backend,
        spec: Spec,
        dtype: str,
        seed: int = 0,
        alone: bool = False,
    ) -> None:
        self.backend = backend
        self.spec = spec
        self.dtype = dtype
        self.seed = seed
        self.alone = alone

    def compile(self, spec: Spec | None = None, **first: Any) -> Any:
        """Compile a model.

        Args:
            spec: the model; that of the subject if None.
            **first: `params` or `seed` for its first weights.

        Raises:
            UnsupportedError: the backend refuses to build the model.
        """
        try:
            return self.backend.compile(spec or self.spec, dtype=self.dtype, **first)
        except BackendError as error:
            raise UnsupportedError(str(error)) from error

    def ability(self, name: str) -> Any:
        """Return an optional member of the backend.

        Raises:
            UnsupportedError: the backend does not have this member.
        """
        if not hasattr(self.backend, name):
            raise UnsupportedError(f"the backend has no {name!r}")
        return getattr(self.backend, name)

    def quickly(self) -> AbstractContextManager[None]:
        """Return a context in which the backend compiles quickly, if it can; this
        changes only rounding.
        """
        quick = getattr(self.backend, "quick", nullcontext)
        return quick()

    def case(self, train: bool) -> Case:
        """Return the numbers of the comparison, which in training is without dropout.

        Raises:
            UnsupportedError: nothing in the model has a dtype, or it is too large for
                this machine.
        """
        if not has_dtype(self.spec):
            raise UnsupportedError(
                "what reads integers and has no parameters has no dtype and no"
                " gradients; give it a layer with parameters"
            )
        self.check_memory(BATCH if self.alone else batch_of(self.spec), STEP)
        return _case(self.spec, self.dtype, train, self.seed, self.alone)

    def check_memory(self, batch: int, copies: Copies) -> None:
        """Refuse a comparison that does not fit into this machine's memory.

        Raises:
            UnsupportedError: with the numbers and a remedy.
        """
        try:
            check_comparison(self.spec, self.dtype, batch, copies)
        except NetspecError as error:
            raise UnsupportedError(str(error)) from None

    def agreement(self, train: bool) -> Agreement:
        """Compare one step of the model with the reference."""
        return self.trained if train else self.evaluated

    @cached_property
    def trained(self) -> Agreement:
        """Verdicts on a step in training mode."""
        return self._agree(True)

    @cached_property
    def evaluated(self) -> Agreement:
        """Verdicts on a step in evaluation mode."""
        return self._agree(False)

    def _agree(self, train: bool) -> Agreement:
        case = self.case(train)
        model = self.compile(case.spec, params=case.params)
        received = step_with(self.backend, model, case)
        numerics = numerics_of(self.backend, case)
        drawn = self.spec, self.dtype, train, self.seed, self.alone
        return compare(received, case, numerics, _forecast(*drawn, numerics))


def batch_of(spec: Spec) -> int:
    """Return how many examples a case has, so that it stays within `POSITIONS`."""
    shapes = (node.input_shape[1:] for node in spec.graph.walk())
    positions = max(math.prod(shape) for shape in shapes)
    return min(BATCH, max(2, POSITIONS // positions))


# All backends are compared with the same cases and forecasts

CASES = 64  # most cases, and forecasts, that are kept in memory


@lru_cache(CASES)
def _case(spec: Spec, dtype: str, train: bool, seed: int, alone: bool) -> Case:
    plain = spec.without_dropout()
    if alone:
        return draw_single(plain, train=train, dtype=dtype, seed=seed)
    batch = batch_of(plain)
    case = draw_case(plain, train=train, dtype=dtype, seed=seed, batch=batch)
    if train or spec == plain:
        return case
    return replace(case, spec=spec)  # where Dropout does nothing


@lru_cache(CASES)
def _forecast(
    spec: Spec,
    dtype: str,
    train: bool,
    seed: int,
    alone: bool,
    numerics: Numerics,
) -> Forecast:
    return forecast(_case(spec, dtype, train, seed, alone), numerics)
