"""Refuse dtypes, seeds and sizes that no part of netspec can use."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from netspec._system import check_fits
from netspec.errors import BackendError, NetspecError, shorten
from netspec.spec._spec import Spec

DTYPES = ("float32", "float64")


def check_dtype(dtype: str) -> None:
    """Refuse a dtype that no backend has.

    Raises:
        BackendError: neither ``"float32"`` nor ``"float64"``.
    """
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise BackendError(
            f"dtype must be 'float32' or 'float64', received {shorten(dtype)}"
        )


def check_seed(seed: int) -> int:
    """Check a seed and return it as a plain int.

    Raises:
        NetspecError: not a natural number below 2^64.
    """
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    if not whole or not 0 <= int(seed) < 2**64:
        raise NetspecError(
            f"seed must be a natural number below 2^64, received {shorten(seed)}"
        )
    return int(seed)


def check_memory(spec: Spec, dtype: str) -> None:
    """Refuse, before anything is allocated, parameters that this machine cannot hold.

    Args:
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.

    Raises:
        NetspecError: the parameters take more than the physical memory.
    """
    count = sum(parameter.size for parameter in spec.parameters().values())
    check_fits(
        count * np.dtype(dtype).itemsize,
        f"{shorten(spec.name)} has {count:,} parameters",
        "make its layers smaller",
    )
