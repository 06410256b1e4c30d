"""Ties, as Keras has them: a layer that is called in several places.

Layers that share all parameters are one. Of convolutions, of Dense and of Embedding
that share the weight alone, the biases become layers of their own; a table of tokens
that is a Dense, too, is a `keras.layers.ReversibleEmbedding`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from netspec import layers as L
from netspec.errors import BackendError
from netspec.program import Call
from netspec.spec import Placed, Spec
from netspec_keras._calls import used
from netspec_keras._initializers import Draw, by_law, drawn
from netspec_keras._lowering import Context, lowered, main_of, named, native, ours
from netspec_keras._names import full

Biased = L.Dense | L.Conv1D | L.Conv2D | L.Conv3D
BIAS = "~bias"  # ends the name of a bias that is a layer of its own

Group: TypeAlias = Mapping[str, Placed]


@dataclass(frozen=True)
class Sharing:
    """Layers that are one layer of Keras.

    Attributes:
        owner: the layer whose parameters the others have.
        members: all of them by path, the owner among them.
    """

    owner: Placed
    members: Group

    @property
    def whole(self) -> bool:
        """Whether they are of one type and share all their parameters."""
        others = (node for node in self.members.values() if node is not self.owner)
        return all(
            {*node.tied} == {*node.parameters} == {*self.owner.parameters}
            and type(node.layer) is type(self.owner.layer)
            for node in others
        )

    @property
    def shares_biases(self) -> bool:
        """Whether two of them have the same bias."""
        return any("bias" in node.tied for node in self.members.values())

    @property
    def ranks(self) -> set[int]:
        """The numbers of axes that they read; a matrix takes any."""
        read = (node for node in self.members.values() if not _is_matrix(node))
        return {len(node.input_shape) for node in read}

    @property
    def reversible(self) -> bool:
        """Whether one of them reads the table of another as a matrix."""
        kinds = {type(node.layer) for node in self.members.values()}
        return kinds == {L.Dense, L.Embedding}


def _is_matrix(node: Placed) -> bool:
    return isinstance(node.layer, L.Dense | L.Embedding)


def sharings(spec: Spec) -> list[Sharing]:
    """Find the layers that share variables.

    Raises:
        BackendError: Keras would need a variable of two layers for a tie.
    """
    nodes = {node.path: node for node in spec.graph.walk()}
    groups: dict[str, dict[str, Placed]] = {}
    for node in nodes.values():
        for owner in sorted({_owner(node, name, nodes) for name in node.tied}):
            groups.setdefault(owner, {owner: nodes[owner]})[node.path] = node
    made = [Sharing(nodes[owner], members) for owner, members in groups.items()]
    for sharing in made:
        _check(sharing, made)
    return made


def _owner(node: Placed, name: str, nodes: Mapping[str, Placed]) -> str:
    """Find the layer that owns a parameter, which has the same name there."""
    path = node.tied[name].removesuffix(f".{name}")
    if path in nodes and name in nodes[path].parameters and path != node.path:
        return path
    raise _refused(node, "parameters of different roles are tied")


def _check(sharing: Sharing, others: list[Sharing]) -> None:
    for node in sharing.members.values():
        if any(node.path in o.members for o in others if o is not sharing):
            raise _refused(node, "it shares with two other layers")
        tied = node is sharing.owner or "weight" in node.tied
        apart = isinstance(node.layer, Biased | L.Embedding) and tied
        last = [*sharing.members.values()][-1]
        if not (sharing.whole or apart):
            raise _refused(last, "a part of its parameters is tied")
        if len(sharing.ranks) > 1:
            raise _refused(last, "the layers read arrays of different numbers of axes")


def _refused(node: Placed, why: str) -> BackendError:
    first = next(iter(node.tied), next(iter(node.parameters)))
    owner = f" to {node.tied[first]}" if first in node.tied else ""
    kind = type(node.layer).__name__
    return BackendError(
        f"{node.path}.{first}: {kind} is tied{owner}, and {why}; in Keras, layers share"
        " all of their variables, and only Dense, Conv and Embedding their weights"
        " alone. Tie all parameters of two equal layers, leave the tie out, or use the"
        " torch, gluon, flax or jax backend"
    )


def tying(spec: Spec) -> Mapping[str, partial[list[Call]]]:
    """Make the functions that lower the layers that share variables, by path.

    Raises:
        BackendError: as `sharings` does.
    """
    return {
        path: partial(_steps, sharing)
        for sharing in sharings(spec)
        for path in sharing.members
    }


def _steps(sharing: Sharing, node: Placed, ctx: Context) -> list[Call]:
    """Make the calls of a layer that shares variables."""
    if sharing.whole:
        return [*_shared(sharing, node, ctx)]
    if sharing.reversible:
        table = _shared_name(_table(sharing), sharing.owner.path, ctx)
        reads = isinstance(node.layer, L.Dense)
        calls = [used(table, 1, reverse=True) if reads else table]
    else:
        calls = [*_shared(sharing, node, ctx)]
    if "bias" not in node.parameters:
        return calls
    common = sharing.shares_biases and (node is sharing.owner or "bias" in node.tied)
    held = sharing.owner if common else node
    bias = ours("scale:Bias", **drawn(held, {"bias": ("initializer", "zeros")}))
    if common:
        return [*calls, _shared_name(bias, held.path + BIAS, ctx)]
    return [*calls, named(bias, held.path, ctx, BIAS)]


def _shared(sharing: Sharing, node: Placed, ctx: Context) -> Iterator[Call]:
    """Yield the calls of a layer, of which one makes what is shared."""
    own = {**sharing.owner.parameters}
    layer = replace(node.layer, name=None)
    if not sharing.whole:
        own = {"weight": own["weight"]}
        if isinstance(layer, Biased):
            layer = replace(layer, bias=False)
    calls = lowered(replace(node, layer=layer, parameters=own), ctx)
    main = main_of(calls)
    for index, made in enumerate(calls):
        if index == main:
            yield _shared_name(made, sharing.owner.path, ctx)
        else:
            yield named(made, node.path, ctx, f"~{index}")


def _table(sharing: Sharing) -> Call:
    parameter = sharing.owner.parameters["weight"]
    rows, width = parameter.shape
    if parameter.is_kernel:  # of which Keras's initializers take the rows for inputs
        first = by_law(parameter.law, parameter)
        own: dict[str, Draw] = {"embeddings_initializer": first}
    else:
        own = {
            **drawn(sharing.owner, {"weight": ("embeddings_initializer", "uniform")})
        }
    return native("ReversibleEmbedding", rows, width, **own)


def _shared_name(made: Call, path: str, ctx: Context) -> Call:
    return named(made, path, replace(ctx, names=partial(_name, ctx)))


def _name(ctx: Context, path: str) -> str:
    return ctx.names(path) or f"shared-{full(path)}"


def shared(spec: Spec, calls: Sequence[Call], ctx: Context) -> list[Call]:
    """Find the layers that stand in several places.

    Args:
        spec: the model.
        calls: of all layers of the model itself.
        ctx: gives names.

    Raises:
        BackendError: layers that share variables differ in something else.
    """
    found: list[Call] = []
    for sharing in sharings(spec):
        for end in ("", BIAS):
            name = _name(ctx, sharing.owner.path + end)
            alike = {made for made in calls if dict(made.kwargs).get("name") == name}
            if len(alike) > 1:
                last = [*sharing.members.values()][-1]
                raise _refused(last, "the layers differ in an option")
            found += alike
    return found
