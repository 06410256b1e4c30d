"""Choose the spec by which a page shows a layer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from netspec.conformance.cases import single_layers
from netspec.differences import Difference, entries
from netspec.errors import SpecError
from netspec.layers import LAYERS
from netspec.spec import Spec, label


@cache
def samples() -> Mapping[str, Spec]:
    """Return, for each layer of ours, a spec of it alone, as near to its defaults as
    the cases of the conformance suite are.
    """
    found: dict[str, Spec] = {}
    for spec in single_layers().values():
        name = type(spec.layers[0]).__name__
        if name not in found or _size(spec) < _size(found[name]):
            found[name] = spec
    return {name: found[name] for name in LAYERS if name in found}


def _size(spec: Spec) -> int:
    return len(label(spec.layers[0]))


@cache
def shown_specs() -> Mapping[str, tuple[Difference, Spec]]:
    """Return the spec that makes frameworks agree, or states how not, by entry."""
    found = {}
    for entry in entries():
        if entry.spec:
            with suppress(SpecError):  # that it is refused is what some entries show
                found[entry.id] = (entry, spec_of(entry))
    return found


def spec_of(entry: Difference) -> Spec:
    """Return the spec of an entry.

    Raises:
        SpecError: no spec can say this, which the entry shows.
    """
    document = {"netspec": 1, "name": entry.id, **dict(entry.spec or {})}
    return Spec.from_dict(document)
