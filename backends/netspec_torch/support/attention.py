"""Attention of a sequence to itself, by PyTorch's `scaled_dot_product_attention`:
`nn.MultiheadAttention` has no heads of another size, and neither grouped keys nor
rotary positions.

An exported file carries what it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netspec_torch.support.positions import angles


class SelfAttention(nn.Module):
    """Attention over (..., positions, channels).

    Args:
        channels: of the input and the output.
        heads: of queries.
        head_dim: channels of a head.
        key_heads: of keys and values, each read by as many heads; `heads` if None.
        causal: whether position i sees positions up to i alone.
        window: how many of these are seen, i itself included; all if None.
        bias: whether the four matrices have one.
        norms: whether queries and keys of each head are normalized.
        rotary: turns queries and keys; None for no rotary positions.
        relative: learned bias for each head and distance; None for none.
        dropout: probability with which training zeroes an attention weight.
    """

    def __init__(
        self,
        channels: int,
        heads: int,
        head_dim: int,
        *,
        key_heads: int | None = None,
        causal: bool = False,
        window: int | None = None,
        bias: bool = True,
        norms: bool = False,
        rotary: nn.Module | None = None,
        relative: nn.Module | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.head_dim = head_dim
        self.grouped = key_heads not in (None, heads)
        self.causal = causal
        self.window = window
        self.dropout = dropout
        inner, outer = (key_heads or heads) * head_dim, heads * head_dim
        self.query = nn.Linear(channels, outer, bias=bias)
        self.key = nn.Linear(channels, inner, bias=bias)
        self.value = nn.Linear(channels, inner, bias=bias)
        self.query_norm = nn.RMSNorm(head_dim, eps=1e-6) if norms else None
        self.key_norm = nn.RMSNorm(head_dim, eps=1e-6) if norms else None
        self.rotary = rotary
        self.relative = relative
        self.output = nn.Linear(outer, channels, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        q, k = self.split(self.query(x)), self.split(self.key(x))
        if self.query_norm is not None and self.key_norm is not None:
            q, k = self.query_norm(q), self.key_norm(k)
        if self.rotary is not None:
            q, k = self.rotary(q), self.rotary(k)
        mask = self.mask(x)
        y = F.scaled_dot_product_attention(
            q,
            k,
            self.split(self.value(x)),
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=self.causal and mask is None,
            enable_gqa=self.grouped,
        )
        return self.output(y.transpose(-2, -3).flatten(-2))

    def split(self, x: Tensor) -> Tensor:
        """(..., positions, heads * head_dim) as (..., heads, positions, head_dim)."""
        return x.unflatten(-1, (-1, self.head_dim)).transpose(-2, -3)

    def mask(self, x: Tensor) -> Tensor | None:
        """What is added to the scores, or which of them count; None where `is_causal`
        says it all.
        """
        if self.window is None and self.relative is None:
            return None
        steps = torch.arange(x.shape[-2], device=x.device)
        ages = steps[:, None] - steps
        seen = (ages >= 0) & (ages < (self.window or len(steps)))
        if self.relative is None:
            return seen
        bias = self.relative(ages)
        return bias.masked_fill(~seen, -torch.inf) if self.causal else bias


class Rotary(nn.Module):
    """Turn channels i and i + d / 2 of (..., positions, d) by ``t * base^(-2i / d)``
    (Su et al., 2021).
    """

    cos: Tensor
    sin: Tensor

    def __init__(
        self,
        positions: int,
        head_dim: int,
        base: float = 10000.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.base = base
        turns = angles(positions, head_dim, base)
        self.register_buffer("cos", turns.cos().to(dtype), persistent=False)
        self.register_buffer("sin", turns.sin().to(dtype), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        cos, sin = self.cos[: x.shape[-2]], self.sin[: x.shape[-2]]
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class RelativeBias(nn.Module):
    """A learned bias for each head and distance from key to query, the last of them for
    all that are farther.
    """

    def __init__(self, heads: int, reach: int) -> None:
        super().__init__()
        self.most = reach - 1
        self.weight = nn.Parameter(torch.zeros(heads, 2 * reach - 1))

    def forward(self, ages: Tensor) -> Tensor:
        return self.weight[:, (-ages).clamp(-self.most, self.most) + self.most]
