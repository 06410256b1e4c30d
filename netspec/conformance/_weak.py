"""Decide what weak verdicts come to, once all rows of a run are known.

Rounding in float32 may move a tensor of a deep net by more than 1e-3, so that a pass
says little. It still says that nothing gross is wrong, and a mistake that does not
depend on the dtype shows in float64. So a weak verdict stands where the tensor is sharp
in float64. Outputs and gradients of parameters could hide a mistake that float32 alone
has: of these the layer by itself must be sharp in float32, too. What remains decides
nothing.

In training one unlucky step may move a tensor by more than a tenth. A recipe trains all
tensors by one optimizer, and a tensor has its gradient from one net in all recipes: so
a verdict that is too blunt is weak where the recipe decides nearly all other tensors,
another recipe decides the tensor, and it is sharp in float64.

A backend that has no float64 is held against its own distance: a weak verdict stands
where the tensor is found within 1e-3 all the same, as one that is sharp would be. What
is weak is allowed a tenth of it at most, so that is a hundredth of what is allowed. In
training one that is farther stands as one that is too blunt does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from netspec.conformance._plan import layers_by_path
from netspec.conformance.judging import BLUNT, TOO_BLUNT, WEAK
from netspec.conformance.report import Row
from netspec.spec import Spec

NOT_ASKED = "rounding alone may exceed 1e-3; float64, which was not asked, may decide"
NOT_SHARP = "rounding alone may exceed 1e-3, and float64 does not decide either"
NOT_NEAR = "rounding alone may exceed 1e-3, and it is farther; there is no float64"
NOT_ALONE = "rounding alone may exceed 1e-3, and so of the layer alone: {layer}"
OTHERWISE = "rounding alone may exceed a tenth; right as another recipe trains it"

MOST = 0.9  # of the tensors of a recipe


class Place(NamedTuple):
    """Where a row was found, but for its check: what was compared says enough."""

    backend: str
    spec: str
    dtype: str
    what: str


def settled(rows: Iterable[Row], specs: Iterable[Spec]) -> list[Row]:
    """Return rows in which weak verdicts that nothing else sharpens are inconclusive.

    Args:
        rows: all of a run.
        specs: the models of the run; other rows are of their layers alone.
    """
    listed = list(rows)
    good = {_place(row): row.verdict.good for row in listed}
    layers = {spec.name: layers_by_path(spec) for spec in specs}
    narrow = _without_float64(listed)
    found = [
        _settled(row, good, layers.get(row.spec), row.backend in narrow)
        for row in listed
    ]
    return list(_trained(found, good, narrow))


def _without_float64(rows: list[Row]) -> set[str]:
    """Return the backends that have no float64, as all that was asked of it says."""
    wide = [row for row in rows if row.dtype == "float64"]
    offered = {row.backend for row in wide if row.verdict.status != "unsupported"}
    return {row.backend for row in wide} - offered


def _place(row: Row) -> Place:
    return Place(row.backend, row.spec, row.dtype, f"{row.check} {row.what}")


def _settled(
    row: Row,
    good: Mapping[Place, bool],
    layers: Mapping[str, Spec] | None,
    narrow: bool,
) -> Row:
    if row.verdict.status != "weak":
        return row
    if narrow:
        reason = NOT_NEAR * (row.verdict.used > row.verdict.allowed * WEAK / BLUNT)
    else:
        reason = _doubt(row, good, layers)
    if not reason:
        return row
    verdict = replace(row.verdict, status="inconclusive", reason=reason)
    return replace(row, verdict=verdict)


def _doubt(
    row: Row, good: Mapping[Place, bool], layers: Mapping[str, Spec] | None
) -> str:
    """Say why a weak verdict decides nothing; empty if it stands."""
    wide = good.get(_place(row)._replace(dtype="float64"))
    if wide is None or row.dtype == "float64":
        return NOT_SHARP if row.dtype == "float64" else NOT_ASKED
    if not wide:
        return NOT_SHARP
    for alone, tensor in _alone(row, layers):
        mode = row.what.partition(":")[0]
        what = f"{row.check} {mode}: {tensor}"
        if not good.get(Place(row.backend, alone, row.dtype, what)):
            return NOT_ALONE.format(layer=alone)
    return ""


def _alone(row: Row, layers: Mapping[str, Spec] | None) -> Iterator[tuple[str, str]]:
    """Yield the layers alone, and their tensors, that must be sharp, too."""
    tensor = row.what.partition(": ")[2]
    if row.check == "outputs":
        names = [spec.name for spec in layers.values()] if layers else [row.spec]
        yield from ((name, "output") for name in names)
    elif row.check == "gradients" and tensor.startswith("grad "):
        path = tensor.removeprefix("grad ")
        places = layers or {}
        owner = next((at for at in places if path.startswith(f"{at}.")), None)
        if owner is None:  # it is a layer alone itself, or of a container of a user's
            yield row.spec, tensor
            return
        (node,) = places[owner].graph.nodes
        yield places[owner].name, f"grad {node.path}{path.removeprefix(owner)}"


def _trained(
    rows: list[Row], good: Mapping[Place, bool], narrow: set[str]
) -> Iterator[Row]:
    """Yield rows in which weak is what is too blunt in one recipe, and decided by the
    others.
    """
    recipes: dict[Place, list[bool]] = {}
    tensors: dict[Place, list[bool]] = {}
    for row in (row for row in rows if row.check == "training"):
        decided = row.verdict.good or row.verdict.status == "weak"
        recipe, _, tensor = row.what.partition(": ")
        recipes.setdefault(_place(row)._replace(what=recipe), []).append(decided)
        tensors.setdefault(_place(row)._replace(what=tensor), []).append(decided)
    for row in rows:
        recipe, _, tensor = row.what.partition(": ")
        others = recipes.get(_place(row)._replace(what=recipe), [])
        again = tensors.get(_place(row)._replace(what=tensor), [])
        blunt = _is_blunt(row, good, row.backend in narrow)
        if blunt and any(again) and sum(others) >= MOST * len(others):
            verdict = replace(row.verdict, status="weak", reason=OTHERWISE)
            yield replace(row, verdict=verdict)
        else:
            yield row


def _is_blunt(row: Row, good: Mapping[Place, bool], narrow: bool) -> bool:
    """Tell whether a row of training is too blunt, and sharp in float64 if there is."""
    if row.check != "training" or row.verdict.reason not in (TOO_BLUNT, NOT_NEAR):
        return False
    wide = good.get(_place(row)._replace(dtype="float64"), False)
    return row.dtype == "float32" and (narrow or wide)
