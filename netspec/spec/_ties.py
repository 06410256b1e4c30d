"""Parameters under two paths: which may be tied, and graphs that say which are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from netspec.declare import FrozenDict
from netspec.declare.rules import Json, Rule, Unfit
from netspec.errors import SpecError, nearest, shorten
from netspec.layers import Container
from netspec.spec._placed import Placed, PlacedChain, join_path

T = TypeVar("T")


def _parse(value: object) -> FrozenDict[str, str]:
    if not isinstance(value, Mapping):
        raise Unfit
    texts = (*value.keys(), *value.values())
    if not all(isinstance(text, str) for text in texts):
        raise Unfit
    return FrozenDict({str(path): str(owner) for path, owner in value.items()})


def _encode(ties: Mapping[str, str]) -> Json:
    return {path: ties[path] for path in sorted(ties)}


TIES: Rule[Mapping[str, str], FrozenDict[str, str]] = Rule(
    "a mapping from paths of parameters to the paths of those that own them",
    _parse,
    {"type": "object", "additionalProperties": {"type": "string"}},
    _encode,
)


def tie(graph: PlacedChain, ties: Mapping[str, str]) -> PlacedChain:
    """Return a graph whose layers say which of their parameters belong to another path.

    Raises:
        SpecError: there is no such parameter, or the two cannot be one.
    """
    if not ties:
        return graph
    held = {
        join_path(node.path, name): (node, name)
        for node in graph.walk()
        for name in node.parameters
    }
    copied = tuple(f"{path}." for path in _copied(graph))
    for path, owner in ties.items():
        try:
            _need_one(path, owner, ties, held, copied)
        except SpecError as error:
            raise error.within("ties", path) from None
    return _tied(graph, ties)


def _copied(graph: PlacedChain) -> Iterator[str]:
    """Yield the paths of containers that hold the same layers several times."""
    for node in graph.walk():
        if isinstance(node.layer, Container):
            places = [chain.where for chain in node.layer.chains()]
            if len(set(places)) < len(places):
                yield node.path


def _need_one(
    path: str,
    owner: str,
    ties: Mapping[str, str],
    held: Mapping[str, tuple[Placed, str]],
    copied: tuple[str, ...],
) -> None:
    """Refuse a tie of what cannot be one parameter."""
    for end in (path, owner):
        if end not in held:
            raise SpecError(
                f"a tie joins parameters of the spec, received {shorten(end)}"
                f"{nearest(end, held)}"
            )
        if end.startswith(copied):
            raise SpecError(
                f"a tie joins parameters outside of Repeat, received {shorten(end)};"
                " write the layers that share one out"
            )
    if owner in ties:
        other = "itself" if ties[owner] == owner else shorten(ties[owner])
        raise SpecError(
            f"a tie names the owner itself, received {shorten(owner)}, which is tied to"
            f" {other}; tie {shorten(path)} to a parameter that is not tied"
        )
    _need_equal(path, owner, held)


def _need_equal(path: str, owner: str, held: Mapping[str, tuple[Placed, str]]) -> None:
    (node, name), (other, its) = held[path], held[owner]
    shapes = [node.parameters[name].shape, other.parameters[its].shape]
    if shapes[0] != shapes[1]:
        raise SpecError(
            f"tied parameters have one shape, received {shapes[0]} and, of"
            f" {shorten(owner)}, {shapes[1]}; make the sizes of the layers equal"
        )
    if not (node.parameters[name].trainable and other.parameters[its].trainable):
        raise SpecError(
            "tied parameters are trained, received a running statistic; leave out this"
            " tie"
        )
    if node.layer.initializer(name) is not None:
        raise SpecError(
            f"a tied parameter starts as its owner does, received an init of"
            f" {shorten(path)}; give it to {shorten(owner)}"
        )


def _tied(chain: PlacedChain, ties: Mapping[str, str]) -> PlacedChain:
    return replace(chain, nodes=tuple(_tied_node(node, ties) for node in chain.nodes))


def _tied_node(node: Placed, ties: Mapping[str, str]) -> Placed:
    paths = {name: join_path(node.path, name) for name in node.parameters}
    tied = {name: ties[path] for name, path in paths.items() if path in ties}
    branches = tuple(_tied(branch, ties) for branch in node.branches)
    return replace(node, tied=FrozenDict(tied), branches=branches)


def with_tied(held: Mapping[str, T], ties: Mapping[str, str]) -> dict[str, T]:
    """Add, under the path of each tied parameter, what its owner has."""
    return {
        **held,
        **{path: held[owner] for path, owner in ties.items() if owner in held},
    }
