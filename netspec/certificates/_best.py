"""Which class an original and each backend find likeliest, on the user's own batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from netspec.certificates._certificate import Best
from netspec.conformance import batch_of
from netspec.contract import Array, Arrays, Handed
from netspec.errors import NetspecError
from netspec.spec import Spec


def has_classes(spec: Spec) -> bool:
    """Tell whether the output is a number for each of several classes."""
    return len(spec.output_shape) == 1 and spec.output_shape[0] > 1


def best(
    outputs: Array, x: Array, spec: Spec, params: Arrays, backends: Iterable[Handed]
) -> Iterator[Best]:
    """Yield on how many examples each backend agrees.

    Args:
        outputs: of the original, (batch, classes).
        x: the batch.
        spec: the model.
        params: its weights.
        backends: those that are asked.
    """
    chosen = np.argmax(outputs, axis=1)
    for backend in backends:
        try:
            found = np.argmax(outputs_of(backend, x, spec, params), axis=1)
        except NetspecError:  # refused, as the rows say
            continue
        yield Best(backend.name, int(np.sum(found == chosen)), len(x))


def outputs_of(backend: Handed, x: Array, spec: Spec, params: Arrays | None) -> Array:
    """Compute the outputs of evaluation, a few examples at a time.

    Args:
        backend: a backend, or the original in the place of one.
        x: the batch.
        spec: the model.
        params: its weights; None for those of the original.
    """
    dtype = x.dtype.name if x.dtype.kind == "f" else "float32"
    given = None
    if params is not None:
        given = {path: np.asarray(held, dtype) for path, held in params.items()}
    model, size = backend.compile(spec, params=given, dtype=dtype), batch_of(spec)
    parts = (x[start : start + size] for start in range(0, len(x), size))
    return np.concatenate([backend.forward(model, spec, part) for part in parts])
