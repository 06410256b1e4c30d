"""A graph of nodes, each with what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY

from netspec.declare import Declared, Field, declare, decode, instance_of
from netspec.declare.rules import AXIS, NAME, choice, optional, sequence
from netspec.errors import SpecError, nearest, shorten
from netspec.layers._base import INPUT, Chain, Container, layer
from netspec.layers._containers import CHAIN, Layers
from netspec.layers._merge import MERGES, OF_TWO

__all__ = ["Graph"]


@declare
class Node(Declared):
    """Layers of a Graph under a name, and what they read.

    Attributes:
        name: by which later nodes read its output.
        layers: at least one.
        reads: names of nodes before it, or ``"input"``, what the graph reads.
        merge: how several of them become one input, as in Parallel.
        axis: of the merge; counts the batch as 0.
    """

    name: Field[str, str] = Field(NAME)
    layers: Layers = Field(CHAIN)
    _: KW_ONLY
    reads: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(NAME, "a non-empty list of names of nodes, or of 'input'"),
        default=(INPUT,),
    )
    merge: Field[str, str] = Field(choice(*MERGES), default="concat")
    axis: Field[int, int] = Field(AXIS, default=1)


NODE = instance_of(
    Node, "a Node", lambda doc: decode(Node, doc), {"$ref": "#/$defs/Node"}
)


@layer
class Graph(Container):
    """Nodes that read each other, for what is no tree.

    Attributes:
        nodes: in an order in which each reads what stands before it.
        output: name of the node that gives the output; the last one if nothing.
    """

    passes = True

    nodes: Field[Sequence[Node], tuple[Node, ...]] = Field(
        sequence(NODE, "a non-empty list of Node")
    )
    _: KW_ONLY
    output: Field[str | None, str | None] = Field(optional(NAME), default=None)

    def __post_init__(self) -> None:
        known = [INPUT]
        for index, node in enumerate(self.nodes):
            self._check_reads(index, known)
            if node.name in known:
                taken = (
                    "what the graph reads" if node.name == INPUT else "a node before"
                )
                raise SpecError(
                    f"Graph: the name {shorten(node.name)} is that of {taken}; choose"
                    " another",
                    ("nodes", index, "name"),
                )
            known.append(node.name)
        self._check_output(known)

    def _check_reads(self, index: int, known: Sequence[str]) -> None:
        node = self.nodes[index]
        where = ("nodes", index, "reads")
        for name in node.reads:
            if name not in known:
                raise SpecError(
                    f"Graph: node {shorten(node.name)} must read nodes before it, or"
                    f" {shorten(INPUT)}, received {shorten(name)}"
                    f"{nearest(name, known)}",
                    where,
                )
        if node.merge in OF_TWO and len(node.reads) > 2:
            raise SpecError(
                f"Graph: {shorten(node.merge)} takes two, received"
                f" {shorten(node.reads)}; add a node between",
                where,
            )

    def _check_output(self, known: Sequence[str]) -> None:
        if self.output is not None and self.output not in known[1:]:
            raise SpecError(
                f"Graph: output must be the name of a node, received"
                f" {shorten(self.output)}{nearest(self.output, known[1:])}",
                ("output",),
            )
        read = {name for node in self.nodes for name in node.reads}
        for index, node in enumerate(self.nodes):
            if node.name not in read and node.name != self._last:
                raise SpecError(
                    f"Graph: nothing reads node {shorten(node.name)}, and the output is"
                    f" {shorten(self._last)}; read it, or leave it out",
                    ("nodes", index),
                )

    @property
    def _last(self) -> str:
        return self.output or self.nodes[-1].name

    @property
    def keeps_layout(self) -> bool:  # type: ignore[override]
        """False where the place of an axis has a meaning."""
        merges = {node.merge for node in self.nodes if len(node.reads) > 1}
        return merges.isdisjoint(("stack", "matmul"))

    @property
    def shifting_chain(self) -> int:  # type: ignore[override]
        """The index of the node that gives the output."""
        return [node.name for node in self.nodes].index(self._last)

    @property
    def skips(self) -> bool:  # type: ignore[override]
        """True where a node reads several, so that there may be a way around one."""
        return any(len(node.reads) > 1 for node in self.nodes)

    def chains(self) -> tuple[Chain, ...]:
        return tuple(
            Chain(
                node.name,
                ("nodes", index, "layers"),
                node.layers,
                node.reads,
                node.merge,
                node.axis,
            )
            for index, node in enumerate(self.nodes)
        )

    def joined(self) -> tuple[str | None, ...]:
        return (self._last,)
