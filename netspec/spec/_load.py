"""Read specs from files of every kind that has one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from netspec._system import file_name
from netspec.errors import SpecError
from netspec.spec import documents
from netspec.spec._foreign_files import recognize
from netspec.spec._lines import located
from netspec.spec._spec import Spec, from_document
from netspec.spec._weights_file import load_spec

HEADER = 8  # bytes before the JSON that a safetensors file begins with
SUFFIX = ".safetensors"


def load(path: str | os.PathLike[str]) -> Spec:
    """Read a spec from a YAML or JSON file, or from a safetensors file that netspec
    wrote, of which no array is read; ``"-"`` reads standard input.

    Raises:
        ParameterError: the safetensors file is damaged, or holds no spec.
        SpecError: the file cannot be read, or does not hold a valid spec.

    Example:
        >>> load("examples/specs/mlp.yaml").name  # in a checkout
        'mlp'
    """
    name, source = file_name(path, SpecError), ""
    if has_arrays(name):
        return load_spec(name)
    try:
        _need_ours(name)
        source = documents.read(name)
        return from_document(documents.parse(source, name))
    except SpecError as error:
        where = "standard input" if name == "-" else name
        raise located(error, source, where) from None


def has_arrays(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file is one of safetensors, by its name or its first bytes."""
    name = os.fspath(path)
    if not _is_file(name):
        return False
    if Path(name).suffix == SUFFIX:
        return True
    try:
        with open(name, "rb") as file:
            head = file.read(HEADER + 1)
    except OSError:  # which whoever reads it says
        return False
    # a header of less than 2^48 bytes, in JSON
    return head[HEADER - 2 :] == b"\0\0{"


def _need_ours(name: str) -> None:
    """Say what a file of another program is."""
    try:
        found = recognize(name) if _is_file(name) else ""
    except OSError:  # which whoever reads it says
        return
    if found:
        raise SpecError(f"holds no spec: {found}; netspec import takes whole models")


def _is_file(name: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(name).st_mode)
    except (OSError, ValueError):
        return False
