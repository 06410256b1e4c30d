"""How layers are applied, as calls that only this package knows: `apply` follows them,
`_statements` writes them out as statements of Keras's functional API.

The names of the targets below are those of no function. A call of any other target
makes a layer, which is applied to one tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from netspec.program import Call, Expr, Items, call

CHAIN = "builtins:chain"  # layers of a container, one after another
STEPS = "builtins:steps"  # Keras layers that are one layer of the spec
JOIN = "builtins:join"  # branches that read the same, merged by a layer
WIRE = "builtins:wire"  # nodes that read each other, each a chain
USE = "builtins:use"  # a layer that is called with more than one tensor

Branch: TypeAlias = Call | None  # None for what gives its input


def chain_of(calls: Sequence[Call]) -> Call:
    """Make the call of what is applied one after another."""
    return call(CHAIN, Items(tuple(calls)))


def joined(merge: Call, branches: Sequence[Branch], names: Sequence[str]) -> Call:
    """Make the call of branches.

    Args:
        merge: makes the layer that reads a list of what they give.
        branches: chains.
        names: of variables for what they give.
    """
    return call(JOIN, merge, Items(tuple(branches)), tuple(names))


def used(layer: Call, times: int, **options: Expr) -> Call:
    """Make the call of a layer that reads the same tensor several times, or is called
    with options.
    """
    return Call(USE, (layer, times), tuple(options.items()))


def inside(made: Call) -> tuple[Any, ...]:
    """List the parts of a chain, of steps, or the nodes of wires."""
    (items,) = made.args
    assert isinstance(items, Items)
    return items.values


class Join(NamedTuple):
    """The parts of what `joined` makes."""

    merge: Call
    branches: Sequence[Branch]
    names: Sequence[str]


def parts(made: Call) -> Sequence[Call]:
    """List the calls in one that is applied by parts."""
    if made.target in (CHAIN, STEPS):
        return inside(made)
    if made.target == JOIN:
        return [branch for branch in join_of(made).branches if branch is not None]
    return [node[1] for node in inside(made)] if made.target == WIRE else []


def leaves(made: Call) -> Iterator[Call]:
    """Yield the calls that make layers, in the order in which they are applied."""
    if made.target in (CHAIN, STEPS):
        for part in inside(made):
            yield from leaves(part)
    elif made.target == JOIN:
        for part in parts(made):
            yield from leaves(part)
        yield join_of(made).merge
    elif made.target == WIRE:
        for _, branch, _, merge in inside(made):
            yield from [merge] if merge else []
            yield from leaves(branch)
    else:
        yield made_by(made)


def join_of(made: Call) -> Join:
    """Take apart what `joined` made."""
    held: Any = made.args
    merge, branches, names = held
    return Join(merge, branches.values, names)


def made_by(made: Call) -> Call:
    """Return the call that makes a layer."""
    layer = made.args[0] if made.target == USE else made
    assert isinstance(layer, Call)
    return layer


def is_straight(made: Call) -> bool:
    """Tell whether all layers are applied one after another."""
    if made.target in (CHAIN, STEPS):
        return all(map(is_straight, inside(made)))
    return made.target not in (JOIN, WIRE, USE)


Find: TypeAlias = Callable[[Call], Callable[..., Any]]
Tell: TypeAlias = Callable[[str, Any], Any]


def apply(made: Call, x: Any, find: Find, tell: Tell = lambda path, y: y) -> Any:
    """Apply layers to a tensor.

    Args:
        made: says which, and how.
        x: the tensor.
        find: gives the layer of a call.
        tell: told the path of each layer of the spec and what it gives; returns what
            goes on instead.
    """
    if made.target in (CHAIN, STEPS):
        y = x
        for part in inside(made):
            y = apply(part, y, find, tell)
    elif made.target == JOIN:
        merge, branches, _ = join_of(made)
        read = [x if b is None else apply(b, x, find, tell) for b in branches]
        y = find(merge)(read)
    elif made.target == WIRE:
        y = _wired(made, x, find, tell)
    elif made.target == USE:
        times = made.args[1]
        y = find(made_by(made))(*[x] * int(str(times)), **dict(made.kwargs))
    else:
        y = find(made)(x)
    return tell(made.path, y) if made.path else y


def _wired(made: Call, x: Any, find: Find, tell: Tell) -> Any:
    values = {"input": x}
    for name, branch, reads, merge in inside(made):
        read = [values[key] for key in reads]
        values[name] = y = apply(
            branch, find(merge)(read) if merge else read[0], find, tell
        )
    return y


def sequential(made: Call) -> Call:
    """Make the call of a `keras.Sequential` of a chain that is straight."""
    return call("keras:Sequential", Items(tuple(_spliced(made))))


def _spliced(made: Call) -> Iterator[Call]:
    for part in inside(made):
        if part.target == STEPS:
            yield from (replace(step, path=part.path) for step in inside(part))
        elif part.target == CHAIN:
            yield replace(sequential(part), path=part.path)
        else:
            yield part
