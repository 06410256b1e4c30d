"""Print the statements that draw first weights, in the shortest of three forms:

- by path: consecutive layers whose parameters are drawn alike share a loop;
- by block: so do blocks in a row that are drawn alike, such as those of a Repeat;
- by class: one loop over all modules, if all layers of each class are drawn alike.

All keep the order of the draws, and so the numbers.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from typing import NamedTuple, TypeAlias

from netspec.program._call import Call, Program
from netspec.program.render._code import Code
from netspec.program.render._printer import Layout

Draws: TypeAlias = tuple[tuple[str, Call], ...]  # of one layer, by parameter


class Loop(NamedTuple):
    """Blocks in a row whose layers are drawn alike.

    Attributes:
        parent: path of what holds them; empty for the net.
        first: index of the first of them.
        times: how many they are.
        draws: of one block, by paths inside it.
    """

    parent: str
    first: int
    times: int
    draws: Sequence[tuple[str, Draws]]


def draw_statements(
    program: Program, layout: Layout, paths: Iterable[str] = ()
) -> list[str]:
    """Return the lines of the body of ``initialize(net)``.

    Args:
        program: has the calls that draw parameters.
        layout: prints the calls.
        paths: of all layers of the net.
    """
    draws = list(_by_layer(program))
    forms = [list(_by_path(draws, layout))]
    forms.append(list(_by_block(draws, layout, _children(paths))))
    by_kind = _by_kind(dict(draws), program.kinds)
    if by_kind:
        forms.append(list(_by_class(by_kind, layout)))
    return min(forms, key=len)


def _by_layer(program: Program) -> Iterator[tuple[str, Draws]]:
    split = [(*path.rpartition(".")[::2], draw) for path, draw in program.inits]
    for path, group in groupby(split, key=lambda entry: entry[0]):
        yield path, tuple((name, draw) for _, name, draw in group)


def _by_path(
    draws: Sequence[tuple[str, Draws]],
    layout: Layout,
    owner: str = "net",
    indent: int = 4,
) -> Iterator[str]:
    for alike, group in groupby(draws, key=lambda entry: entry[1]):
        layers = [Code(access(path, owner)) for path, _ in group]
        if len(layers) == 1:
            yield from _statements(alike, layers[0], layout, indent=indent)
        else:
            loop = layout.lines(tuple(layers), "for layer in ", ":", indent=indent)
            yield from loop
            yield from _statements(alike, "layer", layout, indent=indent + 4)


def _children(paths: Iterable[str]) -> dict[str, set[str]]:
    """Group the keys of what a container holds by its path."""
    found: dict[str, set[str]] = {}
    for path in paths:
        keys = path.split(".")
        for depth, key in enumerate(keys):
            found.setdefault(".".join(keys[:depth]), set()).add(key)
    return found


def _by_block(
    draws: Sequence[tuple[str, Draws]],
    layout: Layout,
    children: Mapping[str, set[str]],
) -> Iterator[str]:
    start = position = 0
    while position < len(draws):
        loop = _loop_at(draws, position)
        if loop is None:
            position += 1
            continue
        yield from _by_path(draws[start:position], layout)
        whole = children.get(loop.parent) == {*map(str, range(loop.times))}
        part = "" if whole else f"[{loop.first}:{loop.first + loop.times}]"
        yield f"    for block in {access(loop.parent)}{part}:"
        yield from _by_path(loop.draws, layout, "block", 8)
        start = position = position + loop.times * len(loop.draws)
    yield from _by_path(draws[start:], layout)


def _loop_at(draws: Sequence[tuple[str, Draws]], start: int) -> Loop | None:
    """Find the outermost blocks in a row, three at least, that begin at a layer."""
    keys = draws[start][0].split(".")
    for depth in range(len(keys) - 1):
        if not keys[depth].isdigit():
            continue
        parent, first = ".".join(keys[:depth]), int(keys[depth])
        block = _inside(draws, start, parent, first)
        times, end = 1, start + len(block)
        while block == _inside(draws, end, parent, first + times):
            times, end = times + 1, end + len(block)
        if times > 2:
            return Loop(parent, first, times, block)
    return None


def _inside(
    draws: Sequence[tuple[str, Draws]], start: int, parent: str, index: int
) -> list[tuple[str, Draws]]:
    """List the draws from one on that lie in one block, by paths inside it."""
    prefix = f"{parent}.{index}." if parent else f"{index}."
    rest = (draws[i] for i in range(start, len(draws)))
    own = takewhile(lambda entry: entry[0].startswith(prefix), rest)
    return [(path.removeprefix(prefix), alike) for path, alike in own]


def _by_kind(
    draws: Mapping[str, Draws], kinds: Mapping[str, str]
) -> dict[Draws, list[str]]:
    """Group classes by the draws of their layers; return nothing if two layers of a
    class are drawn differently.
    """
    found: dict[str, set[Draws]] = {}
    for path, kind in kinds.items():
        found.setdefault(kind, set()).add(draws.get(path, ()))
    if any(len(different) > 1 for different in found.values()):
        return {}
    classes: dict[Draws, list[str]] = {}
    for kind, (alike,) in found.items():
        classes.setdefault(alike, []).append(kind)
    classes.pop((), None)
    return classes


def _by_class(by_kind: Mapping[Draws, list[str]], layout: Layout) -> Iterator[str]:
    yield "    for layer in net.modules():"
    for i, (alike, kinds) in enumerate(by_kind.items()):
        names = tuple(Code(layout.spell(kind)) for kind in kinds)
        test = Call(
            "builtins:isinstance",
            (Code("layer"), names if len(names) > 1 else names[0]),
        )
        yield from layout.lines(test, "elif " if i else "if ", ":", indent=8)
        yield from _statements(alike, "layer", layout, indent=12)


def _statements(draws: Draws, layer: str, layout: Layout, indent: int) -> Iterator[str]:
    for name, draw in draws:
        statement = replace(draw, args=(Code(f"{layer}.{name}"), *draw.args))
        yield from layout.lines(statement, indent=indent)


def access(path: str, source: str = "net") -> str:
    """Write a path as an expression: ``"4.body.0"`` as ``net[4].body[0]``."""
    for key in path.split(".") if path else ():
        if key.isdigit():
            source += f"[{key}]"
        elif keyword.iskeyword(key):
            source = f'getattr({source}, "{key}")'
        else:
            source += f".{key}"
    return source
