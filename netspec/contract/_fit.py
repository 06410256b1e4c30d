"""Refuse a model that is none of the spec beside it, and what it cannot take.

Whether a model fits is asked where a hook fails or gives another shape, so that what is
sound costs nothing.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from netspec.contract._guards import (
    check_flag,
    check_input,
    check_spec,
    check_training_batch,
)
from netspec.contract._protocol import Array
from netspec.errors import BackendError, InputError, NetspecError, said, shorten
from netspec.spec import Spec, check_seed


@dataclass(frozen=True)
class Mode:
    """Say how a pass through a model is made.

    Attributes:
        dtype: of the model; where it has no parameters, of the batch.
        train: training or evaluation mode.
        seed: drives dropout; None leaves it to the framework's own generator.
    """

    dtype: str
    train: bool
    seed: int | None


class ModelHooks(metaclass=ABCMeta):
    """The hooks by which the guards look at a model."""

    @abstractmethod
    def _dtype(self, model: Any) -> str | None:
        """Name the dtype of the parameters of a model; None if it has none."""

    @abstractmethod
    def _params(self, model: Any, spec: Spec) -> dict[str, Array]:
        """Copy all parameters, by canonical path, in canonical layout."""


@contextmanager
def fitting(hooks: ModelHooks, model: Any, spec: Spec) -> Iterator[None]:
    """Say so where a hook fails because its model is none of this spec."""
    try:
        yield
    except NetspecError as error:
        if isinstance(error, BackendError):
            _check_fit(hooks, model, spec, error)
        raise
    except Exception as error:
        _check_fit(hooks, model, spec, error)
        raise


def _check_fit(
    hooks: ModelHooks, model: Any, spec: Spec, cause: Exception | None = None
) -> None:
    """Refuse a model without the parameters of the spec.

    Raises:
        InputError: says how they differ.
    """
    try:
        held = {path: a.shape for path, a in hooks._params(model, spec).items()}
    except NetspecError as error:
        differs = said(error)
    except Exception:
        differs = f"received {shorten(model)}"
    else:
        wanted = {path: p.shape for path, p in spec.parameters().items()}
        if held == wanted:
            return
        odd = next(p for p in wanted | held if wanted.get(p) != held.get(p))
        differs = f"{odd} has shape {held.get(odd)}, not {wanted.get(odd)}"
    raise InputError(
        f"the model is not one that was compiled from {shorten(spec.name)}: {differs};"
        " give what compile returned, and its own spec"
    ) from cause


def check_pass(
    hooks: ModelHooks, model: Any, spec: Spec, x: Array, train: bool, seed: int | None
) -> Mode:
    """Refuse a batch that a model cannot take."""
    check_spec(spec)
    check_flag("train", train)
    with fitting(hooks, model, spec):
        held = hooks._dtype(model)
    dtype = held or dtype_of(x)
    check_input(spec, x, dtype)
    if train:
        check_training_batch(spec, x)
    return Mode(dtype, bool(train), None if seed is None else check_seed(seed))


def check_output(
    hooks: ModelHooks, model: Any, spec: Spec, x: Array, output: Array
) -> None:
    """Refuse a model of another spec by the shape of its output; what a model of this
    one gives is not looked at.
    """
    if np.shape(output) != (len(x), *spec.output_shape):
        _check_fit(hooks, model, spec)


def dtype_of(x: Array) -> str:
    return str(getattr(x, "dtype", "float32"))
