"""Parameter files: a safetensors file holds the arrays by canonical path and, in its
metadata, the canonical JSON of the spec. Reading a file executes nothing.

The format is described at https://huggingface.co/docs/safetensors: the size of the
header in 8 bytes, the header in JSON, then the arrays, little-endian.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from netspec._system import atomic_file
from netspec.declare import Parameter
from netspec.errors import ParameterError, SpecError, shorten
from netspec.spec import documents
from netspec.spec._spec import Spec

METADATA_KEY = "netspec"
CODES = {"float32": "F32", "float64": "F64"}
LISTED = 5  # most paths that an error names for each kind of problem

Array = NDArray[Any]


def save_params(
    path: str | os.PathLike[str], spec: Spec, params: Mapping[str, Array]
) -> None:
    """Write parameters and their spec to one safetensors file; all or nothing.

    Values that are not finite are kept, so that a diverged training can be saved too.

    Args:
        path: name of the file.
        spec: the model.
        params: arrays by canonical path, all float32 or all float64.

    Raises:
        ParameterError: `params` do not fit the spec.
        NetspecError: the file cannot be written.
    """
    check_params(spec, params)
    with atomic_file(path) as file:
        write_params(file, spec, params)


def write_params(file: BinaryIO, spec: Spec, params: Mapping[str, Array]) -> None:
    """Write the content of a parameter file to an open file, without checking `params`.

    Args:
        file: open for writing.
        spec: the model.
        params: arrays by canonical path that `check_params` accepts.
    """
    # The safetensors library writes to a file name only. Written here, arrays stream
    # into the open file without a copy, and a full disk raises an ordinary OSError
    file.write(_header(spec, params))
    for name in spec.parameters():
        little = params[name].dtype.newbyteorder("<")
        flat = np.ascontiguousarray(params[name], little).reshape(-1)
        file.write(flat.view(np.uint8).data)


def load_params(path: str | os.PathLike[str]) -> tuple[Spec, dict[str, Array]]:
    """Read a file that `save_params` wrote.

    Returns:
        The spec, and its parameters by canonical path in the order of
        `Spec.parameters`.

    Raises:
        ParameterError: the file is missing, damaged or holds no spec, or its arrays do
            not fit the spec.
    """
    metadata, params = _read(path)
    try:
        spec = Spec.from_dict(documents.parse_json(metadata))
        check_params(spec, params)
    except SpecError as error:
        raise ParameterError(f"{path}: its spec cannot be read: {error}") from None
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None
    return spec, {name: params[name] for name in spec.parameters()}


def check_params(spec: Spec, params: Mapping[str, Array]) -> None:
    """Refuse arrays that are not exactly the parameters of the spec.

    Args:
        spec: the model.
        params: arrays by canonical path, all float32 or all float64.

    Raises:
        ParameterError: lists all problems at once: missing and unknown paths, and
            arrays of the wrong type, shape or dtype.
    """
    if not isinstance(params, Mapping):
        raise ParameterError(
            f"params must map paths to NumPy arrays, received {shorten(params)}"
        )
    problems = [
        f"{what}: {_listed(names)}"
        for what, names in _problems(spec.parameters(), params).items()
        if names
    ]
    if problems:
        raise ParameterError(
            f"these are not the parameters of {shorten(spec.name)}:"
            f" {'; '.join(problems)}; compare Spec.parameters()"
        )


def _problems(
    declared: Mapping[str, Parameter], params: Mapping[str, Array]
) -> dict[str, list[str]]:
    known = {name: params[name] for name in declared if name in params}
    arrays = {n: held for n, held in known.items() if isinstance(held, np.ndarray)}
    dtypes = {str(array.dtype) for array in arrays.values()}
    return {
        "missing": [name for name in declared if name not in params],
        "unknown": [str(name) for name in params if name not in declared],
        "not a NumPy array": [
            f"{name} ({type(held).__name__})"
            for name, held in known.items()
            if name not in arrays
        ],
        "of the wrong shape": [
            f"{name} {array.shape}, not {declared[name].shape}"
            for name, array in arrays.items()
            if array.shape != declared[name].shape
        ],
        "neither float32 nor float64": [
            f"{name} ({array.dtype})"
            for name, array in arrays.items()
            if array.dtype not in (np.float32, np.float64)
        ],
        "of different dtypes": sorted(dtypes) if len(dtypes) > 1 else [],
    }


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def _header(spec: Spec, params: Mapping[str, Array]) -> bytes:
    header: dict[str, Any] = {"__metadata__": {METADATA_KEY: spec.to_json()}}
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


def _read(path: str | os.PathLike[str]) -> tuple[str, dict[str, Array]]:
    from safetensors import SafetensorError, safe_open

    try:
        with open(path, "rb"):  # says better than safetensors why a file cannot be read
            pass
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if METADATA_KEY not in metadata:
                raise ParameterError(
                    f"{path}: holds no spec, so netspec did not write it; give its"
                    " arrays to netspec.save_params with their spec"
                )
            names = file.keys()
            codes = {file.get_slice(name).get_dtype() for name in names}
            if not codes <= set(CODES.values()):
                raise ParameterError(
                    f"{path}: holds {', '.join(sorted(codes))}; give F32 or F64"
                )
            return metadata[METADATA_KEY], {n: file.get_tensor(n) for n in names}
    except OSError as error:
        reason = error.strerror or error
        raise ParameterError(f"{path}: cannot be read: {reason}") from None
    except SafetensorError as error:
        raise ParameterError(
            f"{path}: not a whole safetensors file: {error}; write it again"
        ) from None
