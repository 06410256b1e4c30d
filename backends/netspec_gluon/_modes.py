"""Contexts for running code: with a seed, and without changing parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import mxnet as mx

from netspec.errors import BackendError
from netspec.spec import check_seed


def check_array_mode() -> None:
    """Refuse MXNet's NumPy mode, in which blocks take and return `mx.np` arrays.

    Raises:
        BackendError: NumPy mode is on.
    """
    if mx.util.is_np_array() or mx.util.is_np_shape():
        raise BackendError(
            "MXNet is in NumPy mode, where blocks take mx.np arrays; call"
            " mx.npx.reset_np() first"
        )


def set_seed(seed: int | None) -> None:
    """Seed the generator of MXNet, which takes 31 bits; None leaves it alone.

    Raises:
        NetspecError: `check_seed` refuses the seed.
    """
    if seed is not None:
        mx.random.seed(check_seed(seed) % 2**31)


@contextmanager
def differentiable(parameters: Iterable[Any]) -> Iterator[None]:
    """Give gradients to parameters that a user froze (``grad_req = "null"``), in this
    context only.
    """
    frozen = [parameter for parameter in parameters if parameter.grad_req == "null"]
    for parameter in frozen:
        parameter.grad_req = "write"
    try:
        yield
    finally:
        for parameter in frozen:
            parameter.grad_req = "null"


@contextmanager
def unmoved(parameters: Iterable[Any]) -> Iterator[None]:
    """Restore the values of parameters after the context."""
    before = [(parameter, parameter.list_data()[0].copy()) for parameter in parameters]
    try:
        yield
    finally:
        for parameter, value in before:
            parameter.set_data(value)
