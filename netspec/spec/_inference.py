"""Shape inference: the layers of a spec with their paths, shapes and parameters.

Shapes and canonical paths are worked out once, here; lowering, the reference and the
summary all walk the result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from netspec.declare import MAX_DEPTH
from netspec.declare.rules import LARGEST_SIZE
from netspec.errors import Path, SpecError, nearest, shorten
from netspec.init import DrawnParameter, InitPolicy, drawn_by
from netspec.init.distributions import need_range
from netspec.layers import INPUT, Chain, Container, Layer, Shape, merged
from netspec.spec._placed import Placed, PlacedChain, Signal, gather, join_path
from netspec.spec._wiring import need_order, need_own_paths

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
        signal = Signal(nodes[-1].output_shape, nodes[-1].output_kind)
    return PlacedChain(chain.key, tuple(nodes), chain.reads, chain.merge, chain.axis)


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
        kind = signal.kind if layer.reads == "any" else "float"
        place = (path, layer, signal.shape, output, parameters, ())
        return Placed(*place, signal.kind, kind)
    except SpecError as error:
        if not error.path:
            container = isinstance(layer, Container)
            label = type(layer).__name__ if container else shorten(layer, 200)
            raise SpecError(f"{label}: {error.problem}", where) from None
        raise error.within(*where) from None


def _place_container(
    layer: Container, signal: Signal, policy: InitPolicy, path: str, level: int
) -> Placed:
    chains, joined = layer.chains(), layer.joined()
    need_own_paths(layer, chains, signal.shape)
    need_order(chains, joined)
    signals: dict[str | None, Signal] = {INPUT: signal}
    branches = []
    for chain in chains:
        try:
            read, prefix = _read(chain, signals), join_path(path, chain.key)
            branches.append(infer(chain, read, policy, f"{prefix}.", level))
        except SpecError as error:
            raise _told(error, chain) from None
        signals[chain.key] = branches[-1].output
    output = layer.join(signal.shape, [signals[key].shape for key in joined])
    _need_indexable(output)
    kind = _joined_kind(layer, signals)
    return Placed(
        path, layer, signal.shape, output, {}, tuple(branches), signal.kind, kind
    )


def _read(chain: Chain, signals: Mapping[str | None, Signal]) -> Signal:
    def merge(name: str, axis: int, read: Sequence[Signal]) -> Signal:
        for key, signal in zip(chain.reads, read, strict=True):
            _need_floats(key, signal)
        return Signal(merged(name, axis, [signal.shape for signal in read]), "float")

    return gather(chain, signals, merge)


def _told(error: SpecError, chain: Chain) -> SpecError:
    """Say what a chain reads that does not read what its container does."""
    if chain.reads == (INPUT,):
        return error
    reads = " and ".join(map(shorten, chain.reads))
    where = f" (in {shorten(chain.key)}, which reads {reads})"
    return SpecError(error.problem + where, error.path)


def _joined_kind(layer: Container, signals: Mapping[str | None, Signal]) -> str:
    joined = layer.joined()
    if layer.passes:
        return signals[joined[0]].kind
    for key in (*joined, *([INPUT] if layer.joins_input else [])):
        _need_floats(key, signals[key])
    return "float"


def _need_floats(key: str | None, signal: Signal) -> None:
    if signal.kind == "int":
        what = "its input" if key in (INPUT, None) else f"chain {shorten(key)}"
        raise SpecError(
            f"floats can be joined, received integers from {what}; put an Embedding at"
            " the end of each"
        )


def _need_kind(layer: Layer, signal: Signal) -> None:
    if layer.reads in (signal.kind, "any"):
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
