"""What no tree holds: a chain whose parts are graphs, between values that all else
passes through.
"""

from __future__ import annotations

from collections.abc import Sequence

from netspec.importing._graph import INPUT, Join
from netspec.importing._network import Edge, Network
from netspec.importing._parts import Module, Part, Parts, Wire, common, fused, path_of


def gathered(network: Network) -> Parts:
    """Make a chain of what is left of a network, and graphs of what is no chain."""
    place = {key: index for index, key in enumerate([INPUT, *network.into])}
    reach = {
        key: max((place[reader] for reader in network.readers[key]), default=index)
        for key, index in place.items()
    }
    done: list[Part] = []
    source, farthest = INPUT, reach[INPUT]
    inside: list[str] = []
    for key in network.into:
        inside.append(key)
        if farthest <= place[key]:  # nothing before it is read behind it
            done += _segment(network, source, inside)
            source, inside = key, []
        farthest = max(farthest, reach[key])
    return tuple(done)


def _segment(network: Network, source: str, inside: Sequence[str]) -> Parts:
    edges = network.into[inside[-1]]
    if len(inside) == len(edges) == 1:
        return edges[0].parts
    return (_graph(network, source, inside),)


def _graph(network: Network, source: str, inside: Sequence[str]) -> Part:
    """Make the part of values between one that all of them come from and one that all
    lead to.
    """
    names = {source: "input"}
    wires: list[Wire] = []
    branches: list[Parts] = []

    def add(reads: tuple[str, ...], join: Join | None, parts: Parts) -> str:
        name = f"node{len(wires)}"
        wires.append(Wire(name, reads, join))
        branches.append(parts)
        return name

    def read(edge: Edge) -> str:
        before = names[edge.source]
        if not edge.parts:
            return before
        return add((before,), None, fused(edge.parts, network.shape(edge.source)))

    for key in inside:
        edges, join = network.into[key], network.join_of(key)
        if join is not None:
            names[key] = add(tuple(map(read, edges)), join, ())
        else:
            (edge,) = edges
            parts = fused(edge.parts, network.shape(edge.source))
            names[key] = add((names[edge.source],), None, parts)
    last = inside[-1]
    paths = [part.module for branch in branches for part in branch]
    return Part(
        network.shape(last),
        _module(network, inside, paths),
        branches=tuple(branches),
        wires=tuple(wires),
    )


def _module(network: Network, inside: Sequence[str], paths: Sequence[Module]) -> Module:
    merges = [path_of(network.items[k].module) for k in inside if network.join_of(k)]
    return common([*paths, *merges])
