"""Imports in files: what each array was called stands beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from netspec._system import file_name
from netspec.errors import ParameterError
from netspec.importing._imported import Imported
from netspec.spec import load_beside, load_params

LISTS = ("notes", "unused", "training_only")


def load(path: str | os.PathLike[str]) -> Imported:
    """Read what `Imported.save` wrote. Another file of `netspec.save_params` is read,
    too, and has no names and no notes.

    Raises:
        ParameterError: the file is missing or damaged, or holds no spec.
        NetspecError: the parameters take more than the memory of this machine.
    """
    spec, params = load_params(path)
    beside = load_beside(path)
    return Imported(
        spec,
        params,
        _names(path, beside),
        **{key: _texts(path, beside, key) for key in LISTS},
    )


def load_names(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read what the model that was imported called each parameter of a file.

    Args:
        path: of a ``.safetensors`` file.

    Returns:
        The original name, by canonical path; empty where the file has no names, as it
        was not imported.

    Raises:
        ParameterError: the file is missing or damaged.
    """
    return _names(path, load_beside(path))


def _names(path: str | os.PathLike[str], beside: Mapping[str, Any]) -> dict[str, str]:
    found = beside.get("names", {})
    if not isinstance(found, dict) or not all(map(_is_text, found.values())):
        raise _damaged(path, "names")
    return found


def _texts(
    path: str | os.PathLike[str], beside: Mapping[str, Any], key: str
) -> tuple[str, ...]:
    found = beside.get(key, [])
    if not isinstance(found, list) or not all(map(_is_text, found)):
        raise _damaged(path, key)
    return tuple(found)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _damaged(path: str | os.PathLike[str], key: str) -> ParameterError:
    return ParameterError(
        f"{file_name(path)}: its netspec.{key} is not what an import writes; import the"
        " model again"
    )
