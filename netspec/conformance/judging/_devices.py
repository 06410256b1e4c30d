"""Leave undecided what rests on a convention that nobody has seen on this device.

A framework may have another convention on each kind of device: another library computes
there. What was seen on one says nothing of another, even if it is the default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from netspec.conformance.judging._tolerance import Expected, norm
from netspec.conformance.judging._verdict import Verdict
from netspec.contract import Array, Numerics

# What else a convention could be, of those that the reference can imitate
OTHERS: Mapping[str, Callable[[Any], Any]] = {
    "running_variance": lambda v: "biased" if v == "unbiased" else "unbiased",
    "float32_scalars": lambda pairs: frozenset(),
    "velocity_holds_rate": lambda holds: not holds,
    "adam_eps": lambda eps: "raw" if eps == "corrected" else "corrected",
}

Unseen = Mapping[str, tuple[str, ...]]


def unseen(backend: object, device: str | None) -> dict[str, tuple[str, ...]]:
    """List the conventions of a backend that were not seen on a device, each with the
    kinds of devices on which it was.

    Args:
        backend: its `numerics` say where they were seen; `device`, if it has one, is
            the kind of device on which it runs unless told.
        device: as it was asked for, such as ``"gpu:1"``; None for the backend's own.
    """
    own: str = getattr(backend, "device", "cpu")
    kind = (device or own).partition(":")[0]
    numerics: Numerics = getattr(backend, "numerics", Numerics())
    seen = {name: numerics.seen_on(name) for name in OTHERS}
    return {name: on for name, on in seen.items() if not {kind, "any"} & {*on}}


def undecide(
    verdicts: Mapping[str, Verdict],
    expected: Mapping[str, Expected],
    numerics: Numerics,
    exact: Callable[[Numerics], Mapping[str, Array]],
    unseen: Unseen,
) -> dict[str, Verdict]:
    """Make inconclusive the verdicts that would be others under another convention than
    one that was not seen here. What is malformed or missing fails in any case.

    Args:
        verdicts: by tensor.
        expected: tensors that the reference expects under `numerics`.
        numerics: conventions that the backend declares.
        exact: computes the tensors of the reference under other conventions.
        unseen: what `unseen` lists.
    """
    found = dict(verdicts)
    for name in unseen:
        held = getattr(numerics, name)
        if (other := OTHERS[name](held)) == held:
            continue
        change: dict[str, Any] = {name: other}
        moved = exact(replace(numerics, **change))
        why = rests_on(name, unseen)
        for tensor, of_tensor in expected.items():
            far = norm(np.asarray(moved[tensor] - of_tensor.exact)) > of_tensor.allowed
            if far and tensor in found and np.isfinite(found[tensor].used):
                undecided = replace(found[tensor], status="inconclusive", reason=why)
                found[tensor] = undecided
    return found


def rests_on(name: str, unseen: Unseen) -> str:
    """Say that a verdict rests on a convention, and where that was seen."""
    return f"rests on {name}, which was seen on {' and '.join(unseen[name])} only"
