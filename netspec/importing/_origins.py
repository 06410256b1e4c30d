"""Names of arrays elsewhere, taken apart: whose they are, and what they are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netspec.layers import Shape

COUNTER = "num_batches_tracked"  # how often a BatchNorm of PyTorch was trained

# Names in netspec of what others call otherwise
SYNONYMS = {
    "gamma": "weight",
    "beta": "bias",
    "alpha": "weight",
    "moving_mean": "running_mean",
    "moving_var": "running_var",
}
TAILS = ("running_mean", "running_var", "weight", "bias", *SYNONYMS)
SPLIT = re.compile(rf"(?:(.*)[._])?({'|'.join(TAILS)})")
# Fused recurrent layers of MXNet: by attribute, and as `save_parameters` has them
GATES = re.compile(
    r"(?:(.*?)[._])?(?:([lr])0_|_unfused\.0\.(?:([lr])_cell\.)?)([ih])2h_(weight|bias)"
)
PARTS = {
    **dict.fromkeys(("query", "q_proj", "q", "to_q", "proj_query"), "query"),
    **dict.fromkeys(("key", "k_proj", "k", "to_k", "proj_key"), "key"),
    **dict.fromkeys(("value", "v_proj", "v", "to_v", "proj_value"), "value"),
    **dict.fromkeys(("output", "out_proj", "o_proj", "out", "proj", "o"), "output"),
    **dict.fromkeys(("query_norm", "q_norm"), "query_norm"),
    **dict.fromkeys(("key_norm", "k_norm"), "key_norm"),
}
PROJECTED = {"query", "key", "value"}  # what tells that a module is attention


class Origin(NamedTuple):
    """A name in two.

    Attributes:
        owner: path of the layer; may be empty.
        tail: of the parameter, as netspec calls it.
    """

    owner: str
    tail: str

    @property
    def path(self) -> str:
        return f"{self.owner}.{self.tail}" if self.owner else self.tail


def origin_of(name: str) -> Origin:
    """Take a name apart, as of ``state_dict``, ``save_parameters`` or ``export``."""
    if found := GATES.fullmatch(name):
        owner, way, cell, gate, kind = found.groups()
        end = "_reverse" if "r" in (way, cell) else ""
        return Origin(owner or "", f"{kind}_{gate}h_l0{end}")
    if found := SPLIT.fullmatch(name):
        owner, tail = found.groups()
        return Origin(owner or "", SYNONYMS.get(tail, tail))
    owner, _, tail = name.rpartition(".")
    return Origin(owner, tail)


class Member(NamedTuple):
    """An array of a layer.

    Attributes:
        name: all of its name.
        shape: its sizes.
    """

    name: str
    shape: Shape


Group = dict[str, Member]  # the arrays of a layer, by tail
Groups = dict[str, Group]  # by owner, in order


def grouped(shapes: Mapping[str, Shape]) -> Groups:
    """Group arrays by the layers that have them; the projections of an attention are
    one layer.
    """
    found: Groups = {}
    origins = {name: origin_of(name) for name in shapes}
    attentions = _attentions(origin.owner for origin in origins.values())
    for name, origin in origins.items():
        owner, tail = _projected(origin, attentions)
        group = found.setdefault(owner, {})
        # of two with one name in a layer it is not known what they are
        group[name if tail in group else tail] = Member(name, shapes[name])
    return found


def _projected(origin: Origin, attentions: set[str]) -> Origin:
    around, _, last = origin.owner.rpartition(".")
    if around in attentions and last in PARTS:
        return Origin(around, f"{PARTS[last]}.{origin.tail}")
    return origin


def _attentions(owners: Iterable[str]) -> set[str]:
    held: dict[str, set[str]] = {}
    for owner in owners:
        around, _, last = owner.rpartition(".")
        held.setdefault(around, set()).add(PARTS.get(last, ""))
    return {around for around, parts in held.items() if parts >= PROJECTED}
