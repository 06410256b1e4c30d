"""Contexts and options for running code: dtype, seed, compiler options, device."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeAlias

import jax
from jax import Array

from netspec.declare import FrozenDict
from netspec.errors import BackendError, said, shorten
from netspec.spec import check_seed

__all__ = [
    "SEED",
    "Options",
    "computing_in",
    "drawing_from",
    "enable_x64",
    "key_of",
    "options_now",
    "quick_environment",
    "quick_to_compile",
    "quickest",
    "quickly",
    "to_device",
]

Options: TypeAlias = FrozenDict[str, bool | int | str]

try:
    from jax import enable_x64
except ImportError:  # before jax 0.8
    from jax.experimental import enable_x64  # type: ignore[attr-defined, no-redef]


@contextmanager
def computing_in(dtype: str) -> Iterator[None]:
    """Compute in float32 or float64, in this thread only.

    Without this JAX would compute float64 in float32, and on a GPU or TPU multiply
    float32 matrices in TF32 or bfloat16.
    """
    with enable_x64(dtype == "float64"), jax.default_matmul_precision("highest"):
        yield


SEED: ContextVar[int | None] = ContextVar("seed of first parameters", default=None)


@contextmanager
def drawing_from(seed: int) -> Iterator[None]:
    """Let models draw first parameters from a seed, not key 0, in this thread only.

    Raises:
        NetspecError: `check_seed` refuses the seed.
    """
    token = SEED.set(check_seed(seed))
    try:
        yield
    finally:
        SEED.reset(token)


@cache
def quick_to_compile(comparing: bool = False) -> Options:
    """Return options for ``jax.jit`` with which XLA compiles a large net in a fraction
    of the time, a seventh on a CPU up to JAX 0.11.

    On a CPU the rounding of the results differs from that with default options.

    Args:
        comparing: the net has a gradient that compares, such as that of `jnp.max`,
            which would be lost where the same value is rounded in two ways; compiling
            then takes two thirds longer.
    """
    slow = {"xla_backend_optimization_level": int(comparing)}
    whole = {"xla_cpu_parallel_codegen_split_count": 1}  # not in parts, for threads
    cpu = {
        "xla_cpu_use_fusion_emitters": False,  # gone since JAX 0.11
        "xla_llvm_disable_expensive_passes": True,
    }
    tried: list[Options] = [
        FrozenDict({**slow, **whole, **cpu}),
        FrozenDict({**slow, **whole}),
    ]
    for options in tried:
        try:
            jax.jit(lambda: 0, compiler_options=dict(options)).lower().compile()
        except jax.errors.JaxRuntimeError:
            continue
        return options
    return FrozenDict(slow)


def quick_environment() -> FrozenDict[str, str]:
    """Return environment variables with which another process compiles with the options
    of `quick_to_compile`.
    """
    flags = (f"--{name}={value}".lower() for name, value in quick_to_compile().items())
    present = os.environ.get("XLA_FLAGS", "")
    return FrozenDict({"XLA_FLAGS": " ".join([present, *flags])})


QUICK: ContextVar[Callable[[bool], Options] | None] = ContextVar("QUICK", default=None)


@contextmanager
def _compiling(how: Callable[[bool], Options]) -> Iterator[None]:
    token = QUICK.set(how)
    try:
        yield
    finally:
        QUICK.reset(token)


def quickly() -> AbstractContextManager[None]:
    """Use the options of `quick_to_compile` for backends without options of their own,
    in this thread only.
    """
    return _compiling(quick_to_compile)


def quickest() -> AbstractContextManager[None]:
    """Use them as `quick_environment` does, which does not know the net."""
    return _compiling(lambda comparing: quick_to_compile())


def options_now(own: Options, comparing: bool) -> Options:
    """Return the options for ``jax.jit``: a backend's own if it has any, else those of
    `quickly` or `quickest`.
    """
    how = QUICK.get()
    return own or (how(comparing) if how else own)


def key_of(seed: int) -> Array:
    """Make a key from a natural number below 2^64, the same whether or not 64-bit types
    are enabled. Here they are not, so that JAX compiles its draws once for both.

    Raises:
        NetspecError: `check_seed` refuses the seed.
    """
    high, low = divmod(check_seed(seed), 2**32)
    with enable_x64(False):
        return jax.random.fold_in(jax.random.key(low), high)


def to_device(device: Any) -> Any:
    """Find the jax device that ``"cpu"``, ``"gpu"``, ``"gpu:1"`` or an object names.

    Raises:
        BackendError: the device is missing, or JAX knows no such device.
    """
    if device is None or isinstance(device, jax.Device | jax.sharding.Sharding):
        return device
    text = device if isinstance(device, str) else ""
    named = re.fullmatch(r"([a-z]+)(?::([0-9]{1,9}))?", text)
    if not named:
        raise _no_device(device, "it does not read as a kind and a number")
    try:
        return jax.devices(named[1])[int(named[2] or 0)]
    except (RuntimeError, IndexError) as error:
        raise _no_device(device, said(error, first_line=True)) from error


def _no_device(device: object, reason: str) -> BackendError:
    return BackendError(
        f"device {shorten(device)} cannot be used: {reason}; use 'cpu', or 'gpu' or"
        " 'gpu:1' where JAX finds one"
    )
