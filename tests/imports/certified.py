"""How an imported model is compared with what it was: by a certificate."""

from __future__ import annotations

from typing import Any

import numpy as np

import netspec
from netspec.certificates import Certificate
from netspec.importing import Imported
from tests.imports.originals import Live, Original

BATCH = 2  # of what is recorded
LARGEST = 150_000_000  # parameters: of what has more no certificate is made


def affordable(imported: Imported) -> bool:
    """Tell whether a model is small enough for a certificate."""
    return sum(array.size for array in imported.params.values()) <= LARGEST


def certified(original: Original, imported: Imported) -> Certificate:
    """Compare a model at the shape of the original, in float64, with its own weights
    and with drawn ones; or, where it is no original that can be run beside a spec, what
    it gave for a batch, in its own dtype.
    """
    spec, params, names = imported.spec, imported.params, imported.names
    how: dict[str, Any] = {"notes": imported.notes}
    held = original.run
    if isinstance(held, Live):
        return netspec.certify(
            held.model,
            spec,
            params,
            names,
            modes=original.modes,
            dtypes="float64",
            shapes=[original.shape],
            training_only=imported.training_only,
            backends=original.backend,
            **how,
        )
    x = np.random.default_rng(1).normal(size=(BATCH, *original.shape))
    x = x.astype(held.dtype)
    return netspec.certify(
        None, spec, params, names, inputs=x, outputs=held.forward(x), backends=(), **how
    )
