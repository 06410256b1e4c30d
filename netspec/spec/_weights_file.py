"""Parameter files: a safetensors file holds the arrays by canonical path and, in its
metadata, the canonical JSON of the spec, and what else is kept beside it. Reading a
file executes nothing.

The format is described at https://huggingface.co/docs/safetensors: the size of the
header in 8 bytes, the header in JSON, then the arrays, little-endian.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from netspec._system import atomic_file, file_name
from netspec.errors import ParameterError, SpecError, shorten
from netspec.spec import documents
from netspec.spec._arrays import check_params, check_values, wrong_values
from netspec.spec._safetensors import CODES, Safetensors, open_safetensors, read_arrays
from netspec.spec._spec import Spec

METADATA_KEY = "netspec"
BESIDE = "netspec."  # before the names of what else stands in the metadata

Array = NDArray[Any]


def save_params(
    path: str | os.PathLike[str],
    spec: Spec,
    params: Mapping[str, Array],
    beside: Mapping[str, Any] | None = None,
) -> None:
    """Write parameters and their spec to one safetensors file; all or nothing.

    Values that `load_params` refuses are kept, with a warning, so that a diverged
    training can be looked at.

    Args:
        path: name of the file.
        spec: the model.
        params: arrays by canonical path, all float32 or all float64.
        beside: what is kept with them, by name, as JSON; `load_beside` reads it.

    Raises:
        ParameterError: `params` do not fit the spec.
        NetspecError: the file cannot be written.

    Warns:
        UserWarning: values are not finite, or negative where none may be.

    Example:
        >>> import os, tempfile
        >>> from netspec import Dense, Spec, init_params, load_params
        >>> spec = Spec("small", (3,), [Dense(2)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "small.safetensors")
        ...     save_params(path, spec, init_params(spec, seed=0))
        ...     again, params = load_params(path)
        >>> again == spec, sorted(params)
        (True, ['0.bias', '0.weight'])
    """
    check_params(spec, params)
    with atomic_file(path) as file:
        write_params(file, spec, params, beside)
    if problem := wrong_values(spec, params):  # after: a warning may be an error
        name = shorten(os.fspath(path), 200)
        warnings.warn(f"{name} holds what is not loaded: {problem}", stacklevel=2)


def write_params(
    file: BinaryIO,
    spec: Spec,
    params: Mapping[str, Array],
    beside: Mapping[str, Any] | None = None,
) -> None:
    """Write the content of a parameter file to an open file, without checking `params`.

    Args:
        file: open for writing.
        spec: the model.
        params: arrays by canonical path that `check_params` accepts.
        beside: what is kept with them, by name, as JSON.
    """
    # The safetensors library writes to a file name only. Written here, arrays stream
    # into the open file without a copy, and a full disk raises an ordinary OSError
    file.write(_header(spec, params, beside or {}))
    for name in spec.parameters():
        little = params[name].dtype.newbyteorder("<")
        flat = np.ascontiguousarray(params[name], little).reshape(-1)
        file.write(flat.view(np.uint8).data)


def load_params(
    path: str | os.PathLike[str], spec: Spec | None = None
) -> tuple[Spec, dict[str, Array]]:
    """Read a file that `save_params` wrote or, with its spec, any safetensors file of
    its parameters, such as that of the `state_dict` of an exported PyTorch model.

    The header is compared with the spec before any array is read.

    Args:
        path: name of the file.
        spec: the model; None for that which the file holds.

    Returns:
        The spec, and its parameters by canonical path in the order of
        `Spec.parameters`.

    Raises:
        ParameterError: the file is missing, damaged or holds no spec, or its arrays do
            not fit the spec, by their values too.
        NetspecError: the parameters take more than the memory of this machine.
    """
    name = file_name(path, ParameterError)
    try:
        with open_safetensors(name) as file:
            spec = _stored_spec(file) if spec is None else spec
            params = read_arrays(file, spec)
        check_values(spec, params)
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None
    return spec, params


def load_spec(path: str | os.PathLike[str]) -> Spec:
    """Read the spec that `save_params` kept with the parameters; no array is read.

    Raises:
        ParameterError: the file is missing or damaged, or holds no spec.
    """
    name = file_name(path, ParameterError)
    try:
        with open_safetensors(name) as file:
            return _stored_spec(file)
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None


def load_beside(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what `save_params` kept beside the parameters, by name; no array is read.

    Raises:
        ParameterError: the file is missing or damaged.
    """
    name = file_name(path, ParameterError)
    try:
        with open_safetensors(name) as file:
            return {
                key.removeprefix(BESIDE): _parsed(text, f"its {key}")
                for key, text in file.metadata.items()
                if key.startswith(BESIDE)
            }
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None


def _parsed(stored: str, what: str) -> Any:
    if len(stored) > documents.LARGEST_FILE:
        raise ParameterError(f"{what} has more than 16 MiB")
    try:
        return documents.parse_json(stored)
    except SpecError as error:
        raise ParameterError(f"{what} cannot be read: {error}") from None


def _stored_spec(file: Safetensors) -> Spec:
    stored = file.metadata.get(METADATA_KEY)
    if stored is None:
        raise ParameterError(
            "holds no spec, so netspec did not write it; load it with its spec,"
            " netspec.load_params(path, spec)"
        )
    document = _parsed(stored, "its spec")
    try:
        return Spec.from_dict(document)
    except SpecError as error:
        raise ParameterError(f"its spec cannot be read: {error}") from None


def _header(
    spec: Spec, params: Mapping[str, Array], beside: Mapping[str, Any]
) -> bytes:
    metadata = {METADATA_KEY: spec.to_json()}
    metadata |= {
        BESIDE + name: json.dumps(kept, separators=(",", ":"))
        for name, kept in beside.items()
    }
    header: dict[str, Any] = {"__metadata__": metadata}
    start = 0
    for name in spec.parameters():
        array = params[name]
        end = start + array.nbytes
        header[name] = {
            "dtype": CODES[array.dtype.name],
            "shape": array.shape,
            "data_offsets": (start, end),
        }
        start = end
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)  # the arrays start aligned
    return len(encoded).to_bytes(8, "little") + encoded
