"""Arrays by name, from wherever trained weights are kept; no file runs code."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from netspec._system import file_name
from netspec.contract import backend
from netspec.errors import BackendError, ParameterError, said, shorten
from netspec.importing._graph import Array
from netspec.importing.symbols import read_list
from netspec.spec import read_safetensors

Source: TypeAlias = Mapping[str, Any] | str | os.PathLike[str]

LISTS = (0x112).to_bytes(8, "little")  # how MXNet's begin
# Where a checkpoint has its arrays beside what else it holds
INSIDE = ("state_dict", "model_state_dict", "model")
LISTED = 8


@dataclass(frozen=True)
class Store:
    """Weights as they are kept.

    Attributes:
        title: what holds them, for messages.
        arrays: by their names there.
        ordered: whether they stand in the order in which they were made; safetensors
            files are sorted by name.
    """

    title: str
    arrays: Mapping[str, Array]
    ordered: bool = True


@runtime_checkable
class StateBackend(Protocol):
    """Can read the files in which its framework keeps weights."""

    def read_state(self, path: str) -> Mapping[str, Any]:
        """Read a file, without running what is in it.

        Raises:
            ParameterError: it holds more than arrays, or is damaged.
        """


def stored(source: Source) -> Store:
    """Find the arrays of a source: by its first bytes, where it is a file.

    Raises:
        BackendNotInstalled: the framework that reads it is missing.
        ParameterError: it is no source of arrays, or damaged; says what to do.
    """
    if isinstance(source, Mapping):
        return Store("the source", dict(_arrays(source, keep=False)))
    if isinstance(source, str | os.PathLike):
        return _file(file_name(source, ParameterError))
    raise ParameterError(
        "source must be a file, or map names to arrays as state_dict() does, received"
        f" {shorten(source)}"
    )


def _file(name: str) -> Store:
    try:
        with open(name, "rb") as file:
            head = file.read(8)
    except OSError as error:
        reason = error.strerror or said(error)
        raise ParameterError(f"{name}: cannot be read: {reason}") from None
    if head == LISTS:
        held = read_list(name)  # maps the file, which may change
        return Store(name, {key: np.array(array) for key, array in held.items()})
    try:
        found, ordered = _reader(name, head)
        return Store(name, dict(_arrays(found(name), keep=True)), ordered)
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None


Reader: TypeAlias = Callable[[str], Mapping[str, Any]]


def _reader(name: str, head: bytes) -> tuple[Reader, bool]:
    """Choose what reads a file, and tell whether it is in order."""
    if head.startswith(b"PK\x03\x04"):
        return _zipped(name), True
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return _torch, True
    return read_safetensors, False


def _zipped(name: str) -> Reader:
    try:
        with zipfile.ZipFile(name) as held:
            members = held.namelist()
    except Exception as error:  # of zipfile's own, of names, of versions
        raise ParameterError(f"is no whole zip: {said(error)}; copy it again") from None
    if any(member.endswith("data.pkl") for member in members):
        return _torch
    if members and all(member.endswith(".npy") for member in members):
        return _numpy
    raise ParameterError(
        f"is a zip of {_listed(members)}, which neither NumPy's savez nor PyTorch's"
        " torch.save writes; give its arrays by name"
    )


def _torch(name: str) -> Mapping[str, Any]:
    found = backend("torch")
    if not isinstance(found, StateBackend):
        raise BackendError("backend 'torch' reads no files; install a newer netspec")
    return found.read_state(name)


def _numpy(name: str) -> Mapping[str, Any]:
    try:
        with np.load(name, allow_pickle=False) as held:
            return {key: held[key] for key in held.files}
    except Exception as error:  # of NumPy, of zipfile, of what unpacks
        raise ParameterError(f"is no whole file of arrays: {said(error)}") from None


def _arrays(held: Mapping[str, Any], keep: bool) -> Iterator[tuple[str, Array]]:
    """Yield arrays by name: those that are NumPy's as they are if `keep`, else copies
    of all of them.
    """
    for name, value in _inside(held).items():
        as_it_is = keep and isinstance(value, np.ndarray)
        yield str(name), value if as_it_is else _array(str(name), value)


def _inside(held: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the arrays of a checkpoint, which may hold other things beside them.

    Raises:
        ParameterError: it has none.
    """
    if all(map(_is_array, held.values())):
        return held
    for key in INSIDE:
        found = held.get(key)
        if isinstance(found, Mapping) and all(map(_is_array, found.values())):
            return found
    strange = [f"{key}" for key, value in held.items() if not _is_array(value)]
    raise ParameterError(
        f"does not map names to arrays: {_listed(strange)} is none; give the part that"
        " does"
    )


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) or hasattr(value, "__array__") or _is_nd(value)


def _is_nd(value: Any) -> bool:
    return hasattr(value, "asnumpy")


def _array(name: str, value: Any) -> Array:
    """Copy an array of any framework, from any device.

    Raises:
        ParameterError: NumPy has no such numbers.
    """
    try:
        if _is_nd(value):
            return np.array(value.asnumpy())
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        return np.array(value)
    except Exception as error:  # of whatever framework
        raise ParameterError(
            f"{shorten(name)} cannot be read as an array: {said(error)}; give float32"
            " or float64"
        ) from None


def _listed(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > LISTED else ""
    return ", ".join(shorten(name) for name in names[:LISTED]) + more
