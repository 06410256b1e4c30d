"""Print the statements that draw first weights, in the shorter of two forms:

- by path: consecutive layers whose parameters are drawn alike share a loop;
- by class: one loop over all modules, if all layers of each class are drawn alike.

Both keep the order of the draws, and so the numbers.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias

from netspec.program._call import Call, Program
from netspec.program.render._printer import Code, Layout

Draws: TypeAlias = tuple[tuple[str, Call], ...]  # of one layer, by parameter


def draw_statements(program: Program, layout: Layout) -> list[str]:
    """Return the lines of the body of ``initialize(net)``.

    Args:
        program: has the calls that draw parameters.
        layout: prints the calls.
    """
    draws = list(_by_layer(program))
    forms = [list(_by_path(draws, layout))]
    by_kind = _by_kind(dict(draws), program.kinds)
    if by_kind:
        forms.append(list(_by_class(by_kind, layout)))
    return min(forms, key=len)


def _by_layer(program: Program) -> Iterator[tuple[str, Draws]]:
    split = [(*path.rpartition(".")[::2], draw) for path, draw in program.inits]
    for path, group in groupby(split, key=lambda entry: entry[0]):
        yield path, tuple((name, draw) for _, name, draw in group)


def _by_path(draws: list[tuple[str, Draws]], layout: Layout) -> Iterator[str]:
    for alike, group in groupby(draws, key=lambda entry: entry[1]):
        layers = [Code(_access(path)) for path, _ in group]
        if len(layers) == 1:
            yield from _statements(alike, layers[0], layout, indent=4)
        else:
            yield from layout.lines(tuple(layers), "for layer in ", ":", indent=4)
            yield from _statements(alike, "layer", layout, indent=8)


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


def _access(path: str) -> str:
    """Write a path as an expression: ``"4.body.0"`` as ``net[4].body[0]``."""
    source = "net"
    for key in path.split("."):
        if key.isdigit():
            source += f"[{key}]"
        elif keyword.iskeyword(key):
            source = f'getattr({source}, "{key}")'
        else:
            source += f".{key}"
    return source
