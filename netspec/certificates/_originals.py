"""Find who can run an original: the backend of its own framework."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from netspec.contract import Backend, Original, OriginalBackend, backend, backends
from netspec.errors import InputError, shorten


def original_of(model: Any) -> Original:
    """Put a native model behind what every original has.

    Raises:
        InputError: no installed backend knows it.
        NetspecError: one does, and cannot run it; with the reason.
    """
    if isinstance(model, Original):
        return model
    asked = []
    for found in _backends(model):
        if isinstance(found, OriginalBackend):
            asked.append(found.name)
            if (taken := found.original(model)) is not None:
                return taken
    raise InputError(
        "original must be a module of PyTorch, a block of Gluon or the two files of a"
        f" model of MXNet, received {shorten(model)}, which none of"
        f" {', '.join(asked) or 'the installed backends'} knows; where it cannot run"
        " here, give inputs and outputs that netspec record wrote"
    )


def _backends(model: Any) -> Iterator[Backend]:
    """Yield the backends that may know a model: those whose framework is at work
    already, as it is if the model is an object of it; all of them for files.
    """
    for name, state in backends().items():
        package = (state.requirement or "").replace("-", "_")
        if state.installed and (
            package in sys.modules or isinstance(model, list | tuple)
        ):
            yield backend(name)
