"""Shape inference: the layers of a spec with their paths, shapes and parameters.

Shapes and canonical paths are worked out once, here; lowering, the reference and the
summary all walk the result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netspec.declare import MAX_DEPTH
from netspec.declare.rules import LARGEST_SIZE
from netspec.errors import Path, SpecError, nearest, shorten
from netspec.init import DrawnParameter, InitPolicy, drawn_by
from netspec.init.distributions import need_range
from netspec.layers import Chain, Container, Layer, Shape


@dataclass(frozen=True)
class Placed:
    """A layer at its position in a model, with its path, shapes and parameters.

    Attributes:
        path: canonical path, such as ``"4.body.0"``.
        layer: the layer.
        input_shape: of one example.
        output_shape: of one example.
        parameters: by name; their initializers are resolved.
        branches: the chains of a container; empty for other layers.
    """

    path: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    parameters: Mapping[str, DrawnParameter]
    branches: tuple[PlacedChain, ...] = ()

    @property
    def key(self) -> str:
        """The last component of the path."""
        return self.path.rpartition(".")[2]

    def walk(self) -> Iterator[Placed]:
        """Yield this layer, then all layers inside it, in order."""
        yield self
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True)
class PlacedChain:
    """A chain of layers at its position in a model.

    Attributes:
        key: the component that the chain adds to the paths of its layers; None if it
            adds none.
        nodes: the layers in order.
    """

    key: str | None
    nodes: tuple[Placed, ...]

    @property
    def input_shape(self) -> Shape:
        return self.nodes[0].input_shape

    @property
    def output_shape(self) -> Shape:
        return self.nodes[-1].output_shape

    def walk(self) -> Iterator[Placed]:
        """Yield every layer, containers before their content."""
        for node in self.nodes:
            yield from node.walk()


def join_path(path: str, key: str | None) -> str:
    """Append a component to a canonical path; None appends nothing."""
    return path if key is None else f"{path}.{key}"


class Signal(NamedTuple):
    """Shape of one example, and its kind of numbers: "float" or "int"."""

    shape: Shape
    kind: str


# Levels of nesting that the document of one layer may have: its fields, an init
# mapping, an initializer, a list
LAYER_LEVELS = 4

LARGEST_RANK = 31  # NumPy 1.26 and MXNet have 32 axes, one of them the batch


def infer(
    chain: Chain, signal: Signal, policy: InitPolicy, prefix: str = "", level: int = 1
) -> PlacedChain:
    """Infer the shapes and parameters of a chain.

    Args:
        chain: the layers.
        signal: the input of the first layer.
        policy: chooses initializers.
        prefix: canonical path of the container, with a dot at the end.
        level: depth of the container in the document.

    Raises:
        SpecError: a layer does not fit; names its path.
    """
    level += len(chain.where) + 1
    if level + LAYER_LEVELS > MAX_DEPTH:
        raise SpecError(
            f"the document is nested more than {MAX_DEPTH} levels deep, of which a"
            " container takes 2 and a branch of Parallel 3; flatten the containers",
            chain.where,
        )
    if not chain.layers:
        raise SpecError("a chain needs at least one layer", chain.where)
    nodes: list[Placed] = []
    seen: dict[str, int] = {}
    for index, layer in enumerate(chain.layers):
        where = (*chain.where, index)
        key = layer.name or str(index)
        if key in seen:
            raise SpecError(
                f"the name {shorten(key)} is already used by layer {seen[key]} beside"
                " it; siblings need different names",
                where,
            )
        seen[key] = index
        nodes.append(_place(layer, signal, policy, prefix + key, where, level))
        signal = Signal(nodes[-1].output_shape, "float")
    return PlacedChain(chain.key, tuple(nodes))


def _place(
    layer: Layer,
    signal: Signal,
    policy: InitPolicy,
    path: str,
    where: Path,
    level: int,
) -> Placed:
    try:
        _need_indexable(signal.shape)
        if isinstance(layer, Container):
            return _place_container(layer, signal, policy, path, level)
        _need_kind(layer, signal)
        output = layer.output_shape(signal.shape)
        _need_indexable(output)
        parameters = _resolve(layer, signal.shape, policy, path)
        return Placed(path, layer, signal.shape, output, parameters)
    except SpecError as error:
        if not error.path:
            container = isinstance(layer, Container)
            label = type(layer).__name__ if container else shorten(layer, 200)
            raise SpecError(f"{label}: {error.problem}", where) from None
        raise error.within(*where) from None


def _place_container(
    layer: Container, signal: Signal, policy: InitPolicy, path: str, level: int
) -> Placed:
    chains = layer.chains()
    _need_own_paths(layer, chains, signal.shape)
    branches = tuple(
        infer(chain, signal, policy, f"{join_path(path, chain.key)}.", level)
        for chain in chains
    )
    output = layer.join(signal.shape, [branch.output_shape for branch in branches])
    _need_indexable(output)
    return Placed(path, layer, signal.shape, output, {}, branches)


def _need_own_paths(layer: Container, chains: Sequence[Chain], shape: Shape) -> None:
    keys = [key for chain in chains for key in _keys(chain)]
    if len(set(keys)) < len(keys):
        raise SpecError("each of its chains needs a key of its own")
    if layer.parameters(shape):
        raise SpecError("a container has no parameters; declare them in a layer in it")


def _keys(chain: Chain) -> set[str]:
    """List what follows the path of a container in the paths of a chain."""
    if chain.key is not None:
        return {chain.key}
    return {layer.name or str(index) for index, layer in enumerate(chain.layers)}


def _need_kind(layer: Layer, signal: Signal) -> None:
    if layer.reads == signal.kind:
        return
    if layer.reads == "int":
        raise SpecError(
            "reads integer indices, received floats; put it first and give the spec"
            " input_dtype='int'"
        )
    raise SpecError("reads floats, received integers; put an Embedding before it")


def _need_indexable(shape: Shape) -> None:
    sizes = shape if isinstance(shape, tuple) else (None,)
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise SpecError(
            f"a shape must be a tuple of positive integers, received {shorten(shape)}"
        )
    if len(shape) > LARGEST_RANK:
        raise SpecError(
            f"arrays have at most {LARGEST_RANK} axes besides the batch, received"
            f" {len(shape)}"
        )
    if math.prod(shape) >= 2**63:
        raise SpecError(
            f"arrays have fewer than 2^63 values, received shape {shape}; make the"
            " axes shorter"
        )
    if max(shape, default=0) > LARGEST_SIZE:
        raise SpecError(
            f"an axis has at most {LARGEST_SIZE} values, as MXNet and XLA index it with"
            f" 32 bits, received shape {shape}; make it shorter"
        )


def _resolve(
    layer: Layer, shape: Shape, policy: InitPolicy, path: str
) -> dict[str, DrawnParameter]:
    declared = layer.parameters(shape)
    for name in getattr(layer, "init", {}):
        if name not in declared:
            known = nearest(name, declared) if declared else ""
            raise SpecError(
                f"init names {shorten(name)}, which it does not have{known}"
            )
    resolved = {}
    for name, parameter in declared.items():
        _need_indexable(parameter.shape)
        own = layer.initializer(name)
        chosen = own or policy.initializer(f"{path}.{name}", parameter)
        law = chosen.law(parameter)  # raises if it cannot draw it
        need_range(law)
        if parameter.nonnegative and law.bounds[0] < 0:
            raise SpecError(
                f"init of {shorten(name)}: no value may be below 0, received"
                f" {shorten(chosen)}, which draws from {law.bounds[0]:.4g} on"
            )
        resolved[name] = drawn_by(chosen, parameter)
    return resolved
