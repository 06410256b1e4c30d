"""Layers made of layers: chains that read the same input, and how they merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, replace

from netspec.declare import Field, tagged
from netspec.declare.rules import (
    AXIS,
    COUNT,
    Rule,
    choice,
    optional,
    sequence,
    where,
)
from netspec.errors import SpecError
from netspec.layers._base import LAYERS, Chain, Container, Layer, layer
from netspec.layers._facts import Shape
from netspec.layers._merge import MERGES, merged
from netspec.layers._remedies import projection

__all__ = ["Parallel", "Repeat", "Residual", "Sequential"]

LAYER = tagged(Layer, LAYERS, "a layer")
CHAIN: Rule[Sequence[Layer], tuple[Layer, ...]] = sequence(
    LAYER, "a non-empty list of layers (Identity() where nothing is to be done)"
)

MOST_TIMES = 2**18  # no spec has more layers
TIMES: Rule[int, int] = replace(
    where(COUNT, lambda n: n <= MOST_TIMES, f"an integer from 1 to {MOST_TIMES:,}"),
    schema={"type": "integer", "minimum": 1, "maximum": MOST_TIMES},
)

Layers = Field[Sequence[Layer], tuple[Layer, ...]]


@layer
class Sequential(Container):
    """Its layers, one after another.

    Attributes:
        layers: at least one.
    """

    inline = True
    passes = True
    keeps_layout = True
    shifting_chain = 0

    layers: Layers = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (Chain(None, ("layers",), self.layers),)


@layer
class Repeat(Container):
    """Its layers several times, one after another, with parameters of their own each
    time: the first at paths ``0.…`` in it, the next at ``1.…``.

    The shape may change from time to time; the fields of the layers are the same.

    Attributes:
        layers: at least one.
        times: how often they stand there.
    """

    passes = True
    keeps_layout = True
    shifting_chain = -1

    layers: Layers = Field(CHAIN)
    times: Field[int, int] = Field(TIMES)

    def chains(self) -> tuple[Chain, ...]:
        copy = Chain("0", ("layers",), self.layers)
        return copy, *(
            replace(copy, key=str(i), reads=(str(i - 1),)) for i in range(1, self.times)
        )

    def joined(self) -> tuple[str | None, ...]:
        return (str(self.times - 1),)


@layer
class Residual(Container):
    """``body(x) + shortcut(x)`` (He et al., 2016).

    Attributes:
        body: layers whose output has the shape of the shortcut's.
        shortcut: layers; None is the identity.
    """

    keeps_layout = True
    shifting_chain = 0
    skips = True

    body: Layers = Field(CHAIN)
    _: KW_ONLY
    shortcut: Field[Sequence[Layer] | None, tuple[Layer, ...] | None] = Field(
        optional(CHAIN), default=None
    )

    def chains(self) -> tuple[Chain, ...]:
        body = Chain("body", ("body",), self.body)
        if self.shortcut is None:
            return (body,)
        return (body, Chain("shortcut", ("shortcut",), self.shortcut))

    @property
    def joins_input(self) -> bool:
        return self.shortcut is None

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        body, shortcut = (*outputs, shape)[:2]
        if body != shortcut:
            raise SpecError(
                f"body and shortcut must give the same shape, received body {body}"
                f" and shortcut {shortcut}; {projection(shape, body)}"
            )
        return body


@layer
class Parallel(Container):
    """Branches that read the same input, joined (Szegedy et al., 2015).

    All outputs have as many axes. But for ``"concat"`` and ``"stack"``, an axis of 1
    is broadcast: gates and squeeze-and-excitation are products of this kind. Where
    several outputs are the largest, the derivative of ``"maximum"`` is shared evenly.

    Attributes:
        branches: lists of layers.
        merge: ``"concat"`` along `axis`, ``"stack"`` along the new axis `axis`,
            ``"add"``, ``"multiply"``, ``"maximum"`` or, of two branches,
            ``"subtract"`` (the second from the first) or ``"matmul"``, the matrix
            product over the last two axes: (*, n, k) and (*, k, m) to (*, n, m).
        axis: counts the batch as 0, which it may not be; used by ``"concat"`` and
            ``"stack"`` alone.
    """

    branches: Field[Sequence[Sequence[Layer]], tuple[tuple[Layer, ...], ...]] = Field(
        sequence(CHAIN, "a non-empty list of branches, each a non-empty list of layers")
    )
    _: KW_ONLY
    merge: Field[str, str] = Field(choice(*MERGES), default="concat")
    axis: Field[int, int] = Field(AXIS, default=1)

    @property
    def keeps_layout(self) -> bool:  # type: ignore[override]
        """False where the place of an axis has a meaning."""
        return self.merge not in ("stack", "matmul")

    def chains(self) -> tuple[Chain, ...]:
        return tuple(
            Chain(str(i), ("branches", i), branch)
            for i, branch in enumerate(self.branches)
        )

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        return merged(self.merge, self.axis, outputs)
