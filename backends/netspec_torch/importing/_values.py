"""What a node of an exported graph stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Signal:
    """A value that depends on the input.

    Attributes:
        key: of its item.
        shape: sizes of a batch.
    """

    key: str
    shape: Sizes


@dataclass(frozen=True)
class Loose:
    """The values of a signal, in row-major order, under a shape in which the batch is
    no axis: on the way to one in which it is.

    Attributes:
        signal: whose values they are.
        shape: sizes.
    """

    signal: Signal
    shape: Sizes


@dataclass(frozen=True)
class Piled:
    """Signals stacked before the batch axis, to be joined along it.

    Attributes:
        signals: in order.
    """

    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Held:
    """A tensor that does not depend on the input.

    Attributes:
        tensor: its values.
        origin: name of the parameter or buffer that it holds; empty if it was computed
            from others, or is a constant.
        learned: whether it, or any that it was computed from, is a parameter.
    """

    tensor: Tensor
    origin: str
    learned: bool


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


Value = Any  # of those above, several of them, or a plain Python value

NOTHING = Lost("reads what was not understood")


def flat(values: Iterable[Value]) -> Iterator[Value]:
    """Yield values, those in lists one by one."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from flat(value)
        else:
            yield value
