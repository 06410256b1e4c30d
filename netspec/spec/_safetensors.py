"""Safetensors files, whose header is read before any array is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from netspec.errors import ParameterError, excerpt, said
from netspec.spec._arguments import check_memory
from netspec.spec._arrays import Header, check_headers, check_ties, without_counters
from netspec.spec._foreign_files import recognize
from netspec.spec._spec import Spec

CODES = {"float32": "F32", "float64": "F64"}
UNKNOWN = {"BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F4"}  # to NumPy
DTYPES = {code: dtype for dtype, code in CODES.items()}

Array = NDArray[Any]


@dataclass(frozen=True)
class Safetensors:
    """An open file.

    Attributes:
        handle: of the library.
        metadata: texts by key.
        headers: what each array is, by name; the dtype is the format's own code where
            NumPy's is not float32 or float64.
    """

    handle: Any
    metadata: Mapping[str, str]
    headers: Mapping[str, Header]


@contextmanager
def open_safetensors(name: str) -> Iterator[Safetensors]:
    """Open a file and read its header, which the library checks against its size.

    Args:
        name: of the file.

    Raises:
        ParameterError: no such file, or no whole safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        _need_file(name)
        with safe_open(name, framework="numpy") as handle:
            metadata = handle.metadata() or {}
            slices = {key: handle.get_slice(key) for key in handle.keys()}  # noqa: SIM118
            headers = {key: _header(found) for key, found in slices.items()}
            yield Safetensors(handle, metadata, headers)
    except OSError as error:
        reason = error.strerror or said(error)
        raise ParameterError(f"cannot be read: {reason}") from None
    except SafetensorError as error:
        again = f"{said(error)}; write it again"
        raise ParameterError(
            f"not a whole safetensors file: {recognize(name) or again}"
        ) from None


def read_safetensors(name: str) -> dict[str, Array]:
    """Read all arrays of a safetensors file, by their names in it.

    Args:
        name: of the file.

    Raises:
        ParameterError: no such file, no whole safetensors file, or numbers that NumPy
            does not have.
    """
    with open_safetensors(name) as file:
        lacking = {h.dtype for h in file.headers.values()} & UNKNOWN
        if lacking:
            listed = ", ".join(sorted(lacking))
            raise ParameterError(f"holds {listed}; give F32 or F64")
        return {key: file.handle.get_tensor(key) for key in file.headers}


def _need_file(name: str) -> None:
    """Say better than the library why a file cannot be read, and open no pipe, which
    gives its content once.
    """
    if not stat.S_ISREG(os.stat(name).st_mode) and not os.path.isdir(name):
        raise ParameterError("cannot be read: it is no file but a pipe or a device")
    with open(name, "rb"):
        pass


def _header(found: Any) -> Header:
    code = found.get_dtype()
    return Header("ndarray", tuple(found.get_shape()), DTYPES.get(code, code))


def read_arrays(file: Safetensors, spec: Spec) -> dict[str, Array]:
    """Read the parameters of a spec.

    Returns:
        Arrays by canonical path, in the order of `Spec.parameters`.

    Raises:
        ParameterError: the header does not fit the spec, or what is tied differs.
        NetspecError: they take more than the memory of this machine.
    """
    headers = without_counters(spec, file.headers)
    strange = {held.dtype for held in headers.values()} - CODES.keys()
    if strange:
        listed = excerpt(", ".join(sorted(strange)), 60)
        raise ParameterError(f"holds {listed}; give F32 or F64")
    check_headers(spec, headers)
    for dtype in {held.dtype for held in headers.values()}:  # at most one
        check_memory(spec, dtype)
    read = file.handle.get_tensor
    check_ties(spec, headers, read)
    return {path: read(path) for path in spec.parameters()}
