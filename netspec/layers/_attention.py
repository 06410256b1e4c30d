"""Attention of a sequence to itself."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, replace
from typing import NamedTuple

import numpy as np

from netspec.declare import Field, Parameter, bias_of, kernel
from netspec.declare.rules import BOOL, COUNT, POSITIVE, RATE, optional
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, ShownDropout, layer
from netspec.layers._facts import Array, Shape
from netspec.layers._positions import need_sequence

__all__ = ["MultiHeadAttention"]

SHOWN = 16  # positions, and channels of a head, where dropout is shown


class HeadSizes(NamedTuple):
    """Sizes of an attention on a sequence: heads of queries, heads of keys and values,
    and channels of each.
    """

    heads: int
    key_heads: int
    dim: int


@layer
class MultiHeadAttention(Parametric):
    """``softmax(q k^T / sqrt(d)) v`` of every head, and a matrix over all of them
    (Vaswani et al., 2017): queries, keys and values are read from the same sequence.

    Every position attends to itself at least, so that no row is empty. With `causal`,
    output i does not depend on inputs after i: not by a bit, as long as queries, keys
    and values are finite.

    Attributes:
        heads: of queries, as many as of the output.
        key_heads: of keys and values, of which head h reads ``h // (heads /
            key_heads)`` (Ainslie et al., 2023); None for as many as `heads`.
        head_dim: d, the channels of a head; None for the input's over `heads`.
        causal: whether position i sees positions up to i alone.
        window: with `causal`, how many positions are seen, i itself included; None for
            all.
        bias: whether the four matrices have a bias.
        normalize: whether queries and keys are divided by their root mean square over
            d (eps 1e-6) and multiplied by a learned weight (Henry et al., 2020).
        rotary: base of rotary positions (Su et al., 2021), such as 10000; None for
            none. Channels i and i + d / 2 of queries and keys at position t, normalized
            before, turn by ``t * base^(-2i / d)``; tables are made in float64 and
            rounded once.
        relative: n, of a learned bias for each head and distance, which is added after
            scaling: ``weight[h, clip(j - i, 1 - n, n - 1) + n - 1]`` for query i and
            key j; None for none.
        dropout: probability with which training zeroes each attention weight by
            itself, dividing the others by one minus it.

    Shapes: (*, positions, c) to itself. query.weight (heads d, c), key.weight and
    value.weight (key_heads d, c), output.weight (c, heads d), and their biases, as
    those of Dense; query_norm.weight and key_norm.weight (d,); relative.weight (heads,
    2n - 1), which starts at 0.
    """

    constants = ("rotary.weight",)

    heads: Field[int, int] = Field(COUNT)
    _: KW_ONLY
    key_heads: Field[int | None, int | None] = Field(optional(COUNT), default=None)
    head_dim: Field[int | None, int | None] = Field(optional(COUNT), default=None)
    causal: Field[bool, bool] = Field(BOOL, default=False)
    window: Field[int | None, int | None] = Field(optional(COUNT), default=None)
    bias: Field[bool, bool] = Field(BOOL, default=True)
    normalize: Field[bool, bool] = Field(BOOL, default=False)
    rotary: Field[float | None, float | None] = Field(optional(POSITIVE), default=None)
    relative: Field[int | None, int | None] = Field(optional(COUNT), default=None)
    dropout: Field[float, float] = Field(RATE, default=0.0)

    def sizes(self, shape: Shape) -> HeadSizes:
        """Return the sizes of this attention on inputs of a shape.

        Raises:
            SpecError: the fields do not fit together, or the shape does not fit them.
        """
        _, channels = need_sequence(shape)
        _need_agreement(self)
        if self.head_dim is None and channels % self.heads:
            raise SpecError(
                f"heads must divide the channels, received {self.heads} and inputs of"
                f" shape {shape}; give head_dim, or another number"
            )
        dim = self.head_dim or channels // self.heads
        if self.rotary is not None and dim % 2:
            raise SpecError(
                f"rotary turns halves of a head, whose channels must be even, received"
                f" {dim}; give head_dim={dim + 1}, or no rotary"
            )
        if self.normalize and dim == 1:
            raise SpecError(
                "normalize leaves of a head of one channel no more than the sign; give"
                " head_dim=2 or more, or no normalize"
            )
        return HeadSizes(self.heads, self.key_heads or self.heads, dim)

    def output_shape(self, shape: Shape) -> Shape:
        self.sizes(shape)
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        heads, key_heads, dim = self.sizes(shape)
        channels, inner = shape[-1], heads * dim
        outer = {"query": inner, "key": key_heads * dim, "value": key_heads * dim}
        found: dict[str, Parameter] = {}
        for name, units in outer.items():
            found |= self._dense(name, units, channels)
        if self.normalize:
            scale = Parameter((dim,), ("channels",), "scale")
            found |= {"query_norm.weight": scale, "key_norm.weight": scale}
        if self.relative is not None:
            table, axes = (heads, 2 * self.relative - 1), ("heads", "distances")
            start = Parameter(table, axes, "position", starts_at=0.0)
            found["relative.weight"] = start
        return found | self._dense("output", channels, inner)

    def _dense(self, name: str, units: int, inputs: int) -> dict[str, Parameter]:
        weight = kernel((units, inputs), ("out", "in"))
        held = {"weight": weight} | ({"bias": bias_of(weight)} if self.bias else {})
        return {f"{name}.{key}": parameter for key, parameter in held.items()}

    @property
    def random(self) -> bool:  # type: ignore[override]
        """Where there is dropout."""
        return self.dropout > 0

    def without_dropout(self) -> Layer:
        return replace(self, dropout=0.0)

    def shows_dropout(self) -> ShownDropout:
        """Show the attention weights themselves: as many positions as channels of a
        head, where inputs, values and the output are identities, and queries 0. Keys
        are not, so that queries have a gradient.
        """
        made = replace(self, head_dim=SHOWN, name=None, init={})
        shape = (SHOWN, self.heads * SHOWN)
        params: dict[str, Array] = {
            name: np.full(parameter.shape, float(parameter.role == "scale"))
            for name, parameter in made.parameters(shape).items()
        }
        for name in ("value.weight", "output.weight"):
            params[name] = np.eye(*params[name].shape)
        keys = params["key.weight"].shape
        params["key.weight"] = np.random.default_rng(0).normal(size=keys)
        x = np.tile(np.eye(SHOWN), self.heads)
        shown = self._shown_weights, self._sees(SHOWN)
        return ShownDropout(self.dropout, made, shape, params, x, *shown)

    def _shown_weights(self, output: Array) -> Array:
        """Return (batch, positions, heads keys) as (batch, heads, positions, keys)."""
        return output.reshape(-1, SHOWN, self.heads, SHOWN).swapaxes(1, 2)

    def _sees(self, length: int) -> Array:
        """Tell which query, a row, sees which key."""
        ages = np.subtract.outer(np.arange(length), np.arange(length))
        near = (ages >= 0) & (ages < (self.window or length))
        return near if self.causal else np.full_like(near, True)


def _need_agreement(layer: MultiHeadAttention) -> None:
    """Refuse fields that do not fit together."""
    heads, key_heads = layer.heads, layer.key_heads
    if key_heads is not None and heads % key_heads:
        raise SpecError(
            f"key_heads must divide heads, received {key_heads} and {heads}; give"
            f" {math.gcd(heads, key_heads)}, or none"
        )
    if layer.window is not None and not layer.causal:
        raise SpecError(
            f"window needs causal, received window {layer.window} without it; give"
            " causal=True, or no window"
        )
