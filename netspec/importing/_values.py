"""What the values of a model stand for, while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from netspec.layers import Shape


@dataclass(frozen=True)
class Signal:
    """A value that depends on the input.

    Attributes:
        key: of its item.
        shape: sizes of a batch.
    """

    key: str
    shape: Shape


@dataclass(frozen=True)
class Loose:
    """The values of a signal, in row-major order, under a shape in which the batch is
    no axis: on the way to one in which it is.

    Attributes:
        signal: whose values they are.
        shape: sizes.
    """

    signal: Signal
    shape: Shape


@dataclass(frozen=True)
class Piled:
    """Signals stacked before the batch axis, to be joined along it.

    Attributes:
        signals: in order.
    """

    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Lost:
    """A value without a meaning.

    Attributes:
        remedy: what is wrong, and what to do.
    """

    remedy: str


@dataclass(frozen=True)
class Passed:
    """Several values as they were received.

    Attributes:
        values: in order.
    """

    values: tuple[Any, ...]


Value = Any  # of those above, several of them, what a model holds, or a plain value

NOTHING = Lost("reads what was not understood")


def flat(values: Iterable[Value]) -> Iterator[Value]:
    """Yield values, those in lists one by one."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from flat(value)
        else:
            yield value
