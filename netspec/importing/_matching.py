"""Which array is which parameter, where their names differ: by the shapes of what each
layer has, and then by order. What these do not decide is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from netspec.errors import ParameterError, excerpt
from netspec.importing._origins import Group, Groups, grouped
from netspec.layers import Shape

Signature: TypeAlias = frozenset[tuple[str, Shape]]
Kinds: TypeAlias = dict[Signature, list[str]]  # owners in order

LISTED = 5
REMEDY = "say which is which by names={path: name, ...}"


def proposed(
    wanted: Groups, shapes: Mapping[str, Shape], ordered: bool
) -> dict[str, str]:
    """Propose the name of the array for each parameter.

    Layers are alike if their parameters have the same names and shapes. Of those that
    are alike, the first is the first: in the order of the source where all layers
    stand in the order of the spec, else in that of their numbers.

    Args:
        wanted: parameters of the spec by layer, in order.
        shapes: of the arrays, by name.
        ordered: whether they stand in the order in which they were made.

    Returns:
        Names by path.

    Raises:
        ParameterError: lists all that does not fit, or all that is ambiguous.
    """
    found = grouped(shapes)
    kinds, given = _kinds(wanted), _kinds(found)
    if unlike := list(_unlike(wanted, found, kinds, given)):
        raise ParameterError(f"{'; '.join(unlike)}; {REMEDY}")
    in_order = ordered and _sequence(wanted) == _sequence(found)
    matched: dict[str, str] = {}
    unclear: list[str] = []
    for kind, owners in kinds.items():
        chosen = _sorted(given[kind], in_order)
        if chosen is None:
            unclear.append(_unclear(wanted, owners, given[kind], in_order))
            continue
        for owner, other in zip(owners, chosen, strict=True):
            for tail, member in wanted[owner].items():
                matched[member.name] = found[other][tail].name
    if unclear:
        raise ParameterError(f"{'; '.join(unclear)}; {REMEDY}")
    return matched


def _signature(group: Group) -> Signature:
    return frozenset((tail, member.shape) for tail, member in group.items())


def _sequence(groups: Groups) -> list[Signature]:
    return list(map(_signature, groups.values()))


def _kinds(groups: Groups) -> Kinds:
    found: Kinds = {}
    for owner, group in groups.items():
        found.setdefault(_signature(group), []).append(owner)
    return found


def _unlike(wanted: Groups, found: Groups, kinds: Kinds, given: Kinds) -> Iterator[str]:
    """Word what one side has and the other has not, or not as often."""
    lacking = [
        _shown(wanted[owner])
        for kind, owners in kinds.items()
        for owner in owners[len(given.get(kind, ())) :]
    ]
    extra = [
        _shown(found[owner])
        for kind, owners in given.items()
        for owner in owners[len(kinds.get(kind, ())) :]
    ]
    if lacking:
        yield f"nothing has names and shapes like {_listed(lacking)}"
    if extra:
        yield f"the spec has no place for {_listed(extra)}"


def _shown(group: Group) -> str:
    return ", ".join(f"{member.name} {member.shape}" for member in group.values())


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - LISTED} more" if len(texts) > LISTED else ""
    return "; ".join(excerpt(text, 200) for text in texts[:LISTED]) + more


def _unclear(
    wanted: Groups, owners: Sequence[str], given: Sequence[str], in_order: bool
) -> str:
    one = next(iter(wanted[owners[0]].values())).name
    why = "numbers and order disagree" if in_order else "no order is known"
    listed = ", ".join(given[:LISTED]) + (", ..." if len(given) > LISTED else "")
    return f"{one} and its like may be of any of {excerpt(listed, 200)}: {why}"


def _sorted(owners: Sequence[str], in_order: bool) -> Sequence[str] | None:
    """Put owners of one kind in order; None where that is not known."""
    by_number = sorted(owners, key=_pieces)
    numbered = all(_counted(*pair) for pair in pairwise(by_number))
    if in_order:
        return None if numbered and by_number != list(owners) else owners
    return by_number if numbered else None


Pieces: TypeAlias = tuple[tuple[int, int, str], ...]


def _pieces(owner: str) -> Pieces:
    """Take a name apart at its numbers."""
    return tuple(
        (0, int(piece), piece) if piece.isdecimal() else (1, 0, piece)
        for piece in re.split(r"(\d+)", owner)
    )


def _counted(one: str, other: str) -> bool:
    """Tell whether two names differ by a number first."""
    pairs = zip(_pieces(one), _pieces(other), strict=False)
    differing = next(((a, b) for a, b in pairs if a != b), None)
    return differing is not None and differing[0][0] == differing[1][0] == 0
