"""Subjects of checks: one model of one backend, in one dtype."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from netspec.conformance._fits import STEP, Copies, check_comparison
from netspec.conformance._inside import sharpen, too_blunt
from netspec.conformance.cases import BATCH, draw_case, draw_single, positions
from netspec.conformance.judging import (
    Agreement,
    Case,
    Forecast,
    Verdict,
    compare,
    forecast,
    given_by,
    lacks,
    numerics_of,
    step_of,
    step_with,
    tensors,
    undecide,
    unseen,
)
from netspec.contract import Array, Backend, Handed, Numerics, handed, has_dtype
from netspec.errors import BackendError, NetspecError, shorten
from netspec.spec import Spec

POSITIONS = 4096  # positions in a batch: more of them add rounding, not evidence


class UnsupportedError(Exception):
    """A backend does not offer what a check needs."""


class RefusedError(UnsupportedError):
    """A backend refuses, with a reason, to build or run a model that a check needs."""


class Subject:
    """One model of one backend, in one dtype.

    Attributes:
        backend: the backend under test, to which no array of ours is given, nor one of
            its own kept: see `netspec.contract.handed`.
        spec: the model, as given.
        dtype: ``"float32"`` or ``"float64"``.
        seed: seed of all random draws.
        alone: True if the spec is a single layer, whose case is drawn to expose bugs.
        quick: True if it is compiled quickly by every check, if the backend can.
        device: where the backend runs, such as ``"gpu"``; None for its own choice.
        weights: a file of weights that were trained; None where there are none.
    """

    def __init__(
        self,
        backend: Backend,
        spec: Spec,
        dtype: str,
        seed: int = 0,
        alone: bool = False,
        quick: bool = False,
        device: str | None = None,
        weights: str | None = None,
    ) -> None:
        self.backend: Handed = handed(backend)
        self.spec = spec
        self.dtype = dtype
        self.seed = seed
        self.alone = alone
        self.quick = quick
        self.device = device
        self.weights = weights
        self._evaluated: tuple[Case, Any] | None = None

    def compile(self, spec: Spec | None = None, **first: Any) -> Any:
        """Compile a model.

        Args:
            spec: the model; that of the subject if None.
            **first: `params` or `seed` for its first weights.

        Raises:
            RefusedError: the backend refuses to build the model.
        """
        place = {} if self.device is None else {"device": self.device}
        how = {"dtype": self.dtype, **place, **first}
        try:
            return self.backend.compile(spec or self.spec, **how)
        except BackendError as error:
            raise RefusedError(str(error)) from error

    def ability(self, name: str) -> Any:
        """Return an optional member of the backend.

        Raises:
            UnsupportedError: the backend does not have this member.
        """
        if not hasattr(self.backend, name):
            raise UnsupportedError(f"the backend has no {shorten(name)}")
        return getattr(self.backend, name)

    def lacks(self, *what: str) -> str:
        """Say why the backend lacks one of these, such as ``"gradients"``; empty if it
        has all of them. See `netspec.contract.LackingBackend`.
        """
        lacking = lacks(self.backend)
        return next((lacking[name] for name in what if name in lacking), "")

    def need(self, *what: str) -> None:
        """Ask for what a backend may declare that it lacks.

        Raises:
            UnsupportedError: it lacks one of these; with its reason.
        """
        if reason := self.lacks(*what):
            raise UnsupportedError(reason)

    def quickly(self) -> AbstractContextManager[None]:
        """Return a context in which the backend compiles quickly, if it can; this
        changes only rounding.
        """
        quick = getattr(self.backend, "quick", nullcontext)
        return quick()

    def case(self, train: bool) -> Case:
        """Return the numbers of the comparison, which in training is without dropout.

        Raises:
            UnsupportedError: nothing in the model has a dtype.
            RefusedError: it is too large for this machine.
        """
        if not has_dtype(self.spec):
            raise UnsupportedError(
                "what reads integers and has no parameters has no dtype and no"
                " gradients; give it a layer with parameters"
            )
        self.check_memory(batch_of(self.spec), STEP)
        return _case(self.spec, self.dtype, train, self.seed, self.alone)

    def check_memory(self, batch: int, copies: Copies) -> None:
        """Refuse a comparison that does not fit into this machine's memory.

        Raises:
            RefusedError: with the numbers and a remedy.
        """
        try:
            check_comparison(self.spec, self.dtype, batch, copies)
        except NetspecError as error:
            raise RefusedError(str(error)) from None

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

    def forecast(self, train: bool) -> Forecast:
        """Return what the reference says of the case, as the backend's framework does
        it.
        """
        numerics = numerics_of(self.backend, self.case(train))
        drawn = self.spec, self.dtype, train, self.seed, self.alone
        return _forecast(*drawn, numerics)

    def _agree(self, train: bool) -> Agreement:
        return self.judged(self.case(train), self.forecast(train))

    def judged(self, case: Case, expected: Forecast) -> Agreement:
        """Compare one step of the model with what the reference says of a case."""
        received = step_with(self.backend, self._built(case), case)
        numerics = numerics_of(self.backend, case)
        expected = given_by(self.backend, expected)
        agreement = compare(received, case, numerics, expected)
        verdicts = undecide(
            self._followed(agreement.verdicts, case, received, expected),
            expected.tensors,
            numerics,
            lambda other: tensors(step_of(case, other)),
            unseen(self.backend, self.device),
        )
        return replace(agreement, verdicts=verdicts)

    def _built(self, case: Case) -> Any:
        """Compile a case. In training it is the model of evaluation where nothing in
        it can have moved since: some frameworks compile for seconds.
        """
        before, self._evaluated = self._evaluated, None
        if case.train and before is not None and _same_model(case, before[0]):
            return before[1]
        model = self.compile(case.spec, params=case.params)
        if not case.train:
            self._evaluated = case, model
        return model

    def _followed(
        self,
        verdicts: dict[str, Verdict],
        case: Case,
        received: Mapping[str, Array],
        expected: Forecast,
    ) -> dict[str, Verdict]:
        """Look inside the net where its tensors are too blunt, if the backend can."""
        blunt = too_blunt(verdicts, expected.tensors)
        if self.alone or not blunt or not hasattr(self.backend, "trace"):
            return verdicts
        model = self.compile(case.spec, params=case.params)
        given = case.spec, case.x, case.cotangent
        trace = self.backend.trace(model, *given, train=case.train)
        return sharpen(verdicts, blunt, case, received, trace, self.backend)


def _same_model(case: Case, other: Case) -> bool:
    """Say whether two cases are of one model, which has no state that a step moves."""
    return case.spec == other.spec and all(
        parameter.trainable and np.array_equal(case.params[path], other.params[path])
        for path, parameter in case.spec.parameters().items()
    )


def batch_of(spec: Spec) -> int:
    """Return how many examples a case has, so that it stays within `POSITIONS`."""
    return min(BATCH, max(2, POSITIONS // positions(spec)))


# All backends are compared with the same cases and forecasts

CASES = 64  # most cases, and forecasts, that are kept in memory


@lru_cache(CASES)
def _case(spec: Spec, dtype: str, train: bool, seed: int, alone: bool) -> Case:
    plain = spec.without_dropout()
    batch = batch_of(plain)
    if alone:
        return draw_single(plain, train=train, dtype=dtype, seed=seed, batch=batch)
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
