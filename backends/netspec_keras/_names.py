"""Names of Keras's layers."""

from __future__ import annotations

import re
from functools import cache

import keras

from netspec.spec import Spec


def full(path: str) -> str:
    """Return the name of a layer in a model: its canonical path, in which Keras on
    PyTorch allows no dots.
    """
    return path.replace(".", "-")


def given(spec: Spec) -> frozenset[str]:
    """Find the names that a file repeats: those that a spec gives at its top, but for
    what Keras could make up for another layer, such as ``"dense_1"``.
    """
    names = (layer.name for layer in spec.layers)
    return frozenset(name for name in names if name and not _is_made_up(name))


def _is_made_up(name: str) -> bool:
    return re.sub(r"_\d+$", "", name).replace("_", "") in _kinds()


@cache
def _kinds() -> frozenset[str]:
    return frozenset(kind.lower() for kind in dir(keras.layers))
