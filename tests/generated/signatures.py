"""What lowerings ask of a framework, for where it is not installed."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

import netspec
from netspec.conformance.cases import single_layers
from netspec.errors import BackendError
from netspec.program import as_recorded
from netspec.spec import DTYPES

PACKAGES = {
    "flax": ("flax", "jax", "netspec_flax", "netspec_jax"),
    "gluon": ("mxnet", "netspec_gluon"),
    "jax": ("jax", "netspec_jax"),
    "torch": ("torch", "netspec_torch"),
}


@cache
def recorded(name: str) -> str:
    """The signatures that the source of any layer may need."""
    backend: Any = netspec.backend(name)
    for spec in single_layers().values():
        for dtype in DTYPES:
            with suppress(BackendError):  # refused, which needs a signature, too
                backend.listing(spec, dtype=dtype)
    return as_recorded(PACKAGES[name])
