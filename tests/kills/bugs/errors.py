"""Bad input that is taken."""

from __future__ import annotations

from typing import Any

import numpy as np

from netspec import Dense, Embedding, NetspecError, Spec
from netspec.contract import Array
from tests.conformance.wrapped import Wrapped
from tests.kills.bug import alone, bug
from tests.kills.inject import joined, patched, tampered

NET = Spec("net", (6,), [Dense(5)])
TABLE = alone(Embedding(11, dim=4), (7,))
ERRORS = "errors"
GUARDS = "netspec.contract._guarded"


class Disturbed(Wrapped):
    """A refused batch leaves its trace in the model."""

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        try:
            return self.inner.forward(model, spec, x, **how)
        except NetspecError:
            model[0].bias.data += 1
            raise


class Bare(Wrapped):
    """Errors are those of Python."""

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        try:
            return self.inner.forward(model, spec, x, **how)
        except NetspecError as error:
            raise ValueError(str(error)) from error


class Silent(Wrapped):
    """Errors say nothing."""

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        try:
            return self.inner.forward(model, spec, x, **how)
        except NetspecError:
            raise NetspecError from None


def taken(original: Any, spec: Spec, x: Any, dtype: str) -> Any:
    """Any dtype will do."""
    return original(spec, x.astype(dtype) if isinstance(x, np.ndarray) else x, dtype)


def cast(original: Any, model: Any, spec: Spec, x: Array) -> Any:
    """The batch in the dtype of the model."""
    return original(model, spec, x).to(model[0].bias.dtype)


def clamped(x: Any) -> Any:
    """What JAX and MXNet do with an index out of range."""
    return np.clip(x, 0, 10) if isinstance(x, np.ndarray) and x.dtype.kind == "i" else x


def wrapping(x: Any) -> Any:
    """What NumPy does with a negative index."""
    if isinstance(x, np.ndarray) and x.dtype.kind == "i":
        return np.where(x < 0, x + 11, x)
    return x


def unchecked(original: Any, *given: Any, **how: Any) -> None:
    return None


BUGS = (
    bug("an index out of range is clamped", tampered(batch=clamped), TABLE, ERRORS),
    bug(
        "a negative index counts from the end", tampered(batch=wrapping), TABLE, ERRORS
    ),
    bug(
        "another dtype is cast",
        joined(
            patched("netspec.contract._fit:check_input", taken),
            patched("netspec_torch._backend:_batch", cast),
        ),
        NET,
        ERRORS,
    ),
    bug(
        "a list is taken for an array",
        tampered(
            batch=lambda x: np.asarray(x, np.float32) if isinstance(x, list) else x
        ),
        NET,
        ERRORS,
        dtypes="float32",
    ),
    bug(
        "a batch without its axis is taken",
        tampered(batch=lambda x: x[None] if getattr(x, "ndim", 2) == 1 else x),
        NET,
        ERRORS,
    ),
    bug("a refused batch changes the model", Disturbed, NET, ERRORS),
    bug("an error is not one of netspec", Bare, NET, ERRORS),
    bug("an error without a message", Silent, NET, ERRORS),
    bug(
        "parameters are not checked",
        patched(f"{GUARDS}:check_params", unchecked),
        NET,
        ERRORS,
    ),
    bug(
        "a cotangent is not checked",
        patched(f"{GUARDS}:check_cotangent", unchecked),
        NET,
        ERRORS,
    ),
    bug(
        "params and seed, and no error",
        patched(f"{GUARDS}:check_arguments", unchecked),
        NET,
        ERRORS,
    ),
)
