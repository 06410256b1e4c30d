"""Which parameters of a spec may be tied."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from netspec.errors import SpecError
from netspec.spec import Placed, Spec, join_path

MATRICES = {"kernel", "embedding"}


def alike(spec: Spec) -> list[tuple[str, str]]:
    """Return the paths of pairs of parameters that mean the same, and so have one shape
    in all frameworks.
    """
    held = [
        (join_path(node.path, name), node, name)
        for node in spec.graph.walk()
        for name, parameter in node.parameters.items()
        if parameter.trainable
    ]
    return [
        (path, owner)
        for (owner, node, name), (path, other, its) in combinations(held, 2)
        if _alike(node, name, other, its)
    ]


def _alike(node: Placed, name: str, other: Placed, its: str) -> bool:
    one, two = node.parameters[name], other.parameters[its]
    same = type(node.layer) is type(other.layer) and name == its
    return one.shape == two.shape and (same or {one.role, two.role} <= MATRICES)


def tied(spec: Spec, path: str, owner: str) -> Spec:
    """Return the spec with a tie; as it is where what is tied is repeated, or drawn by
    itself.
    """
    try:
        return replace(spec, ties={path: owner})
    except SpecError:
        return spec
